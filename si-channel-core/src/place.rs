//! Where a person may be: country, state and time zones, by what is known of them and of their number.
//!
//! A number says where it was issued, not where its owner is; so it gives candidates, and what was told about the person
//! comes before them. Prefixes are those of libphonenumber, kept with the source (`si-channel-core/place/`).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_with::{DeserializeFromStr, SerializeDisplay};

mod issued;
mod whereabouts;
mod zone;

pub use issued::{Issued, issued};
pub use whereabouts::{Evidence, Located, Told, Whereabouts, locate};
pub use zone::{UnknownZone, Zone, zones_of};

#[cfg(test)]
mod tests;

/// A country (ISO 3166-1), or a part of one (ISO 3166-2): `FR`, `US-FL`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub struct Place {
    /// Padded with zeros.
    text: [u8; 6],
}

impl Place {
    /// As written.
    pub fn as_str(&self) -> &str {
        let end = self.text.iter().position(|byte| *byte == 0).unwrap_or(self.text.len());
        // Only ASCII is ever taken in.
        std::str::from_utf8(&self.text[..end]).unwrap_or_default()
    }

    /// The country it is, or is in.
    #[must_use]
    pub fn country(self) -> Self {
        Self { text: [self.text[0], self.text[1], 0, 0, 0, 0] }
    }

    /// Whether it is a part of a country.
    pub fn is_part(self) -> bool {
        self != self.country()
    }
}

impl JsonSchema for Place {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$" })
    }
}

/// A text is not a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a place: expected a country's two capital letters, with its state if need be, such as FR or US-FL"
)]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (country, part) = s.split_once('-').map_or((s, None), |(country, part)| (country, Some(part)));
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let is_part = |part: &str| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        if !is_country || !part.is_none_or(is_part) {
            return Err(NotAPlace);
        }
        let mut text = [0; 6];
        text[..s.len()].copy_from_slice(s.as_bytes());
        Ok(Self { text })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
