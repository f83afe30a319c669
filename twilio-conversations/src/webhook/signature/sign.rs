//! Signing, for tests, for simulators and for checking an installation.

use super::{
    AuthToken, BASE64_STANDARD, BODY_HASH_PARAMETER, Digest, Engine, Mac, Sha256, SignatureError, Url, hex,
    mac, message::form_suffix,
};

/// A key that signs webhooks, with a label for logs and metrics (`primary`, `next`).
#[derive(Clone, Debug)]
pub struct SigningKey {
    label: String,
    token: AuthToken,
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
    pub fn new(label: impl Into<String>, token: AuthToken) -> Self {
        Self { label: label.into(), token }
    }

    /// The name given to it.
    pub fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn token(&self) -> &AuthToken {
        &self.token
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
        Ok(self.sign(&[url.as_given().into_bytes(), form_suffix(params)].concat()))
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
        let is_other = |pair: &&str| !pair.is_empty() && !pair.starts_with(BODY_HASH_PARAMETER);
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
        Ok(self.sign(url.as_given().as_bytes()))
    }

    fn sign(&self, message: &[u8]) -> String {
        BASE64_STANDARD.encode(mac(&self.token, message).finalize().into_bytes())
    }
}
