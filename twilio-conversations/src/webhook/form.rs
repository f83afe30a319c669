//! Forms (`application/x-www-form-urlencoded`) as ordered pairs, repeated names kept.
//!
//! ```
//! use twilio_conversations::webhook::form::{self, Limits};
//!
//! let pairs = form::parse(b"From=%2B15550001111&Body=Hello+Si", Limits::default())?;
//! let (name, value) = &pairs[1];
//! assert_eq!((name.as_str(), value.as_str()), ("Body", "Hello Si"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use memchr::{memchr, memchr2};
use std::{borrow::Cow, fmt, iter, ops::Deref};

/// How much a form may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most pairs; 256 by default. Twilio's largest form, a message with ten media, stays under 80.
    pub pairs: usize,
    /// The most bytes of one decoded name or value; 64 KiB by default, twice the longest Twilio body.
    pub value_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pairs: 256, value_bytes: 64 * 1024 }
    }
}

/// A form past its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// More pairs than allowed.
    #[error("the form has more than {limit} fields")]
    TooManyPairs {
        /// The limit that was passed.
        limit: usize,
    },
    /// A name or value longer than allowed.
    #[error("field {position} of the form has {bytes} bytes, over the limit of {limit}")]
    TooLong {
        /// Which pair, from zero.
        position: usize,
        /// The decoded length.
        bytes: usize,
        /// The limit that was passed.
        limit: usize,
    },
}

/// A decoded name or value; borrowed from the body where nothing was escaped. `Debug` hides it: forms hold what people
/// wrote and where they are reached.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as one's own.
    pub fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

/// The pairs of a form.
pub type Pairs<'a> = Vec<(Text<'a>, Text<'a>)>;

/// Decodes a form body or a query without its `?`. Order and repeated names are kept; bytes that are not UTF-8 become
/// U+FFFD, as in Twilio's own helper libraries, so that the signature can still be computed.
///
/// # Errors
/// [`FormError`] when a limit is passed.
pub fn parse(body: &[u8], limits: Limits) -> Result<Pairs<'_>, FormError> {
    let mut pairs = Vec::with_capacity(limits.pairs.min(16));
    match str::from_utf8(body) {
        Ok(text) => {
            for (name, value, escape) in split_pairs(text) {
                pairs.push(match escape {
                    None => (Text(name.into()), Text(value.into())),
                    Some(place) if place > name.len() => (Text(name.into()), unescaped(value)),
                    Some(_) => (decode(name), decode(value)),
                });
                limits.check(&pairs)?;
            }
        }
        // By the book: bytes of a character may be partly escaped.
        Err(_) => {
            for (name, value) in form_urlencoded::parse(body) {
                pairs.push((Text(name), Text(value)));
                limits.check(&pairs)?;
            }
        }
    }
    Ok(pairs)
}

impl Limits {
    /// Looks at the number of pairs and at the last of them.
    fn check(self, pairs: &Pairs<'_>) -> Result<(), FormError> {
        if pairs.len() > self.pairs {
            return Err(FormError::TooManyPairs { limit: self.pairs });
        }
        let bytes = pairs.last().map_or(0, |(name, value)| name.len().max(value.len()));
        if bytes > self.value_bytes {
            return Err(FormError::TooLong { position: pairs.len() - 1, bytes, limit: self.value_bytes });
        }
        Ok(())
    }
}

/// Names and values as written, and where in the pair the first escape is.
fn split_pairs(mut rest: &str) -> impl Iterator<Item = (&str, &str, Option<usize>)> {
    let mut plain = plain_bytes(rest);
    iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let pair;
            (pair, rest) = split(rest, b'&');
            let escape = (plain < pair.len()).then_some(plain);
            plain = if escape.is_some() { plain_bytes(rest) } else { plain.saturating_sub(pair.len() + 1) };
            if !pair.is_empty() {
                let (name, value) = split(pair, b'=');
                return Some((name, value, escape));
            }
        }
    })
}

/// What is before the ASCII byte and what is behind it.
fn split(text: &str, at: u8) -> (&str, &str) {
    match memchr(at, text.as_bytes()) {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    }
}

/// How many bytes come before the first that is escaped.
fn plain_bytes(text: &str) -> usize {
    memchr2(b'+', b'%', text.as_bytes()).unwrap_or(text.len())
}

fn decode(text: &str) -> Text<'_> {
    if plain_bytes(text) == text.len() { Text(text.into()) } else { unescaped(text) }
}

fn unescaped(text: &str) -> Text<'static> {
    let decoded = String::from_utf8(unescape(text.as_bytes()))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Text(decoded.into())
}

/// `+` as a space, `%` with two digits as their byte and any other `%` as it is.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let Some(first) = memchr(b'%', &bytes) else { return bytes };
    let (mut from, mut to) = (first, first);
    while let Some(byte) = bytes.get(from) {
        let escaped = (*byte == b'%').then(|| hex(bytes.get(from + 1..from + 3)?)).flatten();
        bytes[to] = escaped.unwrap_or(*byte);
        from += if escaped.is_some() { 3 } else { 1 };
        to += 1;
    }
    bytes.truncate(to);
    bytes
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(digits[at]).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn order_repeats_and_spaces_are_kept() {
        let pairs = parse(b"b=2&a=+x%20&b=1&empty=&bare", Limits::default()).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("b", "2"), ("a", " x "), ("b", "1"), ("empty", ""), ("bare", "")]);
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_panic() {
        let pairs = parse(b"Body=%FF%FE&\xff=\xfe", Limits::default()).unwrap();
        assert_eq!(pairs[0].1.as_str(), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { pairs: 2, value_bytes: 3 };
        assert!(parse(b"a=1&b=123", limits).is_ok());
        assert_eq!(parse(b"a=1&b=2&c=3", limits), Err(FormError::TooManyPairs { limit: 2 }));
        assert_eq!(parse(b"a=1234", limits), Err(FormError::TooLong { position: 0, bytes: 4, limit: 3 }));
        assert_eq!(parse(b"name=1", limits), Err(FormError::TooLong { position: 0, bytes: 4, limit: 3 }));
    }

    proptest! {
        #[test]
        fn any_body_is_decoded_as_the_standard_says(body in body()) {
            let pairs = parse(&body, Limits::default()).unwrap();
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let expected: Vec<_> = form_urlencoded::parse(&body).collect();
            let expected: Vec<_> = expected.iter().map(|(name, value)| (&**name, &**value)).collect();
            prop_assert_eq!(pairs, expected);
        }
    }

    /// Text with everything that means something in a form, and bytes at random.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            3 => "([ab&=]|[+%&=]|%[0-9a-fA-Fg+%]{0,2}|%C3%A9|%F0%9F%98%80|é){0,24}".prop_map(String::into_bytes),
            1 => vec(prop_oneof![Just(b'&'), Just(b'='), Just(b'+'), Just(b'%'), Just(b'C'), Just(b'3'), any::<u8>()], 0..24),
        ]
    }
}
