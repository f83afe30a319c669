//! The pre-action hook: what becomes of a text before Twilio relays it to a group.
//!
//! Twilio shows a phone only the text, so the author's name goes before it. A keyword, a command or an opt-out in other
//! words is for the channel and not for the others, so it is to be taken ([`crate::input::Input::MessageOffered`]) and refused to Twilio. When
//! in doubt the text passes unchanged: a refusal would lose what the person wrote.

use std::fmt;

use crate::address::Address;
use crate::event::ConsentState;
use crate::normalize::mark_relayed;
use crate::policy::Policy;
use crate::session::Session;

/// The longest body Twilio takes for SMS and WhatsApp, characters.
/// <https://www.twilio.com/docs/conversations-classic/conversations-limits>
const LONGEST_BODY: usize = 1600;

/// What becomes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It passes as it is.
    Unchanged,
    /// It is for the channel alone: refused to Twilio once it is taken, and passed as it is if it cannot be.
    Aside,
    /// It passes with another body, and attributes that keep the original.
    Relabelled {
        /// The new body.
        body: String,
        /// The new attributes, JSON.
        attributes: String,
    },
}

/// A text that somebody wrote into a session's conversation.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    /// Who.
    pub author: &'a Address,
    /// The text.
    pub body: &'a str,
    /// Its attributes, JSON.
    pub attributes: &'a str,
    /// Whether files come with it.
    pub files: bool,
}

impl fmt::Debug for Offered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offered")
            .field("author", self.author)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// Decides on a text; `consent` is where that of its author stands.
pub fn screen(session: &Session, offered: &Offered<'_>, consent: ConsentState, policy: &Policy) -> Verdict {
    let Offered { author, body, attributes, files } = *offered;
    if session.is_aside(author, body, files, consent, policy) {
        return Verdict::Aside;
    }
    if !session.is_open() || !session.is_group() || session.member(author).is_none() {
        return Verdict::Unchanged;
    }
    let label = session.author_label(author, policy.unnamed_author);
    let prefix = if body.is_empty() { format!("{label}:") } else { format!("{label}: ") };
    let relabelled = format!("{prefix}{body}");
    if relabelled.chars().count() > LONGEST_BODY {
        return Verdict::Unchanged;
    }
    match mark_relayed(attributes, body, &prefix) {
        Some(attributes) => Verdict::Relabelled { body: relabelled, attributes },
        None => Verdict::Unchanged,
    }
}
