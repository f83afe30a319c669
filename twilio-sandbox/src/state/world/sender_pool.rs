//! Which sender of a pool a message leaves from.
//!
//! <https://www.twilio.com/docs/messaging/services>

use super::World;
use crate::error::ApiError;
use crate::state::address::Channel;
use crate::state::messaging_service::{MessagingService, PoolSender, SenderKind};
use crate::state::numbering::{alpha_senders_reach, area_code, country};

impl World {
    /// Chooses a service's sender for a recipient and remembers the choice.
    ///
    /// # Errors
    ///
    /// 21704 when the pool is empty, 21703 when nothing in it reaches the recipient's channel or country.
    pub(crate) fn choose_sender(&mut self, service: &str, to: &str) -> Result<String, ApiError> {
        let now = self.now();
        let missing = || ApiError::bad(21701, format!("The Messaging Service {service} does not exist"));
        let service = self.messaging_service_mut(service).ok_or_else(missing)?;
        if service.senders.is_empty() {
            return Err(ApiError::bad(21704, "The Messaging Service contains no phone numbers"));
        }
        let Some(seq) = best(service, to, now) else {
            let message = "The Messaging Service does not have a sender available for this message";
            return Err(ApiError::bad(21703, message));
        };
        let Some(sender) = service.senders.get_mut(&seq) else { return Err(missing()) };
        sender.used += 1;
        let address = sender.address.clone();
        service.sticky.insert(to.to_owned(), (address.clone(), now));
        Ok(address)
    }
}

/// The best sender's place in the pool: the recipient's habit, then by nearness, then the least used.
fn best(service: &MessagingService, to: &str, now: i64) -> Option<u64> {
    let channel = Channel::of(to)?;
    let rank = |sender: &PoolSender| rank(service, sender, to, channel);
    let habit = service.habit(to, now).and_then(|habit| Some((habit, rank(habit)?)));
    if let Some((habit, own)) = habit {
        // A habit across borders ends when a sender of the recipient's own country joins.
        let home = |sender: &PoolSender| rank(sender).is_some_and(Rank::is_home);
        if own.is_home() || own == Rank::Alpha || !service.senders.values().any(home) {
            return Some(habit.seq);
        }
    }
    let ranked = service.senders.values().filter_map(|sender| Some((rank(sender)?, sender.used, sender.seq)));
    ranked.min().map(|(.., seq)| seq)
}

/// How well a sender suits a recipient; the first is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    ShortCode,
    Alpha,
    SameArea,
    SameCountry,
    UnitedStates,
    Elsewhere,
}

impl Rank {
    fn is_home(self) -> bool {
        matches!(self, Self::ShortCode | Self::SameArea | Self::SameCountry)
    }
}

fn rank(service: &MessagingService, sender: &PoolSender, to: &str, channel: Channel) -> Option<Rank> {
    let there = country(to);
    match (&sender.kind, channel) {
        (SenderKind::Channel, Channel::WhatsApp) => Some(Rank::SameCountry),
        (SenderKind::Channel, Channel::Sms) | (_, Channel::WhatsApp) => None,
        // A short code works in its own country; those of a sandbox are American.
        (SenderKind::ShortCode, _) => (there == Some("US")).then_some(Rank::ShortCode),
        (SenderKind::Alpha { country }, _) => {
            let serves = country.as_deref().is_none_or(|country| there == Some(country));
            (serves && alpha_senders_reach(to)).then_some(Rank::Alpha)
        }
        (SenderKind::PhoneNumber, _) => {
            let here = country(&sender.address);
            let near = service.settings.area_code_geomatch
                && area_code(to).is_some_and(|area| area_code(&sender.address) == Some(area));
            Some(match (near, here == there && here.is_some(), here) {
                (true, ..) => Rank::SameArea,
                (false, true, _) => Rank::SameCountry,
                (false, false, Some("US")) => Rank::UnitedStates,
                (false, false, _) => Rank::Elsewhere,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::state::messaging_service::ServiceSettings;

    fn service(senders: &[(&str, SenderKind)]) -> MessagingService {
        let pool = (1u64..).zip(senders).map(|(seq, (address, kind))| {
            let sender = PoolSender {
                seq,
                sid: format!("PN{seq}"),
                kind: kind.clone(),
                address: (*address).to_owned(),
                used: 0,
                created: 0,
                updated: 0,
            };
            (seq, sender)
        });
        MessagingService {
            seq: 0,
            sid: "MG0".to_owned(),
            settings: ServiceSettings::named("test"),
            senders: pool.collect(),
            sticky: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            opt_out: None,
            created: 0,
            updated: 0,
        }
    }

    #[test]
    fn the_nearest_sender_that_fits_the_channel_is_chosen() {
        let alpha = |country: Option<&str>| SenderKind::Alpha { country: country.map(str::to_owned) };
        let pool = [
            ("+14155550100", SenderKind::PhoneNumber),
            ("+12125550100", SenderKind::PhoneNumber),
            ("+447700900100", SenderKind::PhoneNumber),
            ("whatsapp:+14155550100", SenderKind::Channel),
        ];
        let with = |more: (&str, SenderKind)| service(&[pool.as_slice(), &[more]].concat());
        let plain = service(&pool);
        for (service, to, expected) in [
            (&plain, "+12125550199", Some("+12125550100")),
            (&plain, "+13055550199", Some("+14155550100")),
            (&plain, "+447700900199", Some("+447700900100")),
            (&plain, "+33612345678", Some("+14155550100")),
            (&plain, "whatsapp:+33612345678", Some("whatsapp:+14155550100")),
            (&service(&pool[3..]), "+12125550199", None),
            (&service(&pool[..3]), "whatsapp:+12125550199", None),
            (&with(("12345", SenderKind::ShortCode)), "+12125550199", Some("12345")),
            (&with(("12345", SenderKind::ShortCode)), "+33612345678", Some("+14155550100")),
            (&with(("Acme", alpha(None))), "+33612345678", Some("Acme")),
            (&with(("Acme", alpha(None))), "+12125550199", Some("+12125550100")),
            (&with(("Acme", alpha(Some("FR")))), "+33612345678", Some("Acme")),
            (&with(("Acme", alpha(Some("FR")))), "+447700900199", Some("+447700900100")),
            (&service(&[("Acme", alpha(None))]), "+12125550199", None),
        ] {
            let chosen = best(service, to, 0).map(|seq| service.senders[&seq].address.as_str());
            assert_eq!(chosen, expected, "{to}");
        }
    }

    #[test]
    fn a_habit_holds_until_a_sender_at_home_joins_or_a_year_passes() {
        let pool = [("+14155550100", SenderKind::PhoneNumber), ("+13055550100", SenderKind::PhoneNumber)];
        let mut service = service(&pool);
        service.sticky.insert("+33612345678".to_owned(), ("+13055550100".to_owned(), 0));
        let day = 24 * 60 * 60 * 1000;
        assert_eq!(best(&service, "+33612345678", 365 * day), Some(2));
        assert_eq!(best(&service, "+33612345678", 366 * day), Some(1));
        service.settings.sticky_sender = false;
        assert_eq!(best(&service, "+33612345678", 0), Some(1));
        service.settings.sticky_sender = true;
        let french = PoolSender { seq: 3, address: "+33700000000".to_owned(), ..service.senders[&1].clone() };
        service.senders.insert(3, french);
        assert_eq!(best(&service, "+33612345678", 0), Some(3));
    }

    #[test]
    fn equal_senders_take_turns() {
        let pool = [("+14155550100", SenderKind::PhoneNumber), ("+14155550101", SenderKind::PhoneNumber)];
        let mut service = service(&pool);
        assert_eq!(best(&service, "+12125550199", 0), Some(1));
        if let Some(first) = service.senders.get_mut(&1) {
            first.used = 1;
        }
        assert_eq!(best(&service, "+12125550199", 0), Some(2));
    }
}
