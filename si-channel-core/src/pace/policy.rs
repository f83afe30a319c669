//! The rates, as an operator sets them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::address::{Address, Channel};

/// What a sender is to carriers, on which its rate depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderType {
    /// A number of ten digits in the United States, Canada and where else +1 is dialled.
    LongCode,
    /// The same, registered for texts of applications; its digits do not tell.
    TenDlc,
    /// A number of +1 whose owner pays for calls.
    TollFree,
    /// Five or six digits.
    ShortCode,
    /// A number of another country.
    International,
    /// A sender of `WhatsApp`.
    Whatsapp,
    /// Anything else.
    Other,
}

/// Area codes of numbers whose owners pay for calls.
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

impl SenderType {
    /// What the digits of a sender tell.
    pub fn of(sender: &Address) -> Self {
        let value = sender.value();
        match (sender.channel(), value.strip_prefix("+1")) {
            (Channel::Whatsapp, _) => Self::Whatsapp,
            (Channel::Sms, Some(rest)) if TOLL_FREE.iter().any(|code| rest.starts_with(code)) => {
                Self::TollFree
            }
            (Channel::Sms, Some(_)) => Self::LongCode,
            (Channel::Sms, None) if value.starts_with('+') => Self::International,
            (Channel::Sms, None) => Self::ShortCode,
            _ => Self::Other,
        }
    }

    /// Segments per second that Twilio sends from it; messages, on `WhatsApp`. Where Twilio's rate depends on a
    /// registration, the least.
    ///
    /// <https://www.twilio.com/docs/api/errors/21611>,
    /// <https://www.twilio.com/docs/whatsapp/best-practices-and-faqs>
    fn at_twilio(self) -> Option<f64> {
        match self {
            Self::LongCode | Self::TenDlc => Some(1.0),
            Self::TollFree => Some(3.0),
            Self::ShortCode => Some(100.0),
            Self::International => Some(10.0),
            Self::Whatsapp => Some(80.0),
            Self::Other => None,
        }
    }
}

const TYPES: [SenderType; 7] = [
    SenderType::LongCode,
    SenderType::TenDlc,
    SenderType::TollFree,
    SenderType::ShortCode,
    SenderType::International,
    SenderType::Whatsapp,
    SenderType::Other,
];

/// How fast messages may leave. Rates are segments per second, 0 for as fast as they come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pacing {
    /// By the sender's type; of one that is not here as fast as they come.
    pub rates: BTreeMap<SenderType, f64>,
    /// What senders are whose digits do not tell.
    pub types: BTreeMap<Address, SenderType>,
    /// Of single senders, before that of their type.
    pub senders: BTreeMap<Address, f64>,
    /// Of all senders together.
    pub account: f64,
    /// To a country, by its two letters (ISO 3166-1), from all senders together.
    pub countries: BTreeMap<String, f64>,
    /// Steps at Twilio a second: a message, or a change of a conversation.
    pub requests: f64,
    /// How much time's worth of segments a sender that was idle may send ahead.
    pub burst: SignedDuration,
    /// How far ahead offers and information take places, so that replies come between them.
    pub bulk_ahead: SignedDuration,
    /// How long after its time a place is still good.
    pub good_for: SignedDuration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            rates: BTreeMap::new(),
            types: BTreeMap::new(),
            senders: BTreeMap::new(),
            account: 0.0,
            countries: BTreeMap::new(),
            requests: 0.0,
            burst: SignedDuration::ZERO,
            bulk_ahead: SignedDuration::from_secs(5),
            good_for: SignedDuration::from_secs(2),
        }
    }
}

impl Pacing {
    /// With Twilio's rates where none are set.
    pub fn as_twilio(&mut self) {
        for kind in TYPES {
            if let Some(rate) = kind.at_twilio() {
                self.rates.entry(kind).or_insert(rate);
            }
        }
    }

    /// The rate of a sender.
    pub fn rate(&self, sender: &Address) -> f64 {
        let of_type = || {
            let kind = self.types.get(sender).copied().unwrap_or_else(|| SenderType::of(sender));
            self.rates.get(&kind).copied()
        };
        self.senders.get(sender).copied().or_else(of_type).unwrap_or(0.0)
    }

    /// Whether anything is limited.
    pub fn is_on(&self) -> bool {
        let rates = self.rates.values().chain(self.senders.values()).chain(self.countries.values());
        rates.chain([&self.account, &self.requests]).any(|rate| *rate > 0.0)
    }

    /// Says what of it makes no sense.
    ///
    /// # Errors
    /// The setting and its value.
    pub fn check(&self) -> Result<(), String> {
        let named = |what: &'static str| move |(key, rate): (String, f64)| (format!("{what}.{key}"), rate);
        let kind = |kind: &SenderType| serde_json::to_value(kind).map(|name| name.to_string());
        let kinds = self.rates.iter().map(|(of, rate)| (kind(of).unwrap_or_default(), *rate));
        let senders = self.senders.iter().map(|(sender, rate)| (sender.to_string(), *rate));
        let countries = self.countries.iter().map(|(country, rate)| (country.clone(), *rate));
        let single = [("account", self.account), ("requests", self.requests)];
        let mut rates = kinds
            .map(named("rates"))
            .chain(senders.map(named("senders")))
            .chain(countries.map(named("countries")))
            .chain(single.map(|(name, rate)| (name.to_owned(), rate)));
        if let Some((name, rate)) =
            rates.find(|(_, rate)| *rate != 0.0 && !(0.001..=1_000_000.0).contains(rate))
        {
            return Err(format!(
                "policy.pacing.{name} is {rate}: write segments a second, from 0.001 to 1000000, or 0 for no limit"
            ));
        }
        let is_country = |name: &String| name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase());
        if let Some(name) = self.countries.keys().find(|name| !is_country(name)) {
            return Err(format!(
                "policy.pacing.countries.{name} is no country: write two letters, such as FR"
            ));
        }
        let times = [("burst", self.burst), ("bulk_ahead", self.bulk_ahead), ("good_for", self.good_for)];
        let hour = SignedDuration::from_hours(1);
        match times.into_iter().find(|(_, time)| time.is_negative() || *time > hour) {
            Some((name, time)) => Err(format!("policy.pacing.{name} is {time}: write 0s to 1h")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacing(toml: serde_json::Value) -> Pacing {
        serde_json::from_value(toml).unwrap()
    }

    #[test]
    fn the_digits_of_a_sender_tell_its_type_and_that_its_rate() {
        let mut pacing = Pacing::default();
        pacing.as_twilio();
        for (sender, kind, rate) in [
            ("+12125550100", SenderType::LongCode, 1.0),
            ("+18885550100", SenderType::TollFree, 3.0),
            ("+447700900100", SenderType::International, 10.0),
            ("whatsapp:+12125550100", SenderType::Whatsapp, 80.0),
        ] {
            let sender: Address = sender.parse().unwrap();
            assert_eq!(SenderType::of(&sender), kind, "{sender}");
            assert!((pacing.rate(&sender) - rate).abs() < 1e-9, "{sender}");
        }
    }

    #[test]
    fn what_is_set_for_a_sender_comes_before_its_type_and_that_before_twilios() {
        let mut pacing = pacing(serde_json::json!({
            "rates": { "long_code": 2, "ten_dlc": 4.5 },
            "types": { "+12125550101": "ten_dlc" },
            "senders": { "+12125550102": 9 },
        }));
        pacing.as_twilio();
        for (sender, rate) in
            [("+12125550100", 2.0), ("+12125550101", 4.5), ("+12125550102", 9.0), ("+18885550100", 3.0)]
        {
            assert!((pacing.rate(&sender.parse().unwrap()) - rate).abs() < 1e-9, "{sender}");
        }
    }

    #[test]
    fn nothing_is_limited_unless_something_is_set() {
        assert!(!Pacing::default().is_on());
        assert!(pacing(serde_json::json!({ "requests": 10 })).is_on());
        assert!(!pacing(serde_json::json!({ "rates": { "long_code": 0 } })).is_on());
    }

    #[test]
    fn rates_and_times_that_make_no_sense_are_named() {
        for (wrong, named) in [
            (serde_json::json!({ "account": -1 }), "policy.pacing.account is -1"),
            (serde_json::json!({ "senders": { "+12125550100": 1e9 } }), "senders.+12125550100 is 1000000000"),
            (serde_json::json!({ "countries": { "France": 1 } }), "countries.France is no country"),
            (serde_json::json!({ "burst": "2h" }), "policy.pacing.burst is"),
        ] {
            let error = pacing(wrong).check().unwrap_err();
            assert!(error.contains(named), "{error}");
        }
        assert_eq!(Pacing::default().check(), Ok(()));
    }
}
