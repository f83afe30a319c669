//! What a phone shows, and how it behaves.

use std::borrow::Cow;

use super::content::render::Action;
use super::reception::Reception;
use crate::clock::iso_millis;

/// A simulated phone.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Handset {
    pub(crate) screen: Vec<ScreenEntry>,
    /// Whether the person reads at once (WhatsApp then reports `read`).
    pub(crate) reads: bool,
    /// Whether the phone can be reached; otherwise texts end `undelivered` with 30003.
    pub(crate) reachable: bool,
    /// What its network and its owner do with texts to it.
    pub(crate) carrier: Reception,
    /// Who is typing to this phone.
    #[serde(default)]
    pub(crate) typing: Vec<Typing>,
}

/// Somebody types to a phone until they are done, or have been too long.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Typing {
    pub(crate) peer: String,
    pub(crate) since: i64,
    pub(crate) until: i64,
}

impl Handset {
    /// Who types now: what arrives from them ends it.
    pub(crate) fn typing_at(&self, now: i64) -> impl Iterator<Item = &Typing> {
        self.typing.iter().filter(move |typing| {
            let since = iso_millis(typing.since);
            let mut later = self.screen.iter().rev().take_while(|entry| entry.at >= since);
            now < typing.until
                && !later.any(|entry| entry.direction == "received" && entry.peer == typing.peer)
        })
    }
}

impl Default for Handset {
    fn default() -> Self {
        Self {
            screen: Vec::new(),
            reads: true,
            reachable: true,
            carrier: Reception::default(),
            typing: Vec::new(),
        }
    }
}

/// One message on the screen, as a real phone shows it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ScreenEntry {
    pub(crate) sid: String,
    /// `sent` or `received`.
    pub(crate) direction: Cow<'static, str>,
    /// The other number; in a group text all of them, with commas.
    pub(crate) peer: String,
    /// The other members of a group text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) members: Vec<String>,
    /// The phone itself when sent, the other number when received: a phone knows no other author.
    pub(crate) author: String,
    pub(crate) body: String,
    pub(crate) media: Vec<String>,
    /// What can be pressed below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<Action>,
    /// A place, as `geo:` wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    /// `sent`, `delivered` (WhatsApp) or `read` of one's own; `received` or `read` of what came.
    pub(crate) status: Cow<'static, str>,
    pub(crate) at: String,
}
