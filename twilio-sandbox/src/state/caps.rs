//! How much senders have sent of what carriers and WhatsApp limit by the day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Counts by sender. Times are milliseconds of the sandbox's clock.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Caps {
    /// A day (UTC) and the texts of it.
    texts: BTreeMap<String, (i64, u32)>,
    /// Whom the sender wrote to outside of their 24 hours, and when first.
    people: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Caps {
    /// Texts of this day.
    pub(crate) fn texts(&self, sender: &str, now: i64) -> u32 {
        let today = |(day, count): &(i64, u32)| (*day == now / DAY).then_some(*count);
        self.texts.get(sender).and_then(today).unwrap_or_default()
    }

    pub(crate) fn count_text(&mut self, sender: &str, now: i64) {
        let count = self.texts(sender, now).saturating_add(1);
        self.texts.insert(sender.to_owned(), (now / DAY, count));
    }

    /// Others that the sender wrote to of its own accord within the last 24 hours.
    pub(crate) fn others(&self, sender: &str, phone: &str, now: i64) -> usize {
        let recent = |(other, at): &(&String, &i64)| *other != phone && now - **at < DAY;
        self.people.get(sender).map_or(0, |people| people.iter().filter(recent).count())
    }

    pub(crate) fn count_person(&mut self, sender: &str, phone: &str, now: i64) {
        let people = self.people.entry(sender.to_owned()).or_default();
        people.retain(|_, at| now - *at < DAY);
        people.entry(phone.to_owned()).or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_count_by_the_day_and_people_by_24_hours() {
        let mut caps = Caps::default();
        caps.count_text("s", DAY - 2);
        caps.count_text("s", DAY - 1);
        assert_eq!((caps.texts("s", DAY - 1), caps.texts("s", DAY), caps.texts("t", 0)), (2, 0, 0));
        caps.count_person("s", "a", 0);
        caps.count_person("s", "a", 10);
        caps.count_person("s", "b", 10);
        assert_eq!((caps.others("s", "c", 20), caps.others("s", "a", 20)), (2, 1));
        assert_eq!(caps.others("s", "c", DAY), 1);
    }
}
