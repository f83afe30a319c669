//! How much of a text one message may hold.

use super::SplitPolicy;
use crate::segment::{Encoding, cluster, gsm7, ucs2};

/// Bytes of the longest beginning of whole clusters within the policy, `reserve` units of it taken by something before
/// it; at least one character.
pub(super) fn longest(text: &str, policy: &SplitPolicy, reserve: usize) -> usize {
    let by_units = ucs2::prefix(text, policy.max_units.saturating_sub(reserve).max(2));
    match policy.max_segments {
        None => by_units,
        Some(segments) => by_units.min(within_segments(&text[..by_units], segments.max(1), reserve)),
    }
}

fn within_segments(text: &str, segments: usize, reserve: usize) -> usize {
    let gsm = concatenated(text, Encoding::Gsm7, segments, reserve);
    if text[gsm..].chars().next().is_none_or(|next| gsm7::septets(next).is_some()) {
        return gsm;
    }
    // The next character makes all of it UCS-2, which may reach less far than stopping before it.
    concatenated(text, Encoding::Ucs2, segments, reserve).max(cluster::floor(text, gsm))
}

/// Bytes of the longest beginning with at most `segments` segments in one encoding.
fn concatenated(text: &str, encoding: Encoding, segments: usize, reserve: usize) -> usize {
    if segments == 1 {
        return encoding.prefix(text, encoding.alone().saturating_sub(reserve).max(2));
    }
    let mut size = 0;
    for nth in 0..segments {
        if size == text.len() {
            break;
        }
        let taken = if nth == 0 { reserve } else { 0 };
        size += encoding.prefix(&text[size..], encoding.per_part().saturating_sub(taken).max(2));
    }
    size
}
