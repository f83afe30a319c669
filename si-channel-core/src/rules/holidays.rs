//! Holidays, computed.

use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde_with::DeserializeFromStr;

use crate::rules::file::rule;

/// On which day of each year something falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeserializeFromStr)]
pub enum Day {
    /// `12-25`: month and day.
    Fixed(i8, i8),
    /// `3 monday january`, `last monday may`: the nth such day of a month; -1 is the last.
    Nth(i8, Weekday, i8),
    /// `easter+1`: so many days after Easter Sunday of the western churches.
    Easter(i16),
}

impl Day {
    /// The day in a year; `None` where a year has none.
    fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(nth, weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Self::Easter(days) => easter(year)?.checked_add(Span::new().days(days)).ok(),
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by Oudin's rule.
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (golden, century) = (year_number % 19, year_number / 100);
    let correction = century - century / 4 - (century - (century - 17) / 25) / 3;
    let epact = (correction + 19 * golden + 15) % 30;
    let moon = epact - (epact / 28) * (1 - (epact / 28) * (29 / (epact + 1)) * ((21 - golden) / 11));
    let weekday = (year_number + year_number / 4 + moon + 2 - century + century / 4) % 7;
    let from_march_28 = moon - weekday;
    let month = 3 + (from_march_28 + 40) / 44;
    let day = from_march_28 + 28 - 31 * (month / 4);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A text is not a day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as \"12-25\", \"3 monday january\", \"last monday may\" or \"easter+1\"")]
pub struct NotADay;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn nth_of(names: &[&str], name: &str) -> Option<i8> {
    let place = names.iter().position(|known| *known == name)?;
    i8::try_from(place + 1).ok()
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let read = || {
            if let Some(days) = s.strip_prefix("easter") {
                let days = if days.is_empty() { 0 } else { days.parse().ok()? };
                return (-100..=100).contains(&days).then_some(Self::Easter(days));
            }
            let words: Vec<&str> = s.split(' ').collect();
            if let [nth, weekday, month] = words[..] {
                let nth = if nth == "last" { -1 } else { nth.parse().ok()? };
                let weekday = Weekday::from_monday_one_offset(nth_of(&WEEKDAYS, weekday)?).ok()?;
                let nth = (nth == -1 || (1..=4).contains(&nth)).then_some(nth)?;
                return Some(Self::Nth(nth, weekday, nth_of(&MONTHS, month)?));
            }
            let (month, day) = s.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            // A leap year, so that 29 February is one.
            Date::new(2024, month, day).ok().map(|_| Self::Fixed(month, day))
        };
        read().ok_or(NotADay)
    }
}

rule! {
    /// A holiday of a calendar.
    pub struct Holiday in "holidays" {
        /// The calendar, such as `US`.
        pub calendar: String,
        /// On which day.
        pub day: Day,
        /// Whether the Friday before is free too when it falls on a Saturday, and the Monday after for a Sunday.
        #[serde(default)]
        pub observed: bool,
    }
    fn subjects(rule) { vec![format!("{} {}", rule.calendar, rule.id)] }
}

impl Holiday {
    /// Whether it falls on a day, or is observed on it.
    pub fn falls_on(&self, day: Date) -> bool {
        // What falls on the first of a year may be observed in the year before.
        [day.year(), day.year().saturating_add(1)].into_iter().any(|year| {
            let Some(itself) = self.day.in_year(year) else { return false };
            let observed = match itself.weekday() {
                Weekday::Saturday => itself.checked_sub(1.day()),
                Weekday::Sunday => itself.checked_add(1.day()),
                _ => Ok(itself),
            };
            itself == day || (self.observed && observed.is_ok_and(|observed| observed == day))
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_falls_where_the_tables_say() {
        for (year, month, day) in
            [(1961, 4, 2), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn days_are_read_and_nonsense_is_not() {
        assert_eq!("12-25".parse(), Ok(Day::Fixed(12, 25)));
        assert_eq!("3 monday january".parse(), Ok(Day::Nth(3, Weekday::Monday, 1)));
        assert_eq!("last monday may".parse(), Ok(Day::Nth(-1, Weekday::Monday, 5)));
        assert_eq!("easter+39".parse(), Ok(Day::Easter(39)));
        assert_eq!("easter".parse(), Ok(Day::Easter(0)));
        for wrong in
            ["", "13-01", "02-30", "5 monday may", "0 monday may", "1 moonday may", "easter+x", "easter+1000"]
        {
            assert_eq!(wrong.parse::<Day>(), Err(NotADay), "{wrong}");
        }
    }
}
