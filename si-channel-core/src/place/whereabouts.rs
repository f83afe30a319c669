//! What is known of where a person is, and on what evidence.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::address::Address;
use crate::place::{Issued, Place, Zone, issued, zones_of};

/// On what a place or a time zone rests, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The person said so.
    Person,
    /// A postal code or address that was confirmed.
    Address,
    /// What an account says.
    Account,
    /// Where the number was issued.
    Prefix,
    /// The place of the sender that writes to them, or the operator's default; nothing better is known.
    Sender,
}

/// What was told of a person's place.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The country, or the state.
    pub place: Option<Place>,
    /// The time zone.
    pub time_zone: Option<Zone>,
    /// When it was told.
    pub at: Timestamp,
}

/// All that was told of a person's place: the newest word for each kind of evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Whereabouts(pub BTreeMap<Evidence, Told>);

impl Whereabouts {
    /// Takes in what was told; with neither place nor zone, forgets what was told on the same evidence.
    pub fn take(&mut self, by: Evidence, place: Option<Place>, time_zone: Option<Zone>, at: Timestamp) {
        if place.is_none() && time_zone.is_none() {
            self.0.remove(&by);
        } else {
            self.0.insert(by, Told { place, time_zone, at });
        }
    }
}

/// Where somebody may be, for rules that must hold wherever they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located {
    /// The countries or states, the likeliest first; none when unknown.
    pub places: Vec<Place>,
    /// On what they rest.
    pub places_by: Evidence,
    /// The time zones; none when unknown.
    pub zones: Vec<Zone>,
    /// On what they rest.
    pub zones_by: Evidence,
    /// When what the zones rest on was told; `None` for what a number says.
    pub told_at: Option<Timestamp>,
}

impl Located {
    /// The likeliest country.
    pub fn country(&self) -> Option<Place> {
        self.places.first().map(|place| place.country())
    }
}

/// Where the person with an address may be. `sender` is where to take them to be when nothing is known.
pub fn locate(address: &Address, told: &Whereabouts, sender: &Issued) -> Located {
    let number = issued(address);
    let best_place = told.0.iter().find_map(|(by, told)| Some((*by, told.place?)));
    let (places, places_by) = match best_place {
        Some((by, place)) => (vec![place], by),
        None if number.places.is_empty() => (sender.places.to_vec(), Evidence::Sender),
        None => (number.places.to_vec(), Evidence::Prefix),
    };
    let best_zones = told.0.iter().find_map(|(by, told)| {
        let zones = match (told.time_zone, told.place) {
            (Some(zone), _) => vec![zone],
            (None, Some(place)) => zones_of(place),
            (None, None) => Vec::new(),
        };
        (!zones.is_empty()).then_some((*by, zones, Some(told.at)))
    });
    let (zones_by, zones, told_at) = match best_zones {
        Some(best) => best,
        None if number.zones.is_empty() => (Evidence::Sender, sender.likely_zones().to_vec(), None),
        None => (Evidence::Prefix, number.likely_zones().to_vec(), None),
    };
    Located { places, places_by, zones, zones_by, told_at }
}
