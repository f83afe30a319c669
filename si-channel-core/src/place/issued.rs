//! What the digits of a number say.

use std::sync::LazyLock;

use crate::address::{Address, Channel};
use crate::place::{Place, Zone};

static ZONES: LazyLock<Table<Zone>> =
    LazyLock::new(|| Table::read(include_str!("../../place/zones.txt"), |name| name.parse().ok()));
static REGIONS: LazyLock<Table<Place>> =
    LazyLock::new(|| Table::read(include_str!("../../place/regions.txt"), |name| name.parse().ok()));

/// Where a number was issued, as far as its digits tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Issued {
    /// The places that it may belong to, the likeliest first; none when unknown.
    pub places: &'static [Place],
    /// The time zones of the places that it may belong to; none when unknown.
    pub zones: &'static [Zone],
}

/// What the number of an address tells; nothing for short codes and for addresses without a number.
pub fn issued(address: &Address) -> Issued {
    let number = match address.channel() {
        Channel::Sms | Channel::Whatsapp | Channel::Rcs => address.value().strip_prefix('+'),
        _ => None,
    };
    number.map_or_else(Issued::default, |digits| Issued {
        places: REGIONS.find(digits),
        zones: ZONES.find(digits),
    })
}

/// Parts of the United States that are no states. Their numbers are known by their area codes, so that one with a code
/// that no table knows is not theirs.
const TERRITORIES: [&str; 5] = ["US-AS", "US-GU", "US-MP", "US-PR", "US-VI"];

impl Issued {
    /// The zones, narrowed to those of states and provinces where no more is known than that the number begins with 1:
    /// toll-free ones, and area codes that are newer than the table.
    pub(super) fn likely_zones(&self) -> &'static [Zone] {
        if self.zones == ZONES.find("1") { states() } else { self.zones }
    }
}

fn states() -> &'static [Zone] {
    static STATES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
        let parts = REGIONS.sets.iter().flatten();
        let states = parts.filter(|place| place.is_part() && !TERRITORIES.contains(&place.as_str()));
        let mut zones: Vec<Zone> = states.flat_map(|place| all_zones(*place)).collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    });
    &STATES
}

/// The zones of every number that a place may have, without repetition.
pub(super) fn all_zones(place: Place) -> Vec<Zone> {
    let within =
        |candidate: &Place| *candidate == place || (!place.is_part() && candidate.country() == place);
    let mut zones = Vec::new();
    for (prefix, regions) in &REGIONS.rows {
        if !regions_of(&REGIONS, *regions).iter().any(within) {
            continue;
        }
        let here = ZONES.find(&prefix.to_string());
        // What the whole country code 1 has in common says nothing of a part of it.
        if here != ZONES.find("1") {
            zones.extend_from_slice(here);
            zones.extend(ZONES.under(*prefix));
        }
    }
    zones.sort_unstable();
    zones.dedup();
    zones
}

fn regions_of<T>(table: &Table<T>, index: u16) -> &[T] {
    table.sets.get(usize::from(index)).map_or(&[], Vec::as_slice)
}

/// Sets of things by the digits that a number begins with.
struct Table<T> {
    /// Prefixes as numbers, which differ for different lengths since none begins with 0, ascending.
    rows: Vec<(u64, u16)>,
    sets: Vec<Vec<T>>,
    longest: usize,
}

impl<T: Copy> Table<T> {
    /// Reads lines of `NAME,NAME PREFIX PREFIX …`; `#` begins a comment.
    fn read(text: &str, parse: impl Fn(&str) -> Option<T>) -> Self {
        let mut table = Self { rows: Vec::new(), sets: Vec::new(), longest: 0 };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let names = words.next().unwrap_or_default();
            let Ok(index) = u16::try_from(table.sets.len()) else { break };
            table.sets.push(names.split(',').filter_map(&parse).collect());
            for prefix in words {
                table.longest = table.longest.max(prefix.len());
                table.rows.extend(prefix.parse().map(|number: u64| (number, index)));
            }
        }
        table.rows.sort_unstable();
        table
    }

    /// What the longest prefix of the digits stands for.
    fn find(&self, digits: &str) -> &[T] {
        let longest = digits.len().min(self.longest);
        let row = (1..=longest).rev().find_map(|length| {
            let prefix: u64 = digits.get(..length)?.parse().ok()?;
            let place = self.rows.binary_search_by_key(&prefix, |(known, _)| *known).ok()?;
            self.rows.get(place)
        });
        row.map_or(&[], |(_, index)| regions_of(self, *index))
    }

    /// What every longer prefix stands for.
    fn under(&self, prefix: u64) -> impl Iterator<Item = T> {
        let mut spans = Vec::new();
        let (mut low, mut high) = (prefix, prefix);
        for _ in prefix.to_string().len()..self.longest {
            (low, high) = (low * 10, high * 10 + 9);
            let from = self.rows.partition_point(|(known, _)| *known < low);
            let to = self.rows.partition_point(|(known, _)| *known <= high);
            spans.push(from..to);
        }
        let rows = spans.into_iter().flat_map(|span| &self.rows[span]);
        rows.flat_map(|(_, index)| regions_of(self, *index)).copied()
    }
}
