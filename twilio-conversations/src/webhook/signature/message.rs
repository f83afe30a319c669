//! The bytes that are signed.

use std::collections::{BTreeMap, BTreeSet};

/// Each URL followed by the parameters in signing order, in every order that a helper library uses.
pub(super) fn form_messages<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    urls: &[String],
    params: &[(N, V)],
) -> Vec<Vec<u8>> {
    let by_bytes = form_suffix(params);
    let by_utf16 = form_suffix_by_utf16(params);
    let mut suffixes = vec![by_bytes];
    if suffixes[0] != by_utf16 {
        suffixes.push(by_utf16);
    }
    urls.iter()
        .flat_map(|url| suffixes.iter().map(|suffix| [url.as_bytes(), suffix.as_slice()].concat()))
        .collect()
}

/// Names in byte order, each followed by its value; the values of a repeated name once each and in order, with the name
/// before each (twilio-node and twilio-python agree here, Twilio documents no rule).
pub(super) fn form_suffix<N: AsRef<[u8]>, V: AsRef<[u8]>>(params: &[(N, V)]) -> Vec<u8> {
    let mut sorted: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
    for (name, value) in params {
        sorted.entry(name.as_ref()).or_default().insert(value.as_ref());
    }
    let mut suffix = Vec::new();
    for (name, values) in sorted {
        for value in values {
            suffix.extend_from_slice(name);
            suffix.extend_from_slice(value);
        }
    }
    suffix
}

/// As [`form_suffix`], in the order of JavaScript strings, which differs for emoji beside U+E000–U+FFFF.
fn form_suffix_by_utf16<N: AsRef<[u8]>, V: AsRef<[u8]>>(params: &[(N, V)]) -> Vec<u8> {
    let units = |bytes: &[u8]| String::from_utf8_lossy(bytes).encode_utf16().collect::<Vec<_>>();
    let mut sorted: BTreeMap<Vec<u16>, BTreeSet<Vec<u16>>> = BTreeMap::new();
    for (name, value) in params {
        sorted.entry(units(name.as_ref())).or_default().insert(units(value.as_ref()));
    }
    let mut suffix = String::new();
    for (name, values) in sorted {
        for value in values {
            suffix.push_str(&String::from_utf16_lossy(&name));
            suffix.push_str(&String::from_utf16_lossy(&value));
        }
    }
    suffix.into_bytes()
}
