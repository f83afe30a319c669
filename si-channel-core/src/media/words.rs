//! Words in place of what a text cannot show.

use crate::event::{Choice, Details, Location, Received};
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

/// Stands for a shared place in a text: `[location 59.91, 10.75: Oslo]`.
pub fn location(place: &Location) -> String {
    let named: Vec<&str> =
        [&place.label, &place.address].into_iter().flatten().map(|name| name.trim()).collect();
    let colon = if named.is_empty() { "" } else { ": " };
    format!("[location {}, {}{colon}{}]", place.latitude, place.longitude, named.join(", "))
}

/// What a message says in words: its text, and what it is beside that.
pub fn said(received: &Received) -> String {
    let Details { location: place, reaction, choice, message_type, .. } = &*received.details;
    if let Some(reaction) = reaction {
        return match &reaction.emoji {
            Some(emoji) => format!("[reaction {emoji}]"),
            None => "[reaction taken back]".to_owned(),
        };
    }
    let beside = match (place, choice) {
        (Some(place), _) => Some(location(place)),
        // What was chosen is the text too, as a rule.
        (None, Some(choice)) if received.text.trim().is_empty() => Some(chosen(choice)),
        _ => None,
    };
    match beside {
        Some(words) if received.text.is_empty() => words,
        Some(words) => format!("{}\n{words}", received.text),
        None => match message_type.as_deref() {
            // Nothing that can be shown came, but something did.
            Some(kind)
                if received.text.is_empty()
                    && !matches!(kind, "text" | "")
                    && !is_shown_as_file(received) =>
            {
                format!("[{kind}]")
            }
            _ => received.text.clone(),
        },
    }
}

/// Whether its files say what it is. A sticker is more than an image.
fn is_shown_as_file(received: &Received) -> bool {
    !received.media.is_empty() && received.details.message_type.as_deref() != Some("sticker")
}

fn chosen(choice: &Choice) -> String {
    match choice {
        Choice::Button { title: Some(words), .. }
        | Choice::Button { payload: Some(words), .. }
        | Choice::List { title: Some(words), .. }
        | Choice::List { id: Some(words), .. } => format!("[chose {words}]"),
        Choice::Form { .. } => "[form filled in]".to_owned(),
        Choice::Button { .. } | Choice::List { .. } => "[chose]".to_owned(),
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

    #[test]
    fn what_is_no_text_is_said_in_words() {
        let of = |text: &str, details: serde_json::Value, files: usize| {
            let file = serde_json::json!({ "id": "med_1", "reference": "r", "content_type": "image/webp" });
            let received = serde_json::json!({
                "message_sid": "IM1",
                "author": { "kind": "si" },
                "text": text,
                "media": vec![file; files],
                "at": "2026-11-21T10:00:00Z",
                "details": details,
            });
            said(&serde_json::from_value(received).unwrap())
        };
        let place =
            serde_json::json!({ "location": { "latitude": 59.91, "longitude": 10.75, "label": "Home" } });
        for (text, details, files, expected) in [
            ("", place.clone(), 0, "[location 59.91, 10.75: Home]"),
            ("Here", place, 0, "Here\n[location 59.91, 10.75: Home]"),
            ("👍", serde_json::json!({ "reaction": { "emoji": "👍" } }), 0, "[reaction 👍]"),
            ("", serde_json::json!({ "reaction": {} }), 0, "[reaction taken back]"),
            ("Yes", serde_json::json!({ "choice": { "kind": "button", "title": "Yes" } }), 0, "Yes"),
            ("", serde_json::json!({ "choice": { "kind": "list", "id": "7" } }), 0, "[chose 7]"),
            ("", serde_json::json!({ "choice": { "kind": "form", "data": {} } }), 0, "[form filled in]"),
            ("", serde_json::json!({ "message_type": "sticker" }), 1, "[sticker]"),
            ("", serde_json::json!({ "message_type": "image" }), 1, ""),
            ("", serde_json::json!({ "message_type": "order" }), 0, "[order]"),
            ("", serde_json::json!({ "message_type": "text" }), 0, ""),
            ("Hi", serde_json::json!({}), 0, "Hi"),
        ] {
            assert_eq!(of(text, details.clone(), files), expected, "{text:?} {details}");
        }
    }
}
