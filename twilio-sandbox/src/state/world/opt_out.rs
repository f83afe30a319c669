//! Who has said STOP to whom, and who hears of it: the network, Twilio, a Messaging Service.

use std::borrow::Cow;

use super::World;
use crate::carrier::keyword::{Keyword, network_keyword, network_reply};
use crate::clock::iso_millis;
use crate::config::TollFreeKeywords;
use crate::state::handset::ScreenEntry;
use crate::state::number::KeywordHandling;
use crate::state::numbering::{country, is_nanp};
use crate::state::opt_out::{AdvancedOptOut, KeywordRules};
use crate::state::sender::SenderType;

/// The keywords that Twilio heeds on a sender.
struct Heeded<'a> {
    rules: Cow<'a, KeywordRules>,
    /// Whether Advanced Opt-Out does it.
    advanced: bool,
}

impl World {
    /// Whether a STOP from that phone stands between it and that sender.
    pub(crate) fn is_blocked(&self, sender: &str, phone: &str) -> bool {
        let pair = |sender: &str| (sender.to_owned(), phone.to_owned());
        self.network_blocks.contains(&pair(sender))
            || self.blocks.contains(&pair(sender))
            // A STOP to one sender of a service closes all of them.
            || self.service_of(sender).is_some_and(|service| self.blocks.contains(&pair(&service.sid)))
    }

    /// `OptOutType` of a phone's message: only Advanced Opt-Out names the kind of a keyword.
    pub(crate) fn opt_out_type(&self, phone: &str, sender: &str, body: &str) -> Option<&'static str> {
        let heeded = self.heeded(phone, sender).filter(|heeded| heeded.advanced)?;
        heeded.rules.keyword(body).map(Keyword::opt_out_type)
    }

    fn heeded(&self, phone: &str, sender: &str) -> Option<Heeded<'_>> {
        let handling = self.number(sender)?.keywords;
        let service = self.service_of(sender);
        if let Some(own) = service.and_then(|service| service.opt_out.as_ref()) {
            let rules = Cow::Borrowed(AdvancedOptOut::rules(own, country(phone)));
            return Some(Heeded { rules, advanced: true });
        }
        let by_twilio = match self.sender_type(sender) {
            SenderType::WhatsApp => false,
            // A short code on its own has no default handling.
            SenderType::ShortCode => service.is_some() || handling == KeywordHandling::Advanced,
            _ => true,
        };
        let rules = Cow::Owned(KeywordRules::default());
        match handling {
            KeywordHandling::None => None,
            KeywordHandling::Default => by_twilio.then_some(Heeded { rules, advanced: false }),
            KeywordHandling::Advanced => by_twilio.then_some(Heeded { rules, advanced: true }),
        }
    }

    /// Acts on a keyword; gives whether the network keeps the text. Replies go straight to the phone and are no
    /// Message resources.
    pub(super) fn heed_keyword(&mut self, phone: &str, sender: &str, body: &str) -> bool {
        let is_toll_free = self.sender_type(sender) == SenderType::TollFree && is_nanp(phone);
        let by_network = network_keyword(body).filter(|_| is_toll_free);
        let was_stopped = self.is_blocked(sender, phone);
        let network_acts = by_network.is_some_and(|keyword| {
            let pair = (sender.to_owned(), phone.to_owned());
            match keyword {
                Keyword::Stop => self.network_blocks.insert(pair),
                _ => self.network_blocks.remove(&pair),
            }
        });
        let network_reply =
            by_network.filter(|_| network_acts).and_then(|keyword| network_reply(keyword, body));
        let heeded = self.heeded(phone, sender).and_then(|heeded| {
            let keyword = heeded.rules.keyword(body)?;
            let reply = heeded.rules.reply(keyword).map(str::to_owned);
            Some((keyword, reply, heeded.advanced))
        });
        self.show_reply(phone, sender, network_reply);
        if self.behaviour.toll_free_keywords == TollFreeKeywords::Swallowed
            && let Some(keyword) = by_network
        {
            // Twilio hears of it from the network, and has nothing to answer.
            match keyword {
                Keyword::Stop => self.close(phone, sender),
                _ => self.open(phone, sender),
            };
            return true;
        }
        let Some((keyword, reply, advanced)) = heeded else { return false };
        // The network opens by its own words alone, and before it does nothing else opens or answers.
        if is_toll_free && keyword == Keyword::Start && by_network.is_none() {
            return false;
        }
        let acts = match keyword {
            Keyword::Stop => self.close(phone, sender),
            Keyword::Start => self.open(phone, sender),
            Keyword::Help => !(is_toll_free && was_stopped),
        };
        let answers = match (keyword, by_network) {
            (Keyword::Stop, Some(_)) => false,
            (Keyword::Start, Some(_)) if network_acts => advanced,
            _ => acts,
        };
        self.show_reply(phone, sender, reply.filter(|_| answers));
        false
    }

    /// Gives whether that was new.
    fn close(&mut self, phone: &str, sender: &str) -> bool {
        let service = self.service_of(sender).map(|service| (service.sid.clone(), phone.to_owned()));
        self.blocks.extend(service);
        self.blocks.insert((sender.to_owned(), phone.to_owned()))
    }

    /// Gives whether it was closed.
    fn open(&mut self, phone: &str, sender: &str) -> bool {
        let service = self.service_of(sender).map(|service| (service.sid.clone(), phone.to_owned()));
        let whole = service.is_some_and(|pair| self.blocks.remove(&pair));
        self.blocks.remove(&(sender.to_owned(), phone.to_owned())) || whole
    }

    fn show_reply(&mut self, phone: &str, sender: &str, reply: Option<String>) {
        let Some(body) = reply else { return };
        let entry = ScreenEntry {
            sid: self.sids.sid("SM"),
            direction: "received".into(),
            peer: sender.to_owned(),
            members: Vec::new(),
            author: sender.to_owned(),
            body,
            media: Vec::new(),
            actions: Vec::new(),
            location: None,
            status: "received".into(),
            at: iso_millis(self.now()),
        };
        self.handsets.entry(phone.to_owned()).or_default().screen.push(entry);
    }
}
