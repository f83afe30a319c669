//! Asides: what a member of a group writes to the channel and not to the others: a keyword, a command, or an opt-out in
//! words of their own.
//!
//! The pre-action hook takes an aside and has Twilio refuse it, so that nobody else reads it. When the hook is not
//! heard in time Twilio relays the text all the same and tells of it by webhook. Nothing that Twilio gives joins the
//! two (a text that is offered has no SID yet), so a session remembers the newest asides: what comes by both doors
//! counts once.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::command::parse_with;
use crate::event::{ConsentState, Event, LeaveReason};
use crate::keyword::{Keyword, carrier_would_match, recognise};
use crate::meaning::is_bare;
use crate::policy::Policy;
use crate::session::{Member, Session};

/// How many asides a session remembers.
pub(super) const ASIDES: usize = 32;
/// How many of those who may not be written to a session remembers.
pub(super) const BARRED: usize = 64;
/// The same words offered again within this time are the same question asked again. Twilio waits 5 s for a hook.
const AGAIN: SignedDuration = SignedDuration::from_secs(15);
/// A text that Twilio dates no further than this from when it was offered may be the one that was offered: Twilio waits
/// 5 s, and its clock and ours may differ.
const NEAR: SignedDuration = SignedDuration::from_secs(20);

/// What a member wrote to the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Who.
    pub author: Address,
    /// Tells the same words again, without keeping them.
    pub fingerprint: String,
    /// The message as it is recorded: Twilio's SID, or an id made here when the hook took it.
    pub message_sid: String,
    /// When the hook was asked; `None` when it came by webhook.
    pub offered_at: Option<Timestamp>,
    /// When it was decided on.
    pub taken_at: Timestamp,
    /// Twilio's SID of it, when Twilio relayed it to the others.
    pub relayed_as: Option<String>,
}

/// By which door an aside came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The pre-action hook: nobody else reads it.
    Hook,
    /// The webhook of a message that Twilio has relayed.
    Webhook,
}

/// Somebody who may not be written to and was in the conversation with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// Who.
    pub address: Address,
    /// Why.
    pub reason: LeaveReason,
    /// Since when they may not be written to.
    pub since: Timestamp,
    /// When they were out.
    pub until: Option<Timestamp>,
    /// Messages that Twilio took in between, and so relayed to them.
    pub relayed: u32,
}

/// Tells the same words again, without keeping them.
pub(crate) fn fingerprint(text: &str) -> String {
    Sha256::digest(text.trim())[..8].iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl Session {
    /// Whether a text is an aside of a member: there are others to keep it from, and it is a keyword, a command, or
    /// opts out in other words and says nothing else. A file is lost with a text that is refused, so a command with one
    /// is none; what opts out is one all the same.
    pub fn is_aside(
        &self,
        author: &Address,
        text: &str,
        files: bool,
        consent: ConsentState,
        policy: &Policy,
    ) -> bool {
        let among_others = self.member(author).is_some() && self.members.len() > 1;
        self.is_open()
            && among_others
            && match recognise(text, &policy.keywords).map(|said| said.keyword) {
                Some(Keyword::Stop | Keyword::Help) => true,
                // Where nobody waits for it, it is an ordinary word, unless Twilio answers it.
                Some(Keyword::Start) => {
                    consent != ConsentState::Granted || carrier_would_match(text) == Some(Keyword::Start)
                }
                Some(Keyword::Yes) => consent != ConsentState::Granted,
                None => {
                    (!files && parse_with(text, policy.join.code_length).is_some())
                        || is_bare(text, &policy.opt_out_phrases)
                }
            }
    }

    /// Whether there were others when somebody wrote: those who were on their way in count, as they do for the hook.
    pub(crate) fn had_company(&self, author: &Address, at: Timestamp) -> bool {
        let was_in = |m: &Member| m.person.address != *author && m.since.is_none_or(|since| since <= at);
        let went_later = |(who, when): &(Address, Timestamp)| who != author && *when >= at;
        self.members.iter().any(was_in) || self.departed.iter().any(went_later)
    }

    fn newest_aside(&self, author: &Address, text: &str) -> Option<&Aside> {
        let newest = self.asides.iter().rev().find(|aside| aside.author == *author)?;
        (newest.fingerprint == fingerprint(text)).then_some(newest)
    }

    /// Whether a text that is offered has been taken: it was offered a moment ago, or has come by webhook since it
    /// was offered. Only the newest aside counts, so that STOP, START, STOP are three.
    pub fn has_taken(&self, author: &Address, text: &str, offered_at: Timestamp) -> bool {
        self.newest_aside(author, text).is_some_and(|aside| {
            let offered = |before: Timestamp| offered_at.duration_since(before).abs() < AGAIN;
            aside.taken_at > offered_at || aside.offered_at.is_some_and(offered)
        })
    }

    /// The aside that a message is, when the hook took it and Twilio relayed it all the same.
    pub(crate) fn withheld_like(&self, author: &Address, text: &str, at: Timestamp) -> Option<&Aside> {
        self.newest_aside(author, text).filter(|_| self.had_company(author, at)).filter(|aside| {
            let near = |offered: Timestamp| at.duration_since(offered).abs() < NEAR;
            aside.relayed_as.is_none() && aside.offered_at.is_some_and(near)
        })
    }

    /// A message that Twilio took at a time was relayed to those who could not be taken out before it.
    pub(crate) fn against_consent(
        &self,
        message_sid: &str,
        author: Option<&Address>,
        at: Timestamp,
    ) -> Vec<Event> {
        let then = |barred: &&Barred| barred.since <= at && barred.until.is_none_or(|until| at <= until);
        self.barred
            .iter()
            .filter(then)
            .filter(|barred| author != Some(&barred.address))
            .map(|barred| Event::RelayedAgainstConsent {
                message_sid: message_sid.to_owned(),
                address: barred.address.clone(),
                reason: barred.reason,
                at,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_words_apart_and_looks_through_white_space_around() {
        assert_eq!(fingerprint("STOP"), fingerprint(" STOP\n"));
        assert_ne!(fingerprint("STOP"), fingerprint("stop"));
        assert_eq!(fingerprint("name Zoë").len(), 16);
    }
}
