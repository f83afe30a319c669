//! What a phone shows, and how it behaves.

use std::borrow::Cow;

use super::content::render::Action;

/// A simulated phone.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Handset {
    pub(crate) screen: Vec<ScreenEntry>,
    /// Whether the person reads at once (WhatsApp then reports `read`).
    pub(crate) reads: bool,
    /// Whether the phone can be reached; otherwise texts end `undelivered` with 30003.
    pub(crate) reachable: bool,
}

impl Default for Handset {
    fn default() -> Self {
        Self { screen: Vec::new(), reads: true, reachable: true }
    }
}

/// One message on the screen, as a real phone shows it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ScreenEntry {
    pub(crate) sid: String,
    /// `sent` or `received`.
    pub(crate) direction: Cow<'static, str>,
    /// The other number.
    pub(crate) peer: String,
    /// The phone itself when sent, the other number when received: a phone knows no other author.
    pub(crate) author: String,
    pub(crate) body: String,
    pub(crate) media: Vec<String>,
    /// What can be pressed below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<Action>,
    /// `sent`, `received` or `read`.
    pub(crate) status: Cow<'static, str>,
    pub(crate) at: String,
}
