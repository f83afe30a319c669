//! What a day's messages may cost: ceilings for the account and for countries, past which messages are shed by class.
//!
//! A ceiling is a limit of [`crate::pace`] that is asked at the time its day began: what was taken since is how far the
//! limit's time is ahead of that, and the next day's beginning is past all of it. So nothing has to be set back at
//! midnight, and servers of one database count together.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::event::MessageClass;
use crate::outbound::OutboundMessage;
use crate::pace::{Gate, Pass, costs};
use crate::place::{Place, Zone};
use crate::rules::RuleRef;
use crate::session::Session;

/// Why a message waits for the next day, or was not sent because of it.
pub const SPEND_CEILING: &str = "spend_ceiling";

/// What is counted of a unit of money.
const FRACTIONS: f64 = 100_000.0;
/// A ceiling's most, in what it is counted in; all of a day's microseconds are 86,400,000,000.
const MOST: f64 = 40_000_000_000.0;
/// What is told is told again after this; less than any day has.
const TOLD_US: i64 = 20 * 3_600 * 1_000_000;

/// What a day may cost. 0 stands for no ceiling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpendPolicy {
    /// Of all messages.
    pub account: f64,
    /// Of those to a country, by its two letters (ISO 3166-1).
    pub countries: BTreeMap<String, f64>,
    /// The price of a segment, or of a message on `WhatsApp`, in the unit in which the ceilings are. 0: the ceilings are
    /// numbers of segments.
    pub price: f64,
    /// The same by country, before `price`.
    pub prices: BTreeMap<String, f64>,
    /// Where midnight is.
    pub zone: Zone,
    /// The part of a ceiling past which offers wait.
    pub marketing: f64,
    /// The same of information.
    pub informational: f64,
    /// The same of answers.
    pub reply: f64,
}

impl Default for SpendPolicy {
    fn default() -> Self {
        Self {
            account: 0.0,
            countries: BTreeMap::new(),
            price: 0.0,
            prices: BTreeMap::new(),
            zone: Zone::default(),
            marketing: 0.8,
            informational: 0.9,
            reply: 1.0,
        }
    }
}

/// A message's place below its ceilings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The ceilings' names, `account` or a country's letters, in the order of the gates.
    pub ceilings: Vec<String>,
    /// All of them, passed together.
    pub pass: Pass,
    /// When the next day begins.
    pub until: Timestamp,
}

impl SpendPolicy {
    /// Whether there is a ceiling.
    pub fn is_on(&self) -> bool {
        self.account > 0.0 || self.countries.values().any(|ceiling| *ceiling > 0.0)
    }

    /// Says what of it makes no sense.
    ///
    /// # Errors
    /// The setting and its value.
    pub fn check(&self) -> Result<(), String> {
        let is_country = |name: &String| name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase());
        if let Some(name) = self.countries.keys().chain(self.prices.keys()).find(|name| !is_country(name)) {
            return Err(format!("policy.spend: {name} is no country: write two letters, such as FR"));
        }
        let most = MOST / self.scale();
        let ceilings = self.countries.iter().map(|(name, ceiling)| (name.as_str(), *ceiling));
        for (name, ceiling) in ceilings.chain([("account", self.account)]) {
            if !(0.0..=most).contains(&ceiling) {
                return Err(format!("policy.spend: the ceiling of {name} is {ceiling}: write 0 to {most}"));
            }
        }
        if let Some(price) = self.prices.values().chain([&self.price]).find(|p| !(0.0..=1_000.0).contains(*p))
        {
            return Err(format!("policy.spend: the price {price}: write 0 to 1000"));
        }
        if !self.prices.is_empty() && self.price == 0.0 {
            return Err(
                "policy.spend.prices is set and policy.spend.price is not: write what a segment costs in \
                        countries that prices does not name"
                    .to_owned(),
            );
        }
        let shares = [self.marketing, self.informational, self.reply];
        if shares.iter().any(|share| !(0.0..=1.0).contains(share)) || !shares.is_sorted() {
            return Err(format!(
                "policy.spend: marketing is {}, informational {}, reply {}: write parts from 0 to 1, none greater than \
                 the next",
                self.marketing, self.informational, self.reply
            ));
        }
        Ok(())
    }

    /// What a message is to pass before it is sent for the first time; `None` when no ceiling is over it.
    pub fn bill(
        &self,
        message: &OutboundMessage,
        session: &Session,
        account: &str,
        now: Timestamp,
    ) -> Option<Bill> {
        if !self.is_on() {
            return None;
        }
        let (since, until) = day(now, self.zone.time_zone())?;
        let mut by_country: BTreeMap<Place, u64> = BTreeMap::new();
        let mut all = 0;
        for (country, segments) in costs(message, session) {
            let cost = self.cost(country.as_ref().map_or("", Place::as_str), segments);
            all += cost;
            if let Some(country) = country {
                *by_country.entry(country).or_default() += cost;
            }
        }
        let named = |(country, cost): (Place, u64)| {
            let ceiling = self.countries.get(country.as_str()).copied().unwrap_or(0.0);
            (ceiling > 0.0).then(|| (country.as_str().to_owned(), ceiling, cost))
        };
        let whole = (self.account > 0.0).then(|| ("account".to_owned(), self.account, all));
        let share = self.share(message.queued.class);
        let (ceilings, gates): (Vec<_>, Vec<_>) = by_country
            .into_iter()
            .filter_map(named)
            .chain(whole)
            .map(|(name, ceiling, cost)| {
                let gate = self.gate(format!("spend/{account}/{name}"), ceiling, cost, share);
                (name, gate)
            })
            .unzip();
        let pass = Pass { gates, at_us: Some(since.as_microsecond()) };
        (!ceilings.is_empty()).then_some(Bill { ceilings, pass, until })
    }

    fn gate(&self, key: String, ceiling: f64, cost: u64, share: Option<f64>) -> Gate {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        // What is never shed is counted all the same.
        let burst_us = share.map_or(i64::MAX, |share| {
            #[expect(clippy::cast_possible_truncation, reason = "a checked ceiling is below 10¹¹")]
            let room = (ceiling * share * self.scale()) as i64;
            room - i64::from(cost)
        });
        Gate { key, spacing_us: 1, burst_us, cost }
    }

    /// The part of a ceiling past which a class is shed; `None` for what never is.
    fn share(&self, class: MessageClass) -> Option<f64> {
        match class {
            MessageClass::Marketing => Some(self.marketing),
            MessageClass::Informational => Some(self.informational),
            MessageClass::Reply => Some(self.reply),
            MessageClass::Transactional | MessageClass::Compliance => None,
        }
    }

    fn scale(&self) -> f64 {
        if self.price > 0.0 { FRACTIONS } else { 1.0 }
    }

    fn cost(&self, country: &str, segments: u32) -> u64 {
        let price = self.prices.get(country).copied().unwrap_or(self.price);
        let each = if self.price > 0.0 { (price * FRACTIONS).round() } else { 1.0 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a checked price is no less than 0 and below 10⁹"
        )]
        let cost = (f64::from(segments) * each) as u64;
        cost
    }
}

impl Bill {
    /// What asks, of one ceiling alone and without taking anything, whether the message is below it.
    pub(crate) fn probe(&self, index: usize) -> Option<Pass> {
        let gate = Gate { cost: 0, ..self.pass.gates.get(index)?.clone() };
        Some(Pass { gates: vec![gate], at_us: self.pass.at_us })
    }

    /// What passes once a day: that a ceiling is reached for a class is to be told.
    pub(crate) fn telling(&self, index: usize, class: MessageClass) -> Option<Pass> {
        let key = format!("{}/{}", self.pass.gates.get(index)?.key, class.as_str());
        let gate = Gate { key, spacing_us: TOLD_US, burst_us: 0, cost: 1 };
        Some(Pass { gates: vec![gate], at_us: self.pass.at_us })
    }
}

/// What says so, for records.
pub(crate) fn rule() -> RuleRef {
    RuleRef { rule: SPEND_CEILING.to_owned(), version: "1".to_owned() }
}

/// When the day of a moment began, and when the next begins.
fn day(now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let today = now.to_zoned(zone.clone()).start_of_day().ok()?;
    let tomorrow = today.checked_add(1.day()).ok()?.start_of_day().ok()?;
    Some((today.timestamp(), tomorrow.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::passes;

    fn policy(settings: serde_json::Value) -> SpendPolicy {
        let policy: SpendPolicy = serde_json::from_value(settings).unwrap();
        policy.check().unwrap();
        policy
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone_however_long_it_is() {
        for (zone, now, since, until) in [
            ("UTC", "2026-11-22T10:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
            ("America/New_York", "2026-11-22T03:00:00Z", "2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z"),
            // Clocks are put forward, and back.
            ("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let day = day(now.parse().unwrap(), zone.time_zone());
            assert_eq!(day, Some((since.parse().unwrap(), until.parse().unwrap())), "{now}");
        }
    }

    #[test]
    fn a_class_is_shed_at_its_part_of_the_ceiling_and_the_next_day_begins_anew() {
        let policy = policy(serde_json::json!({ "account": 1.0, "price": 0.01 }));
        let mut throttles = BTreeMap::new();
        let mut passed = |class: MessageClass, at_us: i64| {
            let gate =
                policy.gate("spend".to_owned(), policy.account, policy.cost("", 1), policy.share(class));
            passes(&[gate], at_us, &mut throttles)
        };
        let mut count = |class, at_us| (0..1_000).take_while(|_| passed(class, at_us)).count();
        let monday = 1_800_000_000_000_000;
        for at_us in [monday, monday + 23 * 3_600_000_000] {
            assert_eq!(count(MessageClass::Marketing, at_us), 80);
            assert_eq!(count(MessageClass::Informational, at_us), 10);
            assert_eq!(count(MessageClass::Reply, at_us), 10);
            assert_eq!(count(MessageClass::Reply, at_us), 0);
            assert_eq!(count(MessageClass::Transactional, at_us), 1_000);
            assert_eq!(count(MessageClass::Compliance, at_us), 1_000);
        }
    }

    #[test]
    fn a_price_is_that_of_the_country_and_without_prices_segments_count() {
        let priced = policy(serde_json::json!({ "account": 1, "price": 0.05, "prices": { "US": 0.0079 } }));
        assert_eq!((priced.cost("US", 2), priced.cost("FR", 1), priced.cost("", 1)), (1_580, 5_000, 5_000));
        assert_eq!(policy(serde_json::json!({ "account": 10 })).cost("US", 3), 3);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (wrong, named) in [
            (serde_json::json!({ "account": -1 }), "ceiling of account is -1"),
            (serde_json::json!({ "account": 1e6, "price": 0.01 }), "write 0 to 400000"),
            (serde_json::json!({ "countries": { "France": 1 } }), "France is no country"),
            (serde_json::json!({ "prices": { "FR": 1 } }), "policy.spend.price is not"),
            (serde_json::json!({ "marketing": 0.95 }), "none greater than the next"),
        ] {
            let error = serde_json::from_value::<SpendPolicy>(wrong).unwrap().check().unwrap_err();
            assert!(error.contains(named), "{error}");
        }
        assert_eq!(SpendPolicy::default().check(), Ok(()));
    }
}
