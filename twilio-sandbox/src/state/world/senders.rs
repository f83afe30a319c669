//! The account's numbers.

use super::World;
use crate::state::address::Channel;
use crate::state::number::{Hook, KeywordHandling, Number, NumberSettings};
use crate::state::numbering::{inspect, is_short_code};
use crate::state::sender::{SenderProfile, SenderType};

impl World {
    /// A sender by its address.
    pub(crate) fn number(&self, address: &str) -> Option<&Number> {
        self.number_index.get(address).and_then(|seq| self.numbers.get(seq))
    }

    pub(crate) fn number_mut(&mut self, address: &str) -> Option<&mut Number> {
        let seq = self.number_index.get(address)?;
        self.numbers.get_mut(seq)
    }

    /// The type of a sender, an alphanumeric one among them.
    pub(crate) fn sender_type(&self, address: &str) -> SenderType {
        self.number(address).map_or_else(|| SenderType::of(address), Number::kind)
    }

    /// The first sender of a channel.
    pub(crate) fn first_number(&self, channel: Channel) -> Option<&Number> {
        self.numbers.values().find(|number| number.channel == channel)
    }

    /// Takes a sender away from the account and from its service.
    pub(crate) fn remove_number(&mut self, address: &str) {
        let Some(number) = self.number_index.remove(address).and_then(|seq| self.numbers.remove(&seq)) else {
            return;
        };
        let service = number.messaging_service_sid.as_deref();
        if let Some(service) = service.and_then(|sid| self.messaging_service_mut(sid)) {
            service.remove_sender(&number.sid);
        }
    }

    /// Adds a sender unless it is there; gives whether the address is one.
    pub(crate) fn add_number(&mut self, address: &str) -> bool {
        let short = is_short_code(address).then_some(Channel::Sms);
        let Some(channel) = Channel::of(address).or(short) else { return false };
        if self.number_index.contains_key(address) {
            return true;
        }
        let (now, seq) = (self.now(), self.next_seq());
        let number = Number {
            sid: self.sids.sid(match channel {
                Channel::WhatsApp => "XE",
                Channel::Sms if short.is_some() => "SC",
                Channel::Sms => "PN",
            }),
            address: address.to_owned(),
            channel,
            friendly_name: inspect(address, None).friendly(address),
            sms: Hook::default(),
            sms_fallback: Hook::default(),
            status_callback: Hook::default(),
            voice: Hook::default(),
            voice_fallback: Hook::default(),
            keywords: KeywordHandling::default(),
            messaging_service_sid: None,
            held: false,
            settings: NumberSettings::default(),
            profile: SenderProfile::default(),
            created: now,
            updated: now,
        };
        self.number_index.insert(address.to_owned(), seq);
        self.numbers.insert(seq, number);
        let default = self.home_service.clone();
        // A new number is in no service: nothing can refuse.
        drop(self.join_service(&default, address));
        true
    }
}
