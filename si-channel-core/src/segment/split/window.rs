//! How much of a text one message may hold.

use super::SplitPolicy;
use crate::segment::{Encoding, cluster, gsm7, ucs2};

/// Bytes of the longest beginning of whole clusters within the policy; at least one character.
pub(super) fn longest(text: &str, policy: &SplitPolicy) -> usize {
    let by_units = ucs2::prefix(text, policy.max_units.max(2));
    match policy.max_segments {
        None => by_units,
        Some(segments) => by_units.min(within_segments(&text[..by_units], segments.max(1))),
    }
}

fn within_segments(text: &str, segments: usize) -> usize {
    let gsm = concatenated(text, Encoding::Gsm7, segments);
    if text[gsm..].chars().next().is_none_or(|next| gsm7::septets(next).is_some()) {
        return gsm;
    }
    // The next character makes all of it UCS-2, which may reach less far than stopping before it.
    concatenated(text, Encoding::Ucs2, segments).max(cluster::floor(text, gsm))
}

/// Bytes of the longest beginning with at most `segments` segments in one encoding.
fn concatenated(text: &str, encoding: Encoding, segments: usize) -> usize {
    if segments == 1 {
        return encoding.prefix(text, encoding.alone());
    }
    let mut size = 0;
    for _ in 0..segments {
        if size == text.len() {
            break;
        }
        size += encoding.prefix(&text[size..], encoding.per_part());
    }
    size
}
