//! Secrets: what signs webhooks and what logs in. None of them can be printed.
//!
//! ```
//! # #[cfg(feature = "webhook")] {
//! use twilio_conversations::auth::AuthToken;
//!
//! let token = AuthToken::new("a secret")?;
//! assert!(!format!("{token:?}").contains("secret"));
//! assert!(AuthToken::new("").is_err());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "client")]
use crate::sid::ApiKeySid;
use secrecy::{ExposeSecret, SecretString};

/// A secret that is empty or blank, with which anybody could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret is empty; set the auth token or the API key's secret")]
pub struct EmptySecret;

fn secret(text: String) -> Result<SecretString, EmptySecret> {
    if text.trim().is_empty() { Err(EmptySecret) } else { Ok(text.into()) }
}

/// An account's auth token: signs the account's webhooks and can log in to the API.
///
/// `Debug` hides it and there is no `Display`.
#[derive(Clone, Debug)]
pub struct AuthToken(SecretString);

impl AuthToken {
    /// Takes the token as given; surrounding white space is not removed.
    ///
    /// # Errors
    /// [`EmptySecret`] when it is empty or blank.
    pub fn new(token: impl Into<String>) -> Result<Self, EmptySecret> {
        secret(token.into()).map(Self)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The secret of an API key. `Debug` hides it and there is no `Display`.
#[cfg(feature = "client")]
#[derive(Clone, Debug)]
pub struct ApiKeySecret(SecretString);

#[cfg(feature = "client")]
impl ApiKeySecret {
    /// Takes the secret as given; surrounding white space is not removed.
    ///
    /// # Errors
    /// [`EmptySecret`] when it is empty or blank.
    pub fn new(secret_text: impl Into<String>) -> Result<Self, EmptySecret> {
        secret(secret_text.into()).map(Self)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// How a client logs in: HTTP Basic with one of two pairs, see
/// <https://www.twilio.com/docs/usage/requests-to-twilio>.
#[cfg(feature = "client")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Auth {
    /// The account SID and the account's auth token.
    Token(AuthToken),
    /// An API key, which Twilio recommends for production.
    ApiKey {
        /// The key's SID, used as the user name.
        sid: ApiKeySid,
        /// The key's secret, shown once when the key was made.
        secret: ApiKeySecret,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_never_empty() {
        let token = AuthToken::new("hunter2").unwrap();
        assert!(!format!("{token:?}").contains("hunter2"));
        for blank in ["", " \n"] {
            assert_eq!(AuthToken::new(blank).unwrap_err(), EmptySecret);
        }
    }

    #[cfg(feature = "client")]
    #[test]
    fn login_secrets_are_hidden_and_never_empty() {
        let secret = ApiKeySecret::new("hunter2").unwrap();
        let sid = ApiKeySid::parse(&format!("SK{}", "0".repeat(32))).unwrap();
        let key = Auth::ApiKey { sid, secret };
        let token = Auth::Token(AuthToken::new("hunter2").unwrap());
        assert!(!format!("{key:?} {token:?}").contains("hunter2"));
        assert_eq!(ApiKeySecret::new("").unwrap_err(), EmptySecret);
    }
}
