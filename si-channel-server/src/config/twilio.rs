//! The account and how it is reached.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::parse::service_url;
use super::problem::Source;
use super::reader::{Reader, quote};

/// The account and how it is reached.
#[derive(Debug, Clone)]
pub struct Twilio {
    /// A local Twilio that stands for all of its hosts; Twilio itself when not set.
    pub base_url: Option<Url>,
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: Option<String>,
    /// The account's auth token: webhooks are checked with it, and requests made with it when there is no key.
    pub auth_token: Option<SecretString>,
    /// Further tokens that sign webhooks, while one replaces another.
    pub extra_auth_tokens: Vec<SecretString>,
    /// `SK` and 32 hexadecimal digits; requests are made with it.
    pub api_key: Option<String>,
    /// The secret of the key.
    pub api_secret: Option<SecretString>,
    /// The author of what Si writes; `system`.
    pub system_identity: String,
    /// How long one request may take; 10 s.
    pub request_timeout: Duration,
    /// Requests at once; 20.
    pub max_concurrent: usize,
}

impl Twilio {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let twilio = Self {
            base_url: reader.parsed(
                "twilio.base_url",
                "write the sandbox's URL, or leave it out",
                service_url,
            ),
            account_sid: reader
                .parsed("twilio.account_sid", "copy it from the Twilio console", |text| sid("AC", text)),
            auth_token: reader.secret("twilio.auth_token"),
            extra_auth_tokens: reader.secrets("twilio.extra_auth_tokens"),
            api_key: reader
                .parsed("twilio.api_key", "copy it from the Twilio console", |text| sid("SK", text)),
            api_secret: reader.secret("twilio.api_secret"),
            system_identity: reader
                .parsed("twilio.system_identity", "write 1 to 256 characters, such as system", identity)
                .unwrap_or_else(|| "system".to_owned()),
            request_timeout: reader.duration(
                "twilio.request_timeout",
                Duration::from_secs(10),
                Duration::from_secs(1)..=Duration::from_mins(2),
            ),
            max_concurrent: reader.number("twilio.max_concurrent", 20, 1..=1000),
        };
        let keys = [
            ("twilio.api_key", twilio.api_key.is_some(), "twilio.api_secret", twilio.api_secret.is_some()),
            ("twilio.api_secret", twilio.api_secret.is_some(), "twilio.api_key", twilio.api_key.is_some()),
        ];
        for (key, present, other, other_present) in keys {
            if present && !other_present && !reader.has_problem(other) {
                reader.problem(
                    other,
                    Source::Unset,
                    format!("{key} is of no use without it"),
                    "set both or none",
                );
            }
        }
        twilio
    }
}

fn sid(prefix: &str, text: &str) -> Result<String, String> {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    if digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_owned());
    }
    // Somebody may have put a secret here: only the kind of the text is shown.
    let start: String = text.chars().take(2).collect();
    Err(format!(
        "{} characters beginning {} are not {prefix} and 32 hexadecimal digits",
        text.len(),
        quote(start)
    ))
}

fn identity(text: &str) -> Result<String, String> {
    if (1..=256).contains(&text.len()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!("{} is not an identity", quote(text)))
}
