//! The account's numbers.

use super::World;
use crate::state::address::Channel;
use crate::state::number::{Hook, KeywordHandling, Number};

impl World {
    /// A sender by its address.
    pub(crate) fn number(&self, address: &str) -> Option<&Number> {
        self.number_index.get(address).and_then(|seq| self.numbers.get(seq))
    }

    pub(crate) fn number_mut(&mut self, address: &str) -> Option<&mut Number> {
        let seq = self.number_index.get(address)?;
        self.numbers.get_mut(seq)
    }

    /// The first sender of a channel.
    pub(crate) fn first_number(&self, channel: Channel) -> Option<&Number> {
        self.numbers.values().find(|number| number.channel == channel)
    }

    /// Adds a sender unless it is there; gives whether the address is one.
    pub(crate) fn add_number(&mut self, address: &str) -> bool {
        let Some(channel) = Channel::of(address) else { return false };
        if self.number_index.contains_key(address) {
            return true;
        }
        let (now, seq) = (self.now(), self.next_seq());
        let number = Number {
            sid: self.sids.sid(if channel == Channel::Sms { "PN" } else { "XE" }),
            address: address.to_owned(),
            channel,
            friendly_name: address.to_owned(),
            sms: Hook::default(),
            sms_fallback: Hook::default(),
            status_callback: Hook::default(),
            voice: Hook::default(),
            voice_fallback: Hook::default(),
            keywords: KeywordHandling::default(),
            created: now,
            updated: now,
        };
        self.number_index.insert(address.to_owned(), seq);
        self.numbers.insert(seq, number);
        true
    }
}
