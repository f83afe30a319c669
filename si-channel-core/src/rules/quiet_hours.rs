//! When people may be written to.

use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use serde_with::DeserializeFromStr;

use crate::rules::file::{Reading, Set, rule};
use crate::rules::scope::Where;

/// The open hours of a day: from a minute to another, which is not open any more. Nothing is open when both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeserializeFromStr)]
pub struct Hours {
    /// The first open minute, from midnight.
    pub from: u16,
    /// The first closed minute after it; 1440 is the end of the day.
    pub to: u16,
}

impl Hours {
    /// Never open.
    pub const CLOSED: Self = Self { from: 0, to: 0 };

    /// Whether a time of day is open.
    pub fn contain(self, time: Time) -> bool {
        let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        (self.from..self.to).contains(&minute)
    }

    /// When the day opens.
    pub fn opening(self) -> Option<Time> {
        let (hour, minute) = (i8::try_from(self.from / 60).ok()?, i8::try_from(self.from % 60).ok()?);
        (self.from < self.to).then(|| Time::new(hour, minute, 0, 0).ok()).flatten()
    }
}

/// A text is no span of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected hours of one day such as \"08:00-21:00\", or \"closed\"")]
pub struct NotHours;

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if s == "closed" {
            return Ok(Self::CLOSED);
        }
        let minute = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let well_formed = hour.len() == 2 && minute.len() == 2;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (well_formed && minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
        };
        let read = || {
            let (from, to) = s.split_once('-')?;
            let (from, to) = (minute(from)?, minute(to)?);
            (from < to).then_some(Self { from, to })
        };
        read().ok_or(NotHours)
    }
}

rule! {
    /// The open hours of some places, in the person's time.
    pub struct QuietHours in "quiet_hours" {
        /// The places.
        pub places: Vec<Where>,
        /// On every day that has no hours of its own.
        pub hours: Hours,
        /// On Saturdays.
        #[serde(default)]
        pub saturday: Option<Hours>,
        /// On Sundays.
        #[serde(default)]
        pub sunday: Option<Hours>,
        /// The calendar of the holidays.
        #[serde(default)]
        pub holidays: Option<String>,
        /// On holidays, whatever day they fall on.
        #[serde(default)]
        pub holiday: Option<Hours>,
    }
    fn subjects(rule) { rule.places.iter().map(ToString::to_string).collect() }
}

impl QuietHours {
    /// The open hours of a day.
    pub fn on(&self, day: Date, is_holiday: impl Fn(&str, Date) -> bool) -> Hours {
        if let (Some(calendar), Some(hours)) = (&self.holidays, self.holiday)
            && is_holiday(calendar, day)
        {
            return hours;
        }
        let own = match day.weekday() {
            Weekday::Saturday => self.saturday,
            Weekday::Sunday => self.sunday,
            _ => None,
        };
        own.unwrap_or(self.hours)
    }
}

pub(super) const REQUIRED: &[&str] = &["*", "strict"];

/// Every calendar that is named must be there.
pub(super) fn check(set: &Set<QuietHours>, holidays: &Set<super::Holiday>, reading: &mut Reading<'_>) {
    for (rule, line) in &set.rules {
        match (&rule.holidays, rule.holiday) {
            (Some(calendar), Some(_)) if !holidays.rules.iter().any(|(day, _)| day.calendar == *calendar) => {
                let what = format!("rule {:?}: no holiday is of the calendar {calendar:?}", rule.id);
                reading.problem(
                    &set.file,
                    *line,
                    what,
                    "name a calendar of holidays.toml, or add its holidays there",
                );
            }
            (Some(_), None) | (None, Some(_)) => {
                let what = format!("rule {:?} has one of `holidays` and `holiday`", rule.id);
                reading.problem(&set.file, *line, what, "give the calendar and its hours, or neither");
            }
            _ => {}
        }
    }
}
