//! The signature of `X-Twilio-Signature`, both ways.
//!
//! Base64 of HMAC-SHA1, keyed with the account's auth token, over the URL as Twilio called it and, for forms, each name
//! and value in the order of the names: <https://www.twilio.com/docs/usage/webhooks/webhooks-security>. JSON requests
//! carry the SHA-256 of the body in the URL (`bodySHA256`) and sign the URL alone; WebSocket requests sign the `wss` URL.
//!
//! Proxies and Twilio's own products write the same URL in slightly different ways, so that a [`Validator`] tries the
//! few forms that Twilio is known to sign. Names and values are joined without separators: check what matters
//! (account, SIDs, addresses) after the signature, as the payload types of this crate do.

mod candidate;
mod message;
mod sign;

pub use crate::auth::{AuthToken, EmptySecret};
pub use sign::{SignedJson, SigningKey};

use base64::{Engine, prelude::BASE64_STANDARD};
use candidate::Url;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The name of the header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";
/// The query parameter that carries the hash of a JSON body.
pub const BODY_HASH_PARAMETER: &str = "bodySHA256";

const SHA1_BYTES: usize = 20;

/// Why a request is not accepted. Never holds the expected signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header is not the base64 text of 20 bytes.
    #[error("the signature is not the base64 text of 20 bytes")]
    Malformed,
    /// No key made this signature for this request. Usual causes: another account's token, or a public URL that
    /// differs from the one Twilio was given.
    #[error("the signature matches none of the keys; check the auth token and the public URL")]
    Mismatch,
    /// The URL has no scheme or no host.
    #[error("the URL to verify is not absolute")]
    Url,
    /// A JSON request whose URL has no `bodySHA256`, or more than one.
    #[error("the URL does not carry exactly one bodySHA256")]
    BodyHashMissing,
    /// The body is not the one that was signed.
    #[error("the body does not have the hash named in the URL")]
    BodyHashMismatch,
    /// The validator holds no key, so that nothing can be accepted.
    #[error("no key to verify signatures with")]
    NoKeys,
}

/// Which key accepted a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// The key's place among the validator's keys, from zero.
    pub index: usize,
    /// The key's label.
    pub label: &'a str,
}

/// Verifies requests against several keys at once, as needed while a token is rotated.
///
/// Each form of the URL is tried with each key until one fits, the usual form first. Signatures are compared in constant
/// time; what the time can tell is which form and which key fit a signature that is right.
#[derive(Clone, Debug, Default)]
pub struct Validator {
    keys: Vec<SigningKey>,
}

impl Validator {
    /// A validator over these keys, in this order. Without keys it accepts nothing.
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Self {
        Self { keys: keys.into_iter().collect() }
    }

    /// Verifies a form request: the full URL with its query, and the decoded pairs of the body.
    ///
    /// # Errors
    /// [`SignatureError`] when the request must be refused.
    pub fn verify_form<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        url: &str,
        params: &[(N, V)],
        signature: &str,
    ) -> Result<Match<'_>, SignatureError> {
        let url = Url::parse(url).ok_or(SignatureError::Url)?;
        let trial = self.trial(signature)?;
        message::in_each_order(params, |params| url.find_http(|url| trial.accepts(url, params)))
            .ok_or(SignatureError::Mismatch)
    }

    /// Verifies a GET request: all its parameters are in the URL.
    ///
    /// # Errors
    /// [`SignatureError`] when the request must be refused.
    pub fn verify_get(&self, url: &str, signature: &str) -> Result<Match<'_>, SignatureError> {
        self.verify_form::<&str, &str>(url, &[], signature)
    }

    /// Verifies a request with any other body, JSON as a rule, by the `bodySHA256` of its URL.
    ///
    /// # Errors
    /// [`SignatureError`] when the request must be refused; the signature is judged before the hash.
    pub fn verify_json(&self, url: &str, body: &[u8], signature: &str) -> Result<Match<'_>, SignatureError> {
        let matched = self.verify_get(url, signature)?;
        let expected = body_hash(url).ok_or(SignatureError::BodyHashMissing)?;
        if expected == hex(&Sha256::digest(body)) {
            Ok(matched)
        } else {
            Err(SignatureError::BodyHashMismatch)
        }
    }

    /// Verifies the request that opens a WebSocket. `https` and `wss` URLs are the same here.
    ///
    /// # Errors
    /// [`SignatureError`] when the request must be refused.
    pub fn verify_websocket(&self, url: &str, signature: &str) -> Result<Match<'_>, SignatureError> {
        let url = Url::parse(url).ok_or(SignatureError::Url)?.into_websocket();
        let trial = self.trial(signature)?;
        let as_params = || {
            let (bare, params) = url.query_as_params()?;
            message::in_each_order(&params, |params| bare.find_websocket(|url| trial.accepts(url, params)))
        };
        url.find_websocket(|url| trial.accepts(url, &[])).or_else(as_params).ok_or(SignatureError::Mismatch)
    }

    /// Takes the signature apart.
    fn trial(&self, signature: &str) -> Result<Trial<'_>, SignatureError> {
        if self.keys.is_empty() {
            return Err(SignatureError::NoKeys);
        }
        // The decoder asks for whole groups of three.
        let mut given = [0; SHA1_BYTES + 1];
        match BASE64_STANDARD.decode_slice(signature, &mut given) {
            Ok(SHA1_BYTES) => Ok(Trial { keys: &self.keys, given }),
            _ => Err(SignatureError::Malformed),
        }
    }
}

/// A signature and the keys that may have made it.
struct Trial<'v> {
    keys: &'v [SigningKey],
    given: [u8; SHA1_BYTES + 1],
}

impl<'v> Trial<'v> {
    fn accepts(&self, url: &str, params: &[u8]) -> Option<Match<'v>> {
        let given = &self.given[..SHA1_BYTES];
        let index = self.keys.iter().position(|key| key.mac(url, params).verify_slice(given).is_ok())?;
        Some(Match { index, label: self.keys[index].label() })
    }
}

/// True when the URL's query names a body hash, so that [`Validator::verify_json`] is the one to ask.
pub fn has_body_hash(url: &str) -> bool {
    body_hash(url).is_some()
}

/// The only `bodySHA256` of the URL.
fn body_hash(url: &str) -> Option<String> {
    let url = url.split('#').next().unwrap_or_default();
    let (_, query) = url.split_once('?')?;
    let mut hashes = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == BODY_HASH_PARAMETER);
    let hash = hashes.next()?.1.into_owned();
    hashes.next().is_none().then_some(hash)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
