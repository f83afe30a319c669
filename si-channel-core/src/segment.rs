//! How a text becomes SMS segments: encoding, units, parts.
//!
//! A text goes out in GSM-7 (7-bit septets) when every character is in that alphabet, in UCS-2 (16-bit units) as
//! soon as one is not. One SMS carries 1120 bits; a text that needs more is concatenated, and each part then gives
//! 48 of them to a header (3GPP TS 23.038 and 23.040, <https://www.twilio.com/docs/glossary/what-sms-character-limit>).
//!
//! | encoding | unit | alone | per part when several |
//! |---|---|---|---|
//! | GSM-7 | septet; extension characters take two | 160 | 153 |
//! | UCS-2 | UTF-16 code unit; characters past U+FFFF take two | 70 | 67 |
//!
//! No part ends inside an extension character or a grapheme cluster (Unicode 17, UAX #29). CRLF is two characters,
//! and may be parted. The empty text is one segment of no units.

mod cluster;
pub mod gsm7;
pub mod smart;
pub mod split;
mod ucs2;

use serde::{Deserialize, Serialize};

/// The alphabet a text travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// The GSM 03.38 alphabet with its extension table.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// UTF-16, for everything else.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

impl Encoding {
    /// Units that a text may have and still be a single segment.
    pub const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => gsm7::ALONE,
            Self::Ucs2 => ucs2::ALONE,
        }
    }

    /// Units in each part of a text of several segments.
    pub const fn per_part(self) -> usize {
        match self {
            Self::Gsm7 => gsm7::PER_PART,
            Self::Ucs2 => ucs2::PER_PART,
        }
    }

    /// Bytes of the longest beginning of `text` with at most `units` units; at least one character of this encoding.
    fn prefix(self, text: &str, units: usize) -> usize {
        match self {
            Self::Gsm7 => gsm7::prefix(text, units),
            Self::Ucs2 => ucs2::prefix(text, units),
        }
    }
}

/// What a text costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segmentation {
    /// The alphabet of the whole text.
    pub encoding: Encoding,
    /// Septets or UTF-16 code units of the whole text, headers not counted.
    pub units: usize,
    /// Segments sent and billed; at least 1.
    pub segments: usize,
}

/// Counts the segments of a text, in one or two passes and without allocating.
///
/// ```
/// use si_channel_core::segment::{self, Encoding};
///
/// let cost = segment::count("Meet at 5 \u{1f44d}");
/// assert_eq!((cost.encoding, cost.units, cost.segments), (Encoding::Ucs2, 12, 1));
/// ```
pub fn count(text: &str) -> Segmentation {
    let Some(gsm7::Total { characters, extended }) = gsm7::total(text) else {
        let units = ucs2::total(text);
        let segments = if units <= ucs2::ALONE { 1 } else { cuts(text, Encoding::Ucs2).count() };
        return Segmentation { encoding: Encoding::Ucs2, units, segments };
    };
    let units = characters + extended;
    let segments = match (units <= gsm7::ALONE, extended) {
        (true, _) => 1,
        (false, 0) => units.div_ceil(gsm7::PER_PART),
        (false, _) => cuts(text, Encoding::Gsm7).count(),
    };
    Segmentation { encoding: Encoding::Gsm7, units, segments }
}

/// The text as the carrier cuts it: as many parts as [`count`] says, which joined are the text.
///
/// This is what happens to one message on the wire. To make several messages of a long answer, see [`split`].
pub fn parts(text: &str) -> Vec<&str> {
    let Segmentation { encoding, segments, .. } = count(text);
    if segments == 1 {
        return vec![text];
    }
    let mut rest = text;
    cuts(text, encoding)
        .map(|size| {
            let (part, after) = rest.split_at(size);
            rest = after;
            part
        })
        .collect()
}

/// Sizes in bytes of the parts of a concatenated text.
fn cuts(text: &str, encoding: Encoding) -> impl Iterator<Item = usize> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let size = encoding.prefix(rest, encoding.per_part());
        rest = &rest[size..];
        Some(size)
    })
}

#[cfg(test)]
mod tests;
