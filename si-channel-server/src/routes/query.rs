//! Query parameters and page cursors.

use std::collections::BTreeMap;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use ::http::request::Parts;

use crate::http::Problem;

/// The parameters of a query, each at most once.
#[derive(Debug)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads a request's query; unknown and repeated parameters are refused.
    pub fn of(request: &Parts, known: &[&str]) -> Result<Self, Problem> {
        let mut found = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                return Err(Problem::bad_request(format!(
                    "unknown query parameter; known here: {}",
                    known.join(", ")
                )));
            }
            if found.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Problem::bad_request(format!("the query parameter {name} is given twice")));
            }
        }
        Ok(Self(found))
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter of another type.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        self.text(name)
            .map(|text| {
                text.parse().map_err(|_| Problem::bad_request(format!("{name}: expected {expected}")))
            })
            .transpose()
    }

    /// How many items a page has: `limit`, 1 to 100, 50 if not given.
    pub fn limit(&self) -> Result<usize, Problem> {
        let limit: usize = self.parsed("limit", "a number from 1 to 100")?.unwrap_or(50);
        if (1..=100).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::bad_request("limit: expected a number from 1 to 100"))
        }
    }

    /// Where a page begins: `cursor`, as the page before gave it.
    pub fn cursor(&self) -> Result<Option<(i64, String)>, Problem> {
        let Some(text) = self.text("cursor") else { return Ok(None) };
        let wrong = || Problem::bad_request("cursor: expected `next` of the page before");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let plain = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (order, id) = plain.split_once(' ').ok_or_else(wrong)?;
        Ok(Some((order.parse().map_err(|_| wrong())?, id.to_owned())))
    }
}

/// The cursor of the page after an item.
pub fn cursor(order: i64, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{order} {id}"))
}
