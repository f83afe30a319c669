//! Words in place of what a text cannot show.

use crate::event::Received;
use crate::media::MediaState;

/// What can be said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described<'a> {
    /// Its MIME type.
    pub content_type: &'a str,
    /// Its size, when known.
    pub bytes: Option<u64>,
    /// What it calls itself.
    pub label: Option<&'a str>,
    /// How far it has come.
    pub state: MediaState,
}

/// Stands for a file in a text: `[image, 240 KB]`.
///
/// ```
/// use si_channel_core::media::{Described, MediaState, placeholder};
///
/// let image = Described { content_type: "image/png", bytes: Some(240_000), label: None, state: MediaState::Stored };
/// assert_eq!(placeholder(&image), "[image, 240 KB]");
/// ```
pub fn placeholder(file: &Described<'_>) -> String {
    let mut words = kind(file.content_type).to_owned();
    if let Some(label) = file.label {
        words = format!("{words} {label}");
    }
    if let Some(bytes) = file.bytes {
        words = format!("{words}, {}", size(bytes));
    }
    match file.state {
        MediaState::Failed => format!("[{words}, not available]"),
        MediaState::Removed => format!("[{words}, no longer kept]"),
        MediaState::Pending | MediaState::Stored => format!("[{words}]"),
    }
}

fn kind(content_type: &str) -> &str {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match essence.split('/').next().unwrap_or_default() {
        _ if matches!(essence, "text/vcard" | "text/x-vcard" | "text/directory") => "contact",
        _ if essence == "application/pdf" => "PDF",
        family @ ("image" | "audio" | "video" | "text") => family,
        _ => "file",
    }
}

/// Decimal units, as phones show them.
fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..999_500 => format!("{} KB", (bytes + 500) / 1_000),
        _ => {
            let tenths = bytes.saturating_add(50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// Stands for a shared place in a text: `[location 59.91, 10.75: Oslo]`. `None` when none was shared, or what was is
/// no place on Earth; the parameters are kept beside the message either way.
pub fn location(received: &Received) -> Option<String> {
    let given = |name: &str| received.extra.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let degrees = |name: &str, most: f64| {
        given(name).filter(|text| text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most))
    };
    let (latitude, longitude) = (degrees("Latitude", 90.0)?, degrees("Longitude", 180.0)?);
    let named: Vec<&str> = [given("Label"), given("Address")].into_iter().flatten().collect();
    let colon = if named.is_empty() { "" } else { ": " };
    Some(format!("[location {latitude}, {longitude}{colon}{}]", named.join(", ")))
}

/// What a message says in words: its text, and the place that was shared.
pub fn said(received: &Received) -> String {
    match location(received) {
        Some(place) if received.text.is_empty() => place,
        Some(place) => format!("{}\n{place}", received.text),
        None => received.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_kind_and_size() {
        for (content_type, bytes, expected) in [
            ("image/jpeg", Some(240_000), "[image, 240 KB]"),
            ("image/jpeg", None, "[image]"),
            ("audio/ogg; codecs=opus", Some(1), "[audio, 1 byte]"),
            ("video/mp4", Some(15_960_000), "[video, 16.0 MB]"),
            ("application/pdf", Some(999_499), "[PDF, 999 KB]"),
            ("application/pdf", Some(999_500), "[PDF, 1.0 MB]"),
            ("text/x-vcard", Some(999), "[contact, 999 bytes]"),
            ("text/plain", Some(u64::MAX), "[text, 18446744073709.5 MB]"),
            ("application/octet-stream", None, "[file]"),
            ("", None, "[file]"),
        ] {
            let file = Described { content_type, bytes, label: None, state: MediaState::Pending };
            assert_eq!(placeholder(&file), expected, "{content_type} {bytes:?}");
        }
    }

    #[test]
    fn what_is_not_here_is_said_and_a_contact_has_its_name() {
        let file =
            Described { content_type: "image/png", bytes: Some(5), label: None, state: MediaState::Failed };
        assert_eq!(placeholder(&file), "[image, 5 bytes, not available]");
        let removed = Described { state: MediaState::Removed, ..file };
        assert_eq!(placeholder(&removed), "[image, 5 bytes, no longer kept]");
        let contact = Described {
            content_type: "text/vcard",
            bytes: Some(120),
            label: Some("Ada Lovelace"),
            state: MediaState::Stored,
        };
        assert_eq!(placeholder(&contact), "[contact Ada Lovelace, 120 bytes]");
    }
}
