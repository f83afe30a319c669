//! What people and Si write.

use si_channel_core::command;
use si_channel_core::keyword::{self, KeywordSet};
use si_channel_core::media;
use si_channel_core::segment::split::{self, SplitPolicy};
use si_channel_core::segment::{self, Encoding, smart};
use std::sync::LazyLock;

fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// A keyword stays one whatever surrounds it that is no letter, and nothing panics.
pub(crate) fn keyword(data: &[u8]) {
    static WORDS: LazyLock<KeywordSet> = LazyLock::new(KeywordSet::default);
    let text = text(data);
    let plain = keyword::recognise(&text, &WORDS).map(|found| found.keyword);
    let dressed = format!("\u{200f} {text}!!! \u{1f6d1}");
    assert_eq!(keyword::recognise(&dressed, &WORDS).map(|found| found.keyword), plain, "{text:?}");
    if let Some(carrier) = keyword::carrier_would_match(&text) {
        assert!(plain.is_some(), "Twilio takes {text:?} for {carrier:?} and we for nothing");
    }
    let _ = keyword::means_all(&text);
}

/// A command comes from a text that begins with its word.
pub(crate) fn command(data: &[u8]) {
    let text = text(data);
    for length in [8, 10, 20] {
        let _ = command::parse_with(&text, length);
    }
}

/// A card's name is one line without control characters.
pub(crate) fn contact(data: &[u8]) {
    if let Some(name) = media::contact_name(&text(data)) {
        assert!(!name.chars().any(char::is_control), "{name:?}");
    }
}

/// The parts that Twilio would send hold the whole text, each within its limit.
pub(crate) fn count(data: &[u8]) {
    let text = text(data);
    let counted = segment::count(&text);
    let parts = segment::parts(&text);
    assert_eq!(parts.concat(), text);
    assert_eq!(parts.len(), counted.segments.max(usize::from(!text.is_empty())), "{text:?}");
    for part in parts {
        assert!(segment::count(part).segments <= 1, "{part:?}");
    }
}

/// Smart encoding is done once, and what fits GSM-7 still does. It may cost segments: an ellipsis becomes three stops.
pub(crate) fn smart(data: &[u8]) {
    let text = text(data);
    let once = smart::encode(&text);
    assert_eq!(smart::encode(&once), once);
    if segment::count(&text).encoding == Encoding::Gsm7 {
        assert_eq!(segment::count(&once).encoding, Encoding::Gsm7, "{text:?}");
    }
}

/// Every part fits, none is empty, and together they say the same but for white space between them.
pub(crate) fn split(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let text = text(rest);
    let policy = SplitPolicy { max_segments: Some(usize::from(mode % 4) + 1), ..SplitPolicy::default() };
    let parts = split::split(&text, &policy);
    let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(visible(&parts.concat()), visible(&text), "{text:?}");
    assert!(parts.iter().all(|part| !part.trim().is_empty()), "{parts:?}");
}
