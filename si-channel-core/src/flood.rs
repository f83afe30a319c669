//! Floods: many new numbers of one prefix, or one number that never stops, as those write who are paid for every answer
//! that they draw (SMS pumping, toll fraud), and as broken machines do.
//!
//! All that people write is kept. What stops is the answers: to numbers of a prefix that nobody knew before once so many of
//! them have been answered, and to an address that has written so much in an hour. STOP and HELP, and an opt-out in other
//! words, are heard and confirmed from anybody.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::{Address, Channel};
use crate::pace::{Gate, Pass};

/// Seconds of the time in which an address is counted.
const HOUR: i64 = 3_600;
/// Addresses that a session counts.
const COUNTED: usize = 64;

/// How much is answered. 0 stands for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FloodPolicy {
    /// Numbers of one prefix, unknown before, that are answered within `within`.
    pub new_numbers: u32,
    /// Last digits of a number that its prefix lacks: 4 for blocks of ten thousand numbers.
    pub line_digits: usize,
    /// See `new_numbers`.
    pub within: SignedDuration,
    /// Texts of one address that are answered in an hour of the clock.
    pub per_address: u32,
}

impl Default for FloodPolicy {
    fn default() -> Self {
        Self { new_numbers: 100, line_digits: 4, within: SignedDuration::from_hours(1), per_address: 300 }
    }
}

/// The limit that keeps a text from being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FloodLimit {
    /// That of new numbers of a prefix.
    Prefix,
    /// That of one address.
    Address,
}

impl FloodLimit {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "flood_prefix",
            Self::Address => "flood_address",
        }
    }
}

impl FloodPolicy {
    /// Says what of it makes no sense.
    ///
    /// # Errors
    /// The setting and its value.
    pub fn check(&self) -> Result<(), String> {
        let (least, most) = (SignedDuration::from_secs(1), SignedDuration::from_hours(24));
        if !(least..=most).contains(&self.within) {
            return Err(format!("policy.flood.within is {}: write 1s to 24h", self.within));
        }
        if !(1..=10).contains(&self.line_digits) {
            return Err(format!("policy.flood.line_digits is {}: write 1 to 10", self.line_digits));
        }
        Ok(())
    }

    /// The prefix of a number that is written to by SMS, where numbers are dear; `None` of anything else.
    pub fn prefix<'a>(&self, address: &'a Address) -> Option<&'a str> {
        let number = Some(address.value()).filter(|_| address.channel() == Channel::Sms)?;
        let kept = number.len().checked_sub(self.line_digits).filter(|kept| *kept > 1)?;
        number.starts_with('+').then(|| number.split_at_checked(kept)).flatten().map(|(prefix, _)| prefix)
    }

    /// What a new number of a prefix has to pass to be answered; `None` when nothing limits it.
    pub fn pass(&self, account: &str, prefix: &str) -> Option<Pass> {
        let spacing_us = self.within.as_micros().checked_div(self.new_numbers.into())?;
        let spacing_us = i64::try_from(spacing_us).unwrap_or(i64::MAX).max(1);
        let burst_us = spacing_us.saturating_mul(i64::from(self.new_numbers) - 1);
        let gate = Gate { key: format!("flood/{account}/{prefix}"), spacing_us, burst_us, cost: 1 };
        Some(Pass { gates: vec![gate], at_us: None })
    }
}

/// How much the people of a session have written in the hour of the clock in which somebody wrote last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloodWatch {
    /// The hour, counted from the epoch.
    hour: i64,
    /// Texts by address; beyond 64 addresses nobody is counted.
    texts: Vec<(Address, u32)>,
}

impl FloodWatch {
    /// Somebody writes.
    pub(crate) fn hear(&mut self, address: &Address, now: Timestamp) {
        let hour = now.as_second().div_euclid(HOUR);
        if hour != self.hour {
            *self = Self { hour, texts: Vec::new() };
        }
        if let Some((_, count)) = self.texts.iter_mut().find(|(known, _)| known == address) {
            *count = count.saturating_add(1);
        } else if self.texts.len() < COUNTED {
            self.texts.push((address.clone(), 1));
        }
    }

    /// Whether somebody, this text counted, has written too much.
    pub(crate) fn is_flooded(&self, address: &Address, policy: &FloodPolicy, now: Timestamp) -> bool {
        let limit = policy.per_address;
        let counts = limit > 0 && now.as_second().div_euclid(HOUR) == self.hour;
        counts && self.texts.iter().any(|(known, count)| known == address && *count > limit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::pace::passes;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn a_prefix_is_a_number_without_its_last_digits() {
        let policy = FloodPolicy::default();
        for (number, prefix) in [
            ("+15557770001", Some("+1555777")),
            ("+442071838750", Some("+44207183")),
            ("12345", None),
            ("whatsapp:+15557770001", None),
        ] {
            assert_eq!(policy.prefix(&address(number)), prefix, "{number}");
        }
    }

    #[test]
    fn so_many_new_numbers_pass_at_once_and_others_as_time_goes_by() {
        let policy = FloodPolicy { new_numbers: 3, ..FloodPolicy::default() };
        let pass = policy.pass("AC", "+1555777").unwrap();
        let mut throttles = BTreeMap::new();
        let mut at = |minute: i64| {
            let now_us = 1_800_000_000_000_000 + minute * 60_000_000;
            passes(&pass.gates, now_us, &mut throttles)
        };
        let minutes = [0, 0, 0, 0, 19, 20, 20, 60, 60];
        assert_eq!(minutes.map(&mut at), [true, true, true, false, false, true, false, true, true]);
        assert_eq!(FloodPolicy { new_numbers: 0, ..policy }.pass("AC", "+1555777"), None);
    }

    #[test]
    fn f53_of_ten_thousand_new_numbers_of_a_prefix_a_hundred_are_answered_and_other_prefixes_are_served() {
        let policy = FloodPolicy::default();
        let mut throttles = BTreeMap::new();
        let mut answered = |number: String| {
            let address = address(&number);
            let pass = policy.pass("AC", policy.prefix(&address).unwrap()).unwrap();
            passes(&pass.gates, 1_800_000_000_000_000, &mut throttles)
        };
        let flood = (0..10_000).filter(|line| answered(format!("+1555777{line:04}"))).count();
        assert_eq!(flood, 100);
        assert!((0..50).all(|line| answered(format!("+1555778{line:04}"))));
    }

    #[test]
    fn an_address_is_counted_by_the_hour_of_the_clock() {
        let policy = FloodPolicy { per_address: 2, ..FloodPolicy::default() };
        let (ann, bob) = (address("+15557770001"), address("+15557770002"));
        let now = Timestamp::UNIX_EPOCH;
        let mut watch = FloodWatch::default();
        watch.hear(&bob, now);
        let flooded: Vec<bool> = (0..3)
            .map(|_| {
                watch.hear(&ann, now);
                watch.is_flooded(&ann, &policy, now)
            })
            .collect();
        assert_eq!(flooded, [false, false, true]);
        assert!(!watch.is_flooded(&bob, &policy, now));
        assert!(!watch.is_flooded(&ann, &FloodPolicy { per_address: 0, ..policy }, now));
        let later = now + SignedDuration::from_hours(1);
        assert!(!watch.is_flooded(&ann, &policy, later));
        watch.hear(&ann, later);
        assert!(!watch.is_flooded(&ann, &policy, later));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let wrong = FloodPolicy { within: SignedDuration::ZERO, ..FloodPolicy::default() };
        assert!(wrong.check().unwrap_err().contains("policy.flood.within"));
        let wrong = FloodPolicy { line_digits: 0, ..FloodPolicy::default() };
        assert!(wrong.check().unwrap_err().contains("policy.flood.line_digits"));
        assert_eq!(FloodPolicy::default().check(), Ok(()));
    }
}
