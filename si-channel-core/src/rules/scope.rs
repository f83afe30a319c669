//! Where a rule holds.

use std::fmt;
use std::str::FromStr;

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::place::{NotAPlace, Place};

/// Where a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub enum Where {
    /// `*`: where no rule of the place itself or its country holds.
    Anywhere,
    /// `strict`: where too little is known, or the operator wants to be on the safe side.
    Strict,
    /// A country with its parts, or a part.
    In(Place),
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere => f.write_str("*"),
            Self::Strict => f.write_str("strict"),
            Self::In(place) => place.fmt(f),
        }
    }
}

impl FromStr for Where {
    type Err = NotAPlace;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "*" => Ok(Self::Anywhere),
            "strict" => Ok(Self::Strict),
            place => place.parse().map(Self::In),
        }
    }
}

/// The rules that hold in any of the places: those of the place and its country, else those of anywhere.
pub(super) fn matching<'r, R>(
    rules: &[&'r R],
    places: &[Place],
    of: impl Fn(&R) -> &Vec<Where>,
) -> Vec<&'r R> {
    holding(rules, places, of, |place, rule| rule == place || rule == place.country())
}

/// The same; of a country of whose parts none is known, those of every part too.
pub(super) fn matching_parts_too<'r, R>(
    rules: &[&'r R],
    places: &[Place],
    of: impl Fn(&R) -> &Vec<Where>,
) -> Vec<&'r R> {
    let holds = |place: Place, rule: Place| {
        rule == place || rule == place.country() || (!place.is_part() && rule.country() == place)
    };
    holding(rules, places, of, holds)
}

fn holding<'r, R>(
    rules: &[&'r R],
    places: &[Place],
    of: impl Fn(&R) -> &Vec<Where>,
    holds: impl Fn(Place, Place) -> bool,
) -> Vec<&'r R> {
    let in_force = |place: Place, rule: &R| {
        of(rule).iter().any(|scope| matches!(scope, Where::In(rule) if holds(place, *rule)))
    };
    let without_own = |place: &Place| !rules.iter().any(|rule| in_force(*place, rule));
    let anywhere = places.is_empty() || places.iter().any(without_own);
    let is_wanted = |rule: &&&R| {
        let here = places.iter().any(|place| in_force(*place, rule));
        here || (anywhere && of(rule).contains(&Where::Anywhere))
    };
    rules.iter().filter(is_wanted).copied().collect()
}
