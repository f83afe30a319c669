//! Which limits a message has to keep to, and how much of each it takes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Gate, Pacing, Urgency, Wish};
use crate::address::{Address, Channel};
use crate::content::Content;
use crate::event::{MessageClass, Target};
use crate::outbound::{OutboundMessage, OutboundState};
use crate::place::{Place, issued};
use crate::segment;
use crate::session::Session;

impl MessageClass {
    /// How a message of the class stands to those that wait.
    fn urgency(self, pacing: &Pacing) -> Urgency {
        match self {
            Self::Compliance => Urgency::AtOnce,
            Self::Reply | Self::Transactional => Urgency::InTurn,
            Self::Informational | Self::Marketing => Urgency::Bulk { ahead_us: micros(pacing.bulk_ahead) },
        }
    }
}

impl Pacing {
    /// What a message of a session has to pass before it is sent; `None` when nothing limits it, or when it is not to be
    /// sent now anyway.
    pub fn wish(
        &self,
        message: &OutboundMessage,
        session: &Session,
        account: &str,
        now: Timestamp,
    ) -> Option<Wish> {
        let queued = &message.queued;
        let waits = message.not_before().is_some_and(|at| at > now);
        let nowhere = queued.target == Target::Session && (session.is_unbound() || !session.is_open());
        if message.state != OutboundState::Queued || queued.expires_at <= now || waits || nowhere {
            return None;
        }
        let recipients = recipients(message, session);
        let (mut senders, mut countries, mut all) = (BTreeMap::new(), BTreeMap::new(), 0);
        for (address, sender) in recipients {
            let cost = segments(&queued.content, sender);
            *senders.entry(sender).or_insert(0) += cost;
            if let Some(place) = issued(address).places.first() {
                *countries.entry(place.country()).or_insert(0) += cost;
            }
            all += cost;
        }
        let urgency = queued.class.urgency(self);
        let mut gates: Vec<Gate> = senders
            .into_iter()
            .filter_map(|(sender, cost)| self.gate(of_sender(sender), self.rate(sender), cost))
            .collect();
        gates.extend(countries.into_iter().filter_map(|(country, cost)| {
            let rate = self.countries.get(country.as_str()).copied().unwrap_or(0.0);
            self.gate(format!("country/{account}/{}", country.as_str()), rate, cost)
        }));
        gates.extend(self.gate(format!("account/{account}"), self.account, all));
        gates.extend(self.gate(format!("requests/{account}"), self.requests, 1));
        if matches!(urgency, Urgency::Bulk { .. })
            && let Some(first) = gates.first()
        {
            gates.insert(0, Gate { key: format!("room/{}", first.key), burst_us: 0, ..first.clone() });
        }
        let (now_us, until_us) = (now.as_microsecond(), queued.expires_at.as_microsecond());
        (!gates.is_empty()).then_some(Wish { gates, passed: 0, urgency, now_us, until_us })
    }

    /// The limits of the senders that a message goes by.
    pub fn sender_keys(&self, message: &OutboundMessage, session: &Session) -> Vec<String> {
        let senders: BTreeSet<_> =
            recipients(message, session).into_iter().map(|(_, sender)| sender).collect();
        senders.into_iter().filter(|sender| self.rate(sender) > 0.0).map(of_sender).collect()
    }

    /// What a step at Twilio that is no message has to pass; `None` when nothing limits it.
    pub fn step(&self, account: &str, now: Timestamp) -> Option<Wish> {
        let gate = self.gate(format!("requests/{account}"), self.requests, 1)?;
        let (urgency, now_us) = (Urgency::InTurn, now.as_microsecond());
        Some(Wish { gates: vec![gate], passed: 0, urgency, now_us, until_us: i64::MAX })
    }

    fn gate(&self, key: String, rate: f64, cost: u32) -> Option<Gate> {
        (rate > 0.0 && cost > 0).then(|| Gate {
            key,
            spacing_us: spacing(rate),
            burst_us: micros(self.burst),
            cost,
        })
    }
}

fn of_sender(sender: &Address) -> String {
    format!("sender/{sender}")
}

/// Whom a message goes to, and from which of our senders.
fn recipients<'m>(message: &'m OutboundMessage, session: &'m Session) -> Vec<(&'m Address, &'m Address)> {
    match &message.queued.target {
        Target::Person { address, sender } => vec![(address, sender)],
        Target::Session => session.members.iter().map(|m| (&m.person.address, &m.person.sender)).collect(),
    }
}

/// What a message is to count: the country of each recipient, as far as it is known, and segments.
pub(crate) fn costs(message: &OutboundMessage, session: &Session) -> Vec<(Option<Place>, u32)> {
    let country = |address: &Address| issued(address).places.first().map(|place| place.country());
    recipients(message, session)
        .into_iter()
        .map(|(address, sender)| (country(address), segments(&message.queued.content, sender)))
        .collect()
}

/// Microseconds between two units, rounded up, so that a limit is never exceeded.
fn spacing(rate: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a checked rate gives 1 to 10⁹")]
    let spacing = (1_000_000.0 / rate).ceil().clamp(1.0, 1e9) as i64;
    spacing
}

impl Wish {
    /// As [`Wish::resumed`], for an effect that was due at this millisecond.
    #[must_use]
    pub fn resumed_by(self, due_ms: i64, passed: u32, pacing: &Pacing) -> Self {
        self.resumed(due_ms.saturating_mul(1_000), passed, micros(pacing.good_for))
    }
}

fn micros(time: SignedDuration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// What a message counts at its sender.
fn segments(content: &Content, sender: &Address) -> u32 {
    match content {
        Content::Text { text } if sender.channel() == Channel::Sms => {
            u32::try_from(segment::count(text).segments).unwrap_or(u32::MAX)
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spacing_never_lets_more_through_than_its_rate() {
        for (rate, micros) in [(1.0, 1_000_000), (3.0, 333_334), (80.0, 12_500), (0.001, 1_000_000_000)] {
            assert_eq!(spacing(rate), micros, "{rate}");
        }
    }

    #[test]
    fn a_text_counts_its_segments_by_sms_and_one_elsewhere() {
        let text = Content::Text { text: "é🎉".repeat(40) };
        assert_eq!(segments(&text, &"+15551230000".parse().unwrap()), 2);
        assert_eq!(segments(&text, &"whatsapp:+15551230000".parse().unwrap()), 1);
    }
}
