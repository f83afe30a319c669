//! A name for each request, for the log and the caller.

use std::fmt;

use ::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id, in requests and answers.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the caller's, if it is 1 to 64 letters, digits, `.`, `_` or `-`, else a fresh one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id that the headers name, or a fresh one.
    pub fn of(headers: &HeaderMap) -> Self {
        headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|text| is_plain(text))
            .map_or_else(Self::fresh, |text| Self(text.to_owned()))
    }

    /// 128 random bits in hexadecimal; when the system has no randomness, a fixed text.
    pub fn fresh() -> Self {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            return Self("no-randomness".to_owned());
        }
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static("unwritable"))
    }
}

fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: &str) -> RequestId {
        RequestId::of(&HeaderMap::from_iter([(HEADER, HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn a_plain_id_of_the_caller_is_kept() {
        assert_eq!(given("req-1.A_b").as_str(), "req-1.A_b");
    }

    #[test]
    fn an_id_that_could_disturb_the_log_is_replaced() {
        for value in ["", "a b", "a\tb", "+15551234567", &"x".repeat(65)] {
            let id = given(value);
            assert_ne!(id.as_str(), value);
            assert_eq!(id.as_str().len(), 32);
        }
    }

    #[test]
    fn fresh_ids_differ() {
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::fresh());
    }
}
