//! UTF-16 code units, cut between grapheme clusters.

use super::cluster;

/// Units of a text that is one segment.
pub(super) const ALONE: usize = 70;
/// Units of each part of a text of several segments.
pub(super) const PER_PART: usize = 67;

/// UTF-16 code units of a text, counted on its UTF-8 bytes: one for each leading byte, one more past U+FFFF.
pub(super) fn total(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)).sum()
}

/// Bytes of the longest beginning of whole clusters with at most `capacity` units.
///
/// A cluster that alone exceeds the capacity is cut between characters; one character is always taken.
pub(super) fn prefix(text: &str, capacity: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > capacity && at > 0 {
            return match cluster::floor(text, at) {
                0 => at,
                whole => whole,
            };
        }
    }
    text.len()
}
