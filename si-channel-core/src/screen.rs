//! The pre-action hook: what becomes of a text before Twilio relays it to a group.
//!
//! Twilio shows a phone only the text, so the author's name goes before it. When in doubt the text passes
//! unchanged: a refusal would lose what the person wrote.

use crate::address::Address;
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
    /// It passes with another body, and attributes that keep the original.
    Relabelled {
        /// The new body.
        body: String,
        /// The new attributes, JSON.
        attributes: String,
    },
}

/// Decides on a text that somebody wrote into a session's conversation.
pub fn screen(session: &Session, author: &Address, body: &str, attributes: &str, policy: &Policy) -> Verdict {
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
