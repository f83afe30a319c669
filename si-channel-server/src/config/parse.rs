//! Texts of single settings.

use std::fmt;

use tracing::level_filters::LevelFilter;
use url::Url;

use super::Database;
use super::reader::quote;

/// The URL under which Twilio reaches this server, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// The whole URL of a path of this server, such as `/webhooks/sms`: what Twilio signs.
    pub fn of(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Whether calls cannot use it: relays and streams need `wss://`, hence https.
    pub fn unfit_for_calls(&self) -> bool {
        self.0.scheme() != "https"
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

pub(super) fn public_url(text: &str) -> Result<PublicUrl, String> {
    service_url(text).map(PublicUrl)
}

/// An http or https URL of a service: no user, query or fragment. A text with a user in it is not repeated.
pub(super) fn service_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        let shown = if text.contains('@') { "the text".to_owned() } else { quote(text) };
        format!("{shown} is not a URL: {error}")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL has a user or a password in it; there are keys for those".to_owned());
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("{} is neither http nor https", quote(text)));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the URL has a query or a fragment".to_owned());
    }
    Ok(url)
}

pub(super) fn database(text: &str) -> Result<Database, String> {
    let scheme = text.split(':').next().unwrap_or_default();
    match text.strip_prefix("sqlite:") {
        // `sqlite:///var/lib/x.db` is as common as `sqlite:/var/lib/x.db`.
        Some(path) => match path.strip_prefix("//").unwrap_or(path) {
            "" => Err("names no file".to_owned()),
            path if path.starts_with(":memory:") => Err("would keep nothing: a file is needed".to_owned()),
            path => Ok(Database::Sqlite(path.into())),
        },
        None if matches!(scheme, "postgres" | "postgresql") => {
            Err("PostgreSQL is not in this build yet".to_owned())
        }
        // Whatever it is may hold a password.
        None => Err("is not the URL of a known database".to_owned()),
    }
}

pub(super) const LEVELS: &str = "write one of off, error, warn, info, debug, trace";

pub(super) fn level(text: &str) -> Result<LevelFilter, String> {
    text.parse().map_err(|_| format!("{} is not a level", quote(text)))
}
