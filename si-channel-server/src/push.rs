//! Events sent to HTTP subscribers, signed as Standard Webhooks has it.
//!
//! A subscription is a document and a place in the feed, a cursor in the store that one server at a time holds. What it asks
//! for is sent in the order of the feed, one event at a time of each session. A subscriber that is away is waited for, and
//! nothing is lost meanwhile: the feed is. An event that it refuses again and again is set aside as a dead letter, and the
//! rest goes on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::documents::{ANY, STATE};
use crate::engine::Engine;
use crate::store::{Changes, CommitError, Key, Kind, Page, Put, Record, Result, Source, StoreError, Want};

pub mod post;
pub mod signature;

use self::signature::Secret;

/// Subscriptions there may be at once.
pub const MOST: usize = 100;
/// Dead letters of a subscription; with more it is disabled.
pub const MOST_DEAD: usize = 500;
/// Types that a subscription may name.
const MOST_TYPES: usize = 100;
/// How often a change is made anew when another was faster.
const ATTEMPTS: u32 = 30;

/// Whether events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// They are.
    Active,
    /// They wait in the feed until it is resumed.
    Disabled {
        /// What for.
        why: String,
    },
    /// It is no more.
    Deleted,
}

/// An event that the subscriber did not take. What it says is in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dead {
    /// The event's id.
    pub event_id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its place in the feed.
    pub position: i64,
    /// What the subscriber said last.
    pub reason: String,
    /// When that was.
    pub at: Timestamp,
    /// It is to be sent once more.
    #[serde(default)]
    pub redrive: bool,
}

/// Who is sent which events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: Url,
    /// Types, or beginnings of types that end in `*`; all when empty.
    pub types: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether events are sent.
    #[serde(flatten)]
    pub standing: Standing,
    /// What signs, the newest first; each until when, or for good.
    pub secrets: Vec<(Secret, Option<Timestamp>)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was made or resumed.
    pub active_since: Timestamp,
    /// What was not taken, oldest first.
    pub dead: Vec<Dead>,
}

impl Subscription {
    /// The name of its cursor in the store.
    pub fn cursor(id: &str) -> String {
        format!("push/{id}")
    }

    /// Whether it asks for events of this type.
    pub fn wants(&self, kind: &str) -> bool {
        self.types.is_empty()
            || self.types.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(start) => kind.starts_with(start),
                None => kind == wanted,
            })
    }

    /// The secrets that sign now.
    pub fn signing(&self, now: Timestamp) -> Vec<&Secret> {
        let valid = self.secrets.iter().filter(|(_, until)| until.is_none_or(|until| now < until));
        valid.map(|(secret, _)| secret).collect()
    }

    /// It as a document, decided on a version. What is deleted is found no more and says nothing.
    pub fn put(&self, version: u64) -> Result<Put> {
        let order = self.created_at.as_millisecond();
        let key = |value: &str| Key { name: STATE, value: value.to_owned(), unique: false, order };
        let keys = match self.standing {
            Standing::Active => vec![key(ANY), key("active")],
            Standing::Disabled { .. } => vec![key(ANY)],
            Standing::Deleted => Vec::new(),
        };
        let doc = serde_json::to_string(self)
            .map_err(|error| StoreError::Corrupt(format!("cannot be written: {error}")))?;
        Ok(Put { kind: Kind::Subscription, id: self.id.clone(), version, doc, keys: Some(keys) })
    }

    fn of(record: &Record) -> Result<Self> {
        serde_json::from_str(&record.doc)
            .map_err(|error| StoreError::Corrupt(format!("subscription {error}")))
    }

    /// The subscription with an id, and its version; `None` when it is deleted.
    pub async fn load(engine: &Engine, id: &str) -> Result<Option<(Self, u64)>> {
        let want = Want::Id(Kind::Subscription, id.to_owned());
        let Some(record) = engine.store().load(vec![want]).await?.pop().flatten() else { return Ok(None) };
        let found = Self::of(&record)?;
        Ok((found.standing != Standing::Deleted).then_some((found, record.version)))
    }

    /// All there are, newest first; or the active ones alone.
    pub async fn all(engine: &Engine, active: bool) -> Result<Vec<Self>> {
        let state = if active { "active" } else { ANY };
        let found = engine.store().list(Kind::Subscription, (STATE, state), Page::first(MOST)).await?;
        found.iter().map(|(_, record)| Self::of(record)).collect()
    }

    /// Changes it; `None` when there is none. `change` may be called again on a newer state.
    pub async fn change(
        engine: &Engine,
        id: &str,
        mut change: impl FnMut(&mut Self, &mut Changes),
    ) -> std::result::Result<Option<Self>, CommitError> {
        let mut attempt = 0;
        loop {
            let Some((mut subscription, version)) = Self::load(engine, id).await? else { return Ok(None) };
            let mut changes = Changes::settle(Source::Direct);
            change(&mut subscription, &mut changes);
            changes.puts.push(subscription.put(version)?);
            match engine.store().commit(changes).await {
                Ok(()) => return Ok(Some(subscription)),
                Err(CommitError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Refuses a URL that nothing may be sent to.
pub fn check_url(url: &Url, private_hosts: bool) -> std::result::Result<(), &'static str> {
    if url.as_str().len() > 2_048 {
        return Err("expected at most 2048 characters");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("expected a URL without a user and a password: what is sent is signed");
    }
    if url.fragment().is_some() {
        return Err("expected a URL without a fragment");
    }
    if private_hosts && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err("expected an https URL");
    }
    let public = match url.host() {
        // Names are looked at when they are resolved.
        Some(Host::Domain(name)) => name != "localhost",
        Some(Host::Ipv4(ip)) => post::is_public(ip.into()),
        Some(Host::Ipv6(ip)) => post::is_public(ip.into()),
        None => false,
    };
    if public { Ok(()) } else { Err("expected a host of the public internet") }
}

/// Refuses types that no event has.
pub fn check_types(types: &[String]) -> std::result::Result<(), String> {
    if types.len() > MOST_TYPES {
        return Err(format!("expected at most {MOST_TYPES}"));
    }
    let known = |wanted: &str| {
        si_channel_core::event::TYPES.iter().any(|(kind, _)| match wanted.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => *kind == wanted,
        })
    };
    match types.iter().position(|wanted| !known(wanted)) {
        Some(place) => Err(format!("[{place}]: no event has this type; see /schemas")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_the_public_internet_alone_are_sent_to() {
        for (text, fits) in [
            ("https://example.com/hook?x=1", true),
            ("https://example.com:8443/hook", true),
            ("http://example.com/hook", false),
            ("https://localhost/hook", false),
            ("https://127.0.0.1/hook", false),
            ("https://[::1]/hook", false),
            ("https://169.254.169.254/latest", false),
            ("https://10.0.0.1/", false),
            ("https://user:secret@example.com/", false),
            ("https://example.com/#x", false),
            ("ftp://example.com/", false),
        ] {
            assert_eq!(check_url(&text.parse().unwrap(), false).is_ok(), fits, "{text}");
        }
        assert!(check_url(&"http://127.0.0.1:8080/".parse().unwrap(), true).is_ok());
        assert!(check_url(&"ftp://127.0.0.1/".parse().unwrap(), true).is_err());
    }

    #[test]
    fn types_are_whole_or_beginnings() {
        let of = |types: &[&str]| types.iter().map(|&kind| kind.to_owned()).collect::<Vec<_>>();
        assert!(check_types(&of(&["si.channel.message.received.v1", "si.channel.consent.*", "*"])).is_ok());
        assert!(check_types(&of(&["si.channel.message.recieved.v1"])).is_err());
        assert!(check_types(&of(&["si.chanel.*"])).is_err());
    }
}
