//! The forms of one URL that Twilio is known to sign, cut from the raw text so that its bytes stay as they were.

use crate::webhook::form::{self, Limits, Pairs};
use memchr::{memchr, memchr2};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{borrow::Cow, iter, mem};

/// What Node's `querystring.stringify` leaves as it is.
const LEGACY_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What the URL standard escapes in the query of `https`, `http`, `wss` and `ws`, besides everything beyond ASCII:
/// <https://url.spec.whatwg.org/#special-query-percent-encode-set>. Escapes that are there stay as they are.
const STANDARD_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'\'').add(b'<').add(b'>');

/// A URL in pieces, without user info and fragment: Twilio drops both before it signs.
#[derive(Clone, Copy)]
pub(super) struct Url<'a> {
    /// All of it, where that is the usual form already.
    usual: Option<&'a str>,
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Url<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (text, _fragment) = split_at_byte(text, memchr(b'#', text.as_bytes()));
        let (scheme, rest) = text.split_once(':')?;
        let rest = rest.strip_prefix("//")?;
        let (authority, tail) = match memchr2(b'/', b'?', rest.as_bytes()) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
        let (host, port) = split_port(address);
        if scheme.is_empty() || host.is_empty() {
            return None;
        }
        let (path, query) = split_at_byte(tail, memchr(b'?', tail.as_bytes()));
        let usual = (authority.len() == host.len()).then_some(text);
        Some(Self { usual, scheme, host, port, path, query })
    }

    /// The same address as a WebSocket's.
    pub(super) fn into_websocket(mut self) -> Self {
        self.usual = None;
        if self.scheme.eq_ignore_ascii_case("https") {
            self.scheme = "wss";
        } else if self.scheme.eq_ignore_ascii_case("http") {
            self.scheme = "ws";
        }
        self
    }

    /// The URL as given, without user info and fragment.
    pub(super) fn as_given(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, self.port, "", self.query);
        text
    }

    /// Offers the forms until one is accepted: without and with port, with the query as received, as URL libraries write it
    /// and as older versions wrote it.
    pub(super) fn find_http<T>(&self, accept: impl FnMut(&str) -> Option<T>) -> Option<T> {
        self.find(if self.path.is_empty() { &["", "/"] } else { &[""] }, accept)
    }

    /// As [`Self::find_http`], each also with a slash behind the path.
    pub(super) fn find_websocket<T>(&self, accept: impl FnMut(&str) -> Option<T>) -> Option<T> {
        self.find(&["", "/"], accept)
    }

    /// The URL without its query, and the query's pairs; `None` when there is no query.
    pub(super) fn query_as_params(&self) -> Option<(Self, Pairs<'a>)> {
        let whole = Limits { pairs: usize::MAX, value_bytes: usize::MAX };
        let pairs = form::parse(self.query?.as_bytes(), whole).ok()?;
        Some((Self { query: None, usual: None, ..*self }, pairs))
    }

    fn find<T>(&self, endings: &[&str], mut accept: impl FnMut(&str) -> Option<T>) -> Option<T> {
        // Nearly always accepted, and there without being put together.
        if let Some(found) = self.usual.and_then(&mut accept) {
            return Some(found);
        }
        let mut is_tried = self.usual.is_some();
        let default = match self.scheme {
            scheme if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws") => "80",
            _ => "443",
        };
        let mut text = String::with_capacity(256);
        for query in self.queries() {
            for ending in endings {
                for port in [None, Some(self.port.unwrap_or(default))] {
                    if mem::take(&mut is_tried) {
                        continue;
                    }
                    text.clear();
                    self.write(&mut text, port, ending, query.as_deref());
                    if let Some(found) = accept(&text) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// The query as received, then in the other forms, made when they are asked for.
    fn queries(&self) -> impl Iterator<Item = Option<Cow<'a, str>>> {
        let others = self.query.into_iter().flat_map(|query| {
            let (standard, legacy) = (standard_query(query), legacy_query(query));
            let again = legacy == standard;
            [Some(standard), (!again).then_some(legacy)]
                .into_iter()
                .flatten()
                .filter(move |form| form != query)
        });
        iter::once(self.query.map(Cow::Borrowed)).chain(others.map(|form| Some(Cow::Owned(form))))
    }

    fn write(&self, text: &mut String, port: Option<&str>, ending: &str, query: Option<&str>) {
        text.extend([self.scheme, "://", self.host]);
        if let Some(port) = port {
            text.extend([":", port]);
        }
        text.extend([self.path, ending]);
        if let Some(query) = query {
            text.extend(["?", query]);
        }
    }
}

/// What is before the byte at the place, and what is behind it.
fn split_at_byte(text: &str, place: Option<usize>) -> (&str, Option<&str>) {
    place.map_or((text, None), |place| (&text[..place], Some(&text[place + 1..])))
}

/// Host and port of `host[:port]`; the colons of an IPv6 address in brackets are not a port's.
fn split_port(address: &str) -> (&str, Option<&str>) {
    match address.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port).filter(|port| !port.is_empty())),
        _ => (address, None),
    }
}

/// The query as `new URL()` writes it.
pub(super) fn standard_query(query: &str) -> String {
    utf8_percent_encode(query, STANDARD_QUERY).to_string()
}

/// The query decoded and encoded again as Node's `querystring` does: repeated names side by side, `%20` for spaces.
pub(super) fn legacy_query(query: &str) -> String {
    let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match grouped.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value.into_owned()),
            None => grouped.push((name.into_owned(), vec![value.into_owned()])),
        }
    }
    let encode = |text: &str| utf8_percent_encode(text, LEGACY_QUERY).to_string();
    let pairs = grouped.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(url: &str) -> Vec<String> {
        let mut forms = Vec::new();
        let _: Option<()> = Url::parse(url).unwrap().find_http(|form| {
            forms.push(form.to_owned());
            None
        });
        forms
    }

    #[test]
    fn user_info_and_fragment_are_dropped_and_bytes_kept() {
        for (text, given) in [
            ("https://u:p@h.example/a?b=%27#rc=2", "https://h.example/a?b=%27"),
            ("https://h.example", "https://h.example"),
            ("https://h.example:8443?x=1", "https://h.example:8443?x=1"),
            ("https://[::1]:9/a", "https://[::1]:9/a"),
            ("https://[::1]/a", "https://[::1]/a"),
        ] {
            assert_eq!(Url::parse(text).unwrap().as_given(), given, "{text}");
        }
        for text in ["", "/a", "https://", "://h", "https:///a"] {
            assert!(Url::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_url_has_forms_with_and_without_port() {
        assert_eq!(forms("https://h/a"), ["https://h/a", "https://h:443/a"]);
        assert_eq!(forms("http://h:80/a"), ["http://h/a", "http://h:80/a"]);
        assert_eq!(forms("https://h:1234/a"), ["https://h/a", "https://h:1234/a"]);
        assert_eq!(forms("https://h"), ["https://h", "https://h:443", "https://h/", "https://h:443/"]);
    }

    #[test]
    fn the_standard_query_is_what_url_libraries_write() {
        for (query, standard) in [
            ("name=it's", "name=it%27s"),
            ("a=it%27s+me%zz", "a=it%27s+me%zz"),
            ("a= \"<#>\"", "a=%20%22%3C%23%3E%22"),
            ("a=\u{7f}\u{1}", "a=%7F%01"),
            ("a=é✓&b=(1)*~|{}`\\^[]", "a=%C3%A9%E2%9C%93&b=(1)*~|{}`\\^[]"),
        ] {
            assert_eq!(standard_query(query), standard, "{query}");
        }
    }

    #[test]
    fn a_query_that_is_the_same_in_every_form_is_tried_once() {
        assert_eq!(forms("https://h/a?b=1"), ["https://h/a?b=1", "https://h:443/a?b=1"]);
        let without_port: Vec<_> = forms("https://h/a?b=it's+me").into_iter().step_by(2).collect();
        assert_eq!(
            without_port,
            ["https://h/a?b=it's+me", "https://h/a?b=it%27s+me", "https://h/a?b=it's%20me"]
        );
    }

    #[test]
    fn the_legacy_query_is_what_node_writes() {
        for (query, legacy) in [
            ("a=it%27s+me", "a=it's%20me"),
            ("a=1&b=2&a=3", "a=1&a=3&b=2"),
            ("flag", "flag="),
            ("a=%E2%9C%93~", "a=%E2%9C%93~"),
        ] {
            assert_eq!(legacy_query(query), legacy, "{query}");
        }
    }
}
