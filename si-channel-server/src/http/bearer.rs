//! Bearer tokens (RFC 6750), compared in constant time.

use std::fmt;
use std::hint::black_box;

use ::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use ::http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::Problem;

/// The tokens that are accepted; several while one replaces another. With none, every request is refused.
#[derive(Clone, Default)]
pub struct Bearer {
    /// Digests, so that neither length nor content of a token shows in the time taken.
    digests: Vec<[u8; 32]>,
}

impl Bearer {
    /// Accepts these tokens. An empty token would match an empty header and is left out.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let tokens = tokens.into_iter().map(ExposeSecret::expose_secret).filter(|token| !token.is_empty());
        Self { digests: tokens.map(|token| digest(token.as_bytes())).collect() }
    }

    /// Which token (by position, from 0) the request carries.
    ///
    /// # Errors
    /// 401 with `WWW-Authenticate: Bearer` when there is no `Authorization` header, more than one, another
    /// scheme, or a token that is not accepted.
    pub fn check(&self, headers: &HeaderMap) -> Result<usize, Problem> {
        let Some(token) = token(headers) else {
            return Err(refusal("send the header Authorization: Bearer TOKEN, once", "Bearer"));
        };
        let given = digest(token);
        // All tokens are compared, found or not.
        let mut found = None;
        for (position, expected) in self.digests.iter().enumerate() {
            let difference = given.iter().zip(expected).fold(0, |all, (a, b)| black_box(all | (a ^ b)));
            if difference == 0 {
                found = Some(position);
            }
        }
        found.ok_or_else(|| refusal("the bearer token is not accepted", r#"Bearer error="invalid_token""#))
    }
}

fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len())?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn refusal(detail: &str, challenge: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("tokens", &self.digests.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Bearer {
        Bearer::new([&SecretString::from("old-token"), &SecretString::from("new-token")])
    }

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn each_of_several_tokens_is_accepted_and_named() {
        assert_eq!(bearer().check(&headers(&["Bearer old-token"])).unwrap(), 0);
        assert_eq!(bearer().check(&headers(&["bearer  new-token"])).unwrap(), 1);
    }

    #[test]
    fn anything_else_is_401_with_a_challenge() {
        let cases: [&[&str]; 9] = [
            &[],
            &[""],
            &["Bearer"],
            &["Bearer "],
            &["Bearer old-toke"],
            &["Bearer old-token1"],
            &["Basic old-token"],
            &["old-token"],
            &["Bearer old-token", "Bearer new-token"],
        ];
        for case in cases {
            let problem = bearer().check(&headers(case)).unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNAUTHORIZED, "{case:?}");
            assert!(problem.into_response().headers().contains_key(WWW_AUTHENTICATE), "{case:?}");
        }
    }

    #[test]
    fn without_tokens_nothing_is_accepted() {
        let empty = Bearer::new([&SecretString::from("")]);
        assert!(empty.check(&headers(&["Bearer x"])).is_err());
        assert!(Bearer::default().check(&headers(&["Bearer "])).is_err());
    }

    #[test]
    fn debug_shows_the_number_of_tokens_alone() {
        assert_eq!(format!("{:?}", bearer()), "Bearer { tokens: 2 }");
    }
}
