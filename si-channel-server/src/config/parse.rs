//! Texts of single settings.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
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

/// The URL of a PostgreSQL database. It holds a password, which shows nowhere.
#[derive(Clone)]
pub struct PostgresUrl(SecretString);

impl PostgresUrl {
    fn new(text: &str) -> Result<Self, String> {
        match text.parse::<tokio_postgres::Config>() {
            Ok(config) if !config.get_hosts().is_empty() && config.get_dbname().is_some() => {
                Ok(Self(text.into()))
            }
            Ok(_) => Err("names no host or no database".to_owned()),
            // What the parser says may repeat a part of it.
            Err(_) => Err("is no URL of a PostgreSQL database".to_owned()),
        }
    }

    /// The URL with its password.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresUrl")
    }
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
        None if matches!(scheme, "postgres" | "postgresql") => PostgresUrl::new(text).map(Database::Postgres),
        // Whatever it is may hold a password.
        None => Err("is not the URL of a known database".to_owned()),
    }
}

pub(super) fn schema(text: &str) -> Result<String, String> {
    crate::store::postgres::check_schema(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

pub(super) const LEVELS: &str = "write one of off, error, warn, info, debug, trace";

pub(super) fn level(text: &str) -> Result<LevelFilter, String> {
    text.parse().map_err(|_| format!("{} is not a level", quote(text)))
}
