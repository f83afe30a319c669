//! What is signed behind the URL: the parameters in signing order.

use std::borrow::Cow;

/// Names in byte order, each followed by its value; the values of a repeated name once each and in order, with the name
/// before each (twilio-node and twilio-python agree here, Twilio documents no rule).
pub(super) fn by_bytes<N: AsRef<[u8]>, V: AsRef<[u8]>>(params: &[(N, V)]) -> Vec<u8> {
    let pair = |place: u32| {
        let (name, value) = &params[place as usize];
        (name.as_ref(), value.as_ref())
    };
    let starts = params.iter().map(|(name, _)| first_bytes(name.as_ref()));
    let mut sorted: Vec<(u64, u32)> = starts.zip(0..).collect();
    sorted.sort_unstable_by(|(start, place), (other_start, other_place)| {
        start.cmp(other_start).then_with(|| pair(*place).cmp(&pair(*other_place)))
    });
    sorted.dedup_by(|(start, place), (before, other)| start == before && pair(*place) == pair(*other));
    let bytes = params.iter().map(|(name, value)| name.as_ref().len() + value.as_ref().len()).sum();
    let mut joined = Vec::with_capacity(bytes);
    for (_, place) in sorted {
        let (name, value) = pair(place);
        joined.extend_from_slice(name);
        joined.extend_from_slice(value);
    }
    joined
}

/// The first eight bytes as a number in the order of the bytes: most names differ there.
fn first_bytes(name: &[u8]) -> u64 {
    match name.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => (0..8).fold(0, |number, at| number << 8 | u64::from(name.get(at).copied().unwrap_or(0))),
    }
}

/// As [`by_bytes`], in the order of JavaScript strings, which differs for emoji beside U+E000–U+FFFF; bytes that are not
/// UTF-8 become U+FFFD. `None` when nothing of this can make a difference.
pub(super) fn by_utf16<N: AsRef<[u8]>, V: AsRef<[u8]>>(params: &[(N, V)]) -> Option<Vec<u8>> {
    if params.iter().all(|(name, value)| name.as_ref().is_ascii() && value.as_ref().is_ascii()) {
        return None;
    }
    let mut sorted: Vec<[Cow<'_, str>; 2]> = params
        .iter()
        .map(|(name, value)| [name.as_ref(), value.as_ref()].map(String::from_utf8_lossy))
        .collect();
    let units = |text: &Cow<'_, str>| text.encode_utf16().collect::<Vec<_>>();
    sorted.sort_by_cached_key(|pair| pair.each_ref().map(units));
    sorted.dedup();
    Some(sorted.concat().concat().into_bytes())
}

/// Looks with the parameters in the usual order, then in the other where that is another.
pub(super) fn in_each_order<N: AsRef<[u8]>, V: AsRef<[u8]>, T>(
    params: &[(N, V)],
    mut find: impl FnMut(&[u8]) -> Option<T>,
) -> Option<T> {
    let usual = by_bytes(params);
    find(&usual).or_else(|| {
        let other = by_utf16(params).filter(|other| *other != usual)?;
        find(&other)
    })
}
