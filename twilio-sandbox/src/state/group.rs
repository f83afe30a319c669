//! Group texts: a thread of several phones, in which chat users write from a number that stands for them.
//!
//! <https://www.twilio.com/docs/conversations/group-texting>

use std::collections::BTreeSet;

use super::conversation::Conversation;
use super::origin::Origin;
use super::participant::Participant;
use crate::error::ApiError;

/// Numbers from which on there is a group text.
pub(crate) const SMALLEST: usize = 3;

/// A participant's copy of a message, and the numbers it travels between.
#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    pub(crate) participant_sid: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Conversation {
    /// The numbers of a group text's thread, one for each of its members.
    pub(crate) fn group_numbers(&self) -> BTreeSet<&str> {
        self.participants.iter().filter_map(Participant::group_number).collect()
    }

    /// The phones that are in the thread themselves.
    fn group_phones(&self) -> impl Iterator<Item = (&Participant, &str)> {
        self.participants.iter().filter(|one| one.proxy.is_none()).filter_map(|one| {
            let address = one.address.as_deref()?;
            Some((one, address))
        })
    }

    fn is_group(&self) -> bool {
        self.group_phones().next().is_some() && self.group_numbers().len() >= SMALLEST
    }

    /// Only members write to a group text: 50513.
    pub(crate) fn check_group_author(&self, author: &str) -> Result<(), ApiError> {
        if !self.is_group() || self.author(author).is_some() {
            return Ok(());
        }
        Err(ApiError::bad(50513, format!("Author {author:?} is not a participant of this group text")))
    }

    /// Who gets a copy of an author's message: everyone behind a proxy, and the phones of a group text, unless
    /// one of them wrote it, since then the carrier has given it to the others.
    pub(crate) fn recipients(&self, author: &str, origin: Origin) -> Vec<Recipient> {
        let relayed = self.participants.iter().filter(|one| !one.is_author(author)).filter_map(|one| {
            let (to, from) = one.binding()?;
            Some(Recipient { participant_sid: one.sid.clone(), from, to })
        });
        let writer = self.author(author).and_then(|one| one.projected.as_deref());
        let projected = || self.participants.iter().find_map(|one| one.projected.as_deref());
        let from =
            writer.or_else(projected).filter(|_| self.is_group() && !matches!(origin, Origin::Phone(_)));
        let members = from.into_iter().flat_map(|from| {
            self.group_phones().filter(|(one, _)| !one.is_author(author)).map(move |(one, address)| {
                Recipient { participant_sid: one.sid.clone(), from: from.to_owned(), to: address.to_owned() }
            })
        });
        relayed.chain(members).collect()
    }

    /// What a phone of the thread sees as the other side: every other member. `None` for a text outside of it.
    pub(crate) fn thread_of(&self, phone: &str) -> Option<Vec<String>> {
        if !self.is_group() || !self.group_phones().any(|(_, address)| address == phone) {
            return None;
        }
        let others = self.group_numbers().into_iter().filter(|number| *number != phone);
        Some(others.map(str::to_owned).collect())
    }
}
