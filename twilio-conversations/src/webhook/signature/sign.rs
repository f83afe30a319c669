//! Signing, for tests, for simulators and for checking an installation.

use super::{
    AuthToken, BASE64_STANDARD, BODY_HASH_PARAMETER, Digest, Engine, Hmac, KeyInit, Mac, Sha1, Sha256,
    SignatureError, Url, hex, message,
};
use std::fmt;

/// A key that signs webhooks, with a label for logs and metrics (`primary`, `next`). `Debug` shows the label alone.
///
/// Holds the state of an HMAC that has taken in the token, as secret as the token and wiped when dropped, so that each
/// signature costs two blocks less.
#[derive(Clone)]
pub struct SigningKey {
    label: String,
    keyed: Hmac<Sha1>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("label", &self.label).finish_non_exhaustive()
    }
}

/// A JSON request ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedJson {
    /// The URL with `bodySHA256` in its query.
    pub url: String,
    /// The value of the signature header.
    pub signature: String,
}

impl SigningKey {
    /// Names a token.
    #[expect(clippy::needless_pass_by_value, reason = "the token has gone into the key")]
    pub fn new(label: impl Into<String>, token: AuthToken) -> Self {
        Self { label: label.into(), keyed: keyed(&token) }
    }

    /// The name given to it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The HMAC of the URL and the parameters behind it.
    pub(super) fn mac(&self, url: &str, params: &[u8]) -> Hmac<Sha1> {
        self.keyed.clone().chain_update(url).chain_update(params)
    }

    /// The signature of a form request to this URL, as written but for user info and fragment.
    ///
    /// # Errors
    /// [`SignatureError::Url`] when the URL is not absolute.
    pub fn sign_form<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        url: &str,
        params: &[(N, V)],
    ) -> Result<String, SignatureError> {
        let url = Url::parse(url).ok_or(SignatureError::Url)?;
        Ok(self.sign(&url.as_given(), &message::by_bytes(params)))
    }

    /// The signature of a GET request.
    ///
    /// # Errors
    /// [`SignatureError::Url`] when the URL is not absolute.
    pub fn sign_get(&self, url: &str) -> Result<String, SignatureError> {
        self.sign_form::<&str, &str>(url, &[])
    }

    /// Adds the body's hash to the URL, replacing one that is there, and signs it.
    ///
    /// # Errors
    /// [`SignatureError::Url`] when the URL is not absolute.
    pub fn sign_json(&self, url: &str, body: &[u8]) -> Result<SignedJson, SignatureError> {
        let given = Url::parse(url).ok_or(SignatureError::Url)?.as_given();
        let hash = format!("{BODY_HASH_PARAMETER}={}", hex(&Sha256::digest(body)));
        let (path, query) = given.split_once('?').unwrap_or((&given, ""));
        let is_hash = |pair: &str| pair.split('=').next() == Some(BODY_HASH_PARAMETER);
        let is_other = |pair: &&str| !pair.is_empty() && !is_hash(pair);
        let pairs: Vec<&str> = query.split('&').filter(is_other).chain([hash.as_str()]).collect();
        let url = format!("{path}?{}", pairs.join("&"));
        let signature = self.sign_get(&url)?;
        Ok(SignedJson { url, signature })
    }

    /// The signature of a request that opens a WebSocket; an `https` URL is signed as `wss`.
    ///
    /// # Errors
    /// [`SignatureError::Url`] when the URL is not absolute.
    pub fn sign_websocket(&self, url: &str) -> Result<String, SignatureError> {
        let url = Url::parse(url).ok_or(SignatureError::Url)?.into_websocket();
        Ok(self.sign(&url.as_given(), &[]))
    }

    fn sign(&self, url: &str, params: &[u8]) -> String {
        BASE64_STANDARD.encode(self.mac(url, params).finalize().into_bytes())
    }
}

fn keyed(token: &AuthToken) -> Hmac<Sha1> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
    Hmac::new_from_slice(token.expose().as_bytes()).expect("any length is a key")
}
