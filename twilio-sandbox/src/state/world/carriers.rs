//! What carriers make of a text: refused before it leaves, lost on its way, or delivered.

use super::World;
use crate::carrier::{filter, magic};
use crate::config::{LandlineRefusal, MagicNumbers};
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::campaign::CampaignStatus;
use crate::state::numbering::{LineType, country};
use crate::state::sender::SenderType;
use crate::state::text::{Fate, Text};

impl World {
    /// Why Twilio refuses to take a text from a sender to a phone; `forced` is `ForceDelivery`.
    pub(crate) fn refusal(&self, from: &str, to: &str, forced: bool) -> Option<ApiError> {
        if self.sender_type(from) == SenderType::Landline {
            let message = format!("The 'From' phone number {from} is not a message-capable number");
            return Some(ApiError::bad(21606, message));
        }
        if Channel::of(to) != Some(Channel::Sms) {
            return None;
        }
        if self.behaviour.magic_numbers == MagicNumbers::Heeded && self.number(to).is_none() {
            let magic = magic::to(to);
            if magic.is_some() {
                return magic;
            }
        }
        let there = country(to);
        if there.is_some_and(|there| self.carriers.denied_countries.contains(there)) {
            let message = format!("Permission to send an SMS has not been enabled for the region of {to}");
            return Some(ApiError::bad(21408, message));
        }
        let home = self.number(from).and_then(|number| number.profile.country_of(from));
        if self.sender_type(from) == SenderType::ShortCode && home.is_some() && there != home {
            let message = format!("The short code {from} does not reach the country of {to}");
            return Some(ApiError::bad(21612, message));
        }
        let tries = forced || matches!(there, Some("US" | "CA" | "GB"));
        if self.line_type(to) == LineType::Landline && !tries {
            return Some(match self.behaviour.landline_refusal {
                LandlineRefusal::Landline => {
                    ApiError::bad(21635, format!("'To' number cannot be a landline: {to}"))
                }
                LandlineRefusal::NotMobile => {
                    ApiError::bad(21614, format!("'To' number is not a valid mobile number: {to}"))
                }
            });
        }
        None
    }

    /// What becomes of a text that Twilio hands over.
    pub(super) fn reception(&self, text: &Text) -> Fate {
        let usual = self.usual_reception(text);
        let Some(handset) = self.handsets.get(&text.to) else { return usual };
        match &handset.carrier.outcome {
            Some(outcome) => outcome.fate(),
            None => usual,
        }
    }

    fn usual_reception(&self, text: &Text) -> Fate {
        let (from, to) = (text.from.as_str(), text.to.as_str());
        let lost = match Channel::of(to) {
            Some(Channel::WhatsApp) => self.lost_on_whatsapp(text),
            _ => self.lost_on_the_air(text).map(Fate::Bounce),
        };
        let handset = self.handsets.get(to);
        let silent = country(to).is_some_and(|it| self.carriers.countries_without_receipts.contains(it));
        match (lost, handset) {
            (Some(fate), _) => fate,
            (None, Some(handset)) if !handset.reachable => match Channel::of(to) {
                Some(Channel::WhatsApp) => Fate::Delayed,
                _ => Fate::Bounce(30003),
            },
            (None, Some(handset)) if handset.carrier.blocked.contains(from) => Fate::Bounce(30004),
            (None, Some(handset)) if !handset.carrier.receipts => Fate::ArriveUnconfirmed,
            (None, _) if silent && Channel::of(to) == Some(Channel::Sms) => Fate::ArriveUnconfirmed,
            _ => Fate::Arrive,
        }
    }

    /// The code with which an SMS or MMS is not delivered, whatever the phone would do.
    fn lost_on_the_air(&self, text: &Text) -> Option<u32> {
        let (from, to) = (text.from.as_str(), text.to.as_str());
        let there = country(to);
        let sender = self.number(from);
        let unregistered = sender.is_some_and(|sender| sender.profile.a2p_registered == Some(false));
        match (self.sender_type(from), there) {
            (SenderType::LongCode, Some("US")) if unregistered => return Some(30034),
            (SenderType::LongCode, Some("US")) if self.is_suspended(from) => return Some(30033),
            (SenderType::TollFree, Some("US" | "CA")) if unregistered => return Some(30032),
            _ => {}
        }
        let limit = sender.and_then(|sender| sender.profile.daily_limit);
        if there == Some("US") && limit.is_some_and(|limit| self.caps.texts(from, self.now()) >= limit) {
            return Some(30023);
        }
        let own = self.handsets.get(to).map_or(&[][..], |handset| &handset.carrier.filter);
        if filter::is_filtered(&self.carriers.filter, &text.body) || filter::is_filtered(own, &text.body) {
            return Some(30007);
        }
        (!self.line_type(to).takes_texts()).then_some(30006)
    }

    fn lost_on_whatsapp(&self, text: &Text) -> Option<Fate> {
        let (from, to) = (text.from.as_str(), text.to.as_str());
        let limit = self.number(from).and_then(|sender| sender.profile.daily_limit);
        let handset = self.handsets.get(to);
        if handset.is_some_and(|handset| !handset.carrier.whatsapp) {
            return Some(Fate::Fail(63003));
        }
        let others = || self.caps.others(from, to, self.now());
        let over = |limit: u32| usize::try_from(limit).is_ok_and(|limit| others() >= limit);
        if limit.is_some_and(over) && !self.in_session(from, to) {
            return Some(Fate::Bounce(63018));
        }
        handset.filter(|handset| handset.carrier.blocked.contains(from)).map(|_| Fate::Vanish)
    }

    /// Whether the campaign of a sender's service is suspended.
    fn is_suspended(&self, sender: &str) -> bool {
        let now = self.now();
        self.service_of(sender).is_some_and(|service| {
            service.campaigns.values().any(|campaign| campaign.status(now) == CampaignStatus::Suspended)
        })
    }

    /// Counts a text that leaves for what is limited by the day, and for an outcome that is.
    pub(super) fn account_for(&mut self, sid: &str, fate: Fate) {
        let Some(text) = self.texts.get(sid) else { return };
        let (from, to) = (text.from.clone(), text.to.clone());
        if let Some(handset) = self.handsets.get_mut(&to) {
            handset.carrier.spend(fate);
        }
        if matches!(fate, Fate::Fail(_) | Fate::Bounce(30023 | 63018)) {
            return;
        }
        let now = self.now();
        match Channel::of(&to) {
            Some(Channel::WhatsApp) if !self.in_session(&from, &to) => {
                self.caps.count_person(&from, &to, now);
            }
            Some(Channel::Sms) if country(&to) == Some("US") => self.caps.count_text(&from, now),
            _ => {}
        }
    }
}
