//! Time zones of the IANA database that is built in.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::place::{Place, issued};

/// Every zone of the database, in the order of their names. The one built in, so that the same input is decided alike
/// on every machine.
static ZONES: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let mut zones: Vec<_> =
        database.available().filter_map(|name| database.get(name.as_str()).ok()).collect();
    zones.sort_unstable_by(|a, b| name(a).cmp(name(b)));
    zones
});

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// A time zone of the IANA database, such as `America/New_York`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct Zone(u16);

impl Zone {
    /// Its name.
    pub fn name(self) -> &'static str {
        name(self.time_zone())
    }

    /// Its clock.
    pub fn time_zone(self) -> &'static TimeZone {
        static UTC: TimeZone = TimeZone::UTC;
        ZONES.get(usize::from(self.0)).unwrap_or(&UTC)
    }
}

impl JsonSchema for Zone {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A name of the IANA time zone database." })
    }
}

impl Default for Zone {
    /// `UTC`.
    fn default() -> Self {
        "UTC".parse().unwrap_or(Self(u16::MAX))
    }
}

/// A text is not the name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone: expected a name of the IANA database, such as America/New_York")]
pub struct UnknownZone(String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let place = ZONES.binary_search_by(|zone| name(zone).cmp(s));
        let index = place.ok().and_then(|place| u16::try_from(place).ok());
        index.map(Self).ok_or_else(|| UnknownZone(s.chars().take(64).collect()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The time zones of a place, as far as numbers issued there tell; none when unknown.
pub fn zones_of(place: Place) -> Vec<Zone> {
    issued::all_zones(place)
}
