//! Paging of the version-1 APIs (`meta`) and of the 2010 API.
//!
//! A page token names the sequence number of the item at its edge, so that items which come or go between two
//! pages neither repeat nor hide others.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::request::Call;
use crate::error::ApiError;

/// What the request said about pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    size: usize,
    number: usize,
    edge: Option<Edge>,
}

#[derive(Clone, Copy, Debug)]
enum Edge {
    After(u64),
    Before(u64),
}

/// One page of items, and the tokens of its neighbours.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    paging: Paging,
    next: Option<u64>,
    previous: Option<u64>,
}

impl Paging {
    /// Reads `PageSize`, `Page` and `PageToken`; above `maximum` is 400/20007.
    pub(crate) fn of(call: &Call, maximum: usize) -> Result<Self, ApiError> {
        let size = match call.query.filled("PageSize") {
            None => maximum.min(50),
            Some(text) => text.parse::<usize>().ok().filter(|size| *size > 0).ok_or_else(|| {
                ApiError::bad(20001, format!("Invalid PageSize {text:?}: expected a whole number above 0"))
            })?,
        };
        if size > maximum {
            let message = format!("Page size must be at most {maximum}, but was {size}");
            return Err(ApiError::bad(20007, message));
        }
        let number = call.query.filled("Page").and_then(|text| text.parse().ok()).unwrap_or(0);
        let edge = call.query.filled("PageToken").map(edge).transpose()?;
        Ok(Self { size, number, edge })
    }

    /// Takes one page. `between` yields the items whose sequence number lies in a range, in ascending order.
    pub(crate) fn take<T, I>(self, descending: bool, between: impl FnOnce(Range<u64>) -> I) -> Page<T>
    where
        I: DoubleEndedIterator<Item = (u64, T)>,
    {
        // Without a token, a page number is reached by stepping over the pages before it.
        let skip = if self.edge.is_none() { self.size.saturating_mul(self.number) } else { 0 };
        let backward = matches!(self.edge, Some(Edge::Before(_)));
        let range = match (self.edge, descending) {
            (None, _) => 0..u64::MAX,
            (Some(Edge::After(edge)), false) | (Some(Edge::Before(edge)), true) => {
                edge.saturating_add(1)..u64::MAX
            }
            (Some(Edge::After(edge)), true) | (Some(Edge::Before(edge)), false) => 0..edge,
        };
        let items = between(range);
        let wanted = self.size.saturating_add(1);
        let mut found: Vec<(u64, T)> = if descending == backward {
            items.skip(skip).take(wanted).collect()
        } else {
            items.rev().skip(skip).take(wanted).collect()
        };
        let more = found.len() > self.size;
        found.truncate(self.size);
        if backward {
            found.reverse();
        }
        let (first, last) = (found.first().map(|item| item.0), found.last().map(|item| item.0));
        let next = if more || backward { last } else { None };
        let previous = if self.number > 0 { first } else { None };
        Page { items: found.into_iter().map(|item| item.1).collect(), paging: self, next, previous }
    }
}

fn edge(token: &str) -> Result<Edge, ApiError> {
    let number = token.get(2..).and_then(|digits| digits.parse().ok());
    match (token.get(..2), number) {
        (Some("PA"), Some(number)) => Ok(Edge::After(number)),
        (Some("PB"), Some(number)) => Ok(Edge::Before(number)),
        _ => Err(ApiError::bad(20001, "Invalid PageToken: use the one of next_page_url")),
    }
}

impl<T> Page<T> {
    /// The version-1 envelope: `{key: items, meta}`. `url` is the list's own address without its query.
    pub(crate) fn v1(self, call: &Call, url: &str, key: &str, render: impl FnMut(T) -> Value) -> Value {
        let links = self.links(call, url);
        let items: Vec<Value> = self.items.into_iter().map(render).collect();
        let mut envelope = Map::new();
        envelope.insert(key.to_owned(), Value::Array(items));
        envelope.insert(
            "meta".to_owned(),
            json!({
                "page": self.paging.number,
                "page_size": self.paging.size,
                "first_page_url": links.first,
                "previous_page_url": links.previous,
                "url": links.this,
                "next_page_url": links.next,
                "key": key,
            }),
        );
        Value::Object(envelope)
    }

    /// The 2010 envelope: `{key: items, page, page_size, start, end, …_uri}` with relative addresses.
    pub(crate) fn v2010(self, call: &Call, uri: &str, key: &str, render: impl FnMut(T) -> Value) -> Value {
        let links = self.links(call, uri);
        let start = self.paging.number.saturating_mul(self.paging.size);
        let items: Vec<Value> = self.items.into_iter().map(render).collect();
        let end = start + items.len().saturating_sub(1);
        let mut envelope = Map::new();
        envelope.insert(key.to_owned(), Value::Array(items));
        for (name, value) in [
            ("page", json!(self.paging.number)),
            ("page_size", json!(self.paging.size)),
            ("start", json!(start)),
            ("end", json!(end)),
            ("first_page_uri", json!(links.first)),
            ("previous_page_uri", json!(links.previous)),
            ("next_page_uri", json!(links.next)),
            ("uri", json!(links.this)),
        ] {
            envelope.insert(name.to_owned(), value);
        }
        Value::Object(envelope)
    }

    fn links(&self, call: &Call, url: &str) -> Links {
        let at = |page: usize, token: Option<String>| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in call.query.pairs() {
                if !matches!(name.as_str(), "PageSize" | "Page" | "PageToken") {
                    query.append_pair(name, value);
                }
            }
            query.append_pair("PageSize", &self.paging.size.to_string());
            query.append_pair("Page", &page.to_string());
            if let Some(token) = token {
                query.append_pair("PageToken", &token);
            }
            format!("{url}?{}", query.finish())
        };
        let number = self.paging.number;
        Links {
            first: at(0, None),
            previous: self.previous.map(|edge| at(number.saturating_sub(1), Some(format!("PB{edge}")))),
            this: at(number, call.query.filled("PageToken").map(str::to_owned)),
            next: self.next.map(|edge| at(number + 1, Some(format!("PA{edge}")))),
        }
    }
}

struct Links {
    first: String,
    previous: Option<String>,
    this: String,
    next: Option<String>,
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};

    use super::*;

    fn call(query: &str) -> Call {
        Call::new(Method::GET, "/conversations/v1/Conversations", query, &HeaderMap::new(), &Bytes::new())
    }

    fn page(query: &str, descending: bool) -> Page<u64> {
        let call = call(query);
        Paging::of(&call, 100).unwrap().take(descending, |range| {
            (0..7u64).filter(move |n| range.contains(n)).map(|n| (n, n)).collect::<Vec<_>>().into_iter()
        })
    }

    #[test]
    fn tokens_lead_forward_and_back() {
        for (descending, pages) in [
            (false, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]),
            (true, [vec![6, 5, 4], vec![3, 2, 1], vec![0]]),
        ] {
            let first = page("PageSize=3", descending);
            assert_eq!(first.items, pages[0]);
            let second = page(&format!("PageSize=3&Page=1&PageToken=PA{}", first.next.unwrap()), descending);
            assert_eq!(second.items, pages[1]);
            let third = page(&format!("PageSize=3&Page=2&PageToken=PA{}", second.next.unwrap()), descending);
            assert_eq!((third.items.clone(), third.next), (pages[2].clone(), None));
            let back =
                page(&format!("PageSize=3&Page=1&PageToken=PB{}", third.previous.unwrap()), descending);
            assert_eq!(back.items, pages[1]);
        }
    }

    #[test]
    fn a_page_number_alone_skips_whole_pages() {
        assert_eq!(page("PageSize=3&Page=2", false).items, [6]);
    }

    #[test]
    fn a_size_above_the_maximum_is_20007() {
        assert_eq!(Paging::of(&call("PageSize=101"), 100).unwrap_err().code, 20007);
        assert_eq!(Paging::of(&call("PageSize=0"), 100).unwrap_err().code, 20001);
        assert_eq!(Paging::of(&call("PageToken=x"), 100).unwrap_err().code, 20001);
    }
}
