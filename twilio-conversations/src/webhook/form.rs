//! Forms (`application/x-www-form-urlencoded`) as ordered pairs, repeated names kept.

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

/// Decodes a form body or a query without its `?`. Order and repeated names are kept; bytes that are not UTF-8 become
/// U+FFFD, as in Twilio's own helper libraries, so that the signature can still be computed.
///
/// # Errors
/// [`FormError`] when a limit is passed.
pub fn parse(body: &[u8], limits: Limits) -> Result<Vec<(String, String)>, FormError> {
    let mut pairs = Vec::new();
    for (position, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if position >= limits.pairs {
            return Err(FormError::TooManyPairs { limit: limits.pairs });
        }
        let bytes = name.len().max(value.len());
        if bytes > limits.value_bytes {
            return Err(FormError::TooLong { position, bytes, limit: limits.value_bytes });
        }
        pairs.push((name.into_owned(), value.into_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_repeats_and_spaces_are_kept() {
        let pairs = parse(b"b=2&a=+x%20&b=1&empty=&bare", Limits::default()).unwrap();
        let expected = [("b", "2"), ("a", " x "), ("b", "1"), ("empty", ""), ("bare", "")];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_panic() {
        let pairs = parse(b"Body=%FF%FE&\xff=\xfe", Limits::default()).unwrap();
        assert_eq!(pairs[0].1, "\u{fffd}\u{fffd}");
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { pairs: 2, value_bytes: 3 };
        assert!(parse(b"a=1&b=123", limits).is_ok());
        assert_eq!(parse(b"a=1&b=2&c=3", limits), Err(FormError::TooManyPairs { limit: 2 }));
        assert_eq!(parse(b"a=1234", limits), Err(FormError::TooLong { position: 0, bytes: 4, limit: 3 }));
        assert_eq!(parse(b"name=1", limits), Err(FormError::TooLong { position: 0, bytes: 4, limit: 3 }));
    }
}
