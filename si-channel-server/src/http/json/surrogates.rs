//! Halves of UTF-16 pairs, as programs write them that cut a text between them.

use std::borrow::Cow;

/// The same JSON with each escaped half of a pair that lacks the other (`\ud83d`) made U+FFFD, as browsers and Python
/// decode it, so that one broken emoji does not cost the whole text. Each stays one UTF-16 code unit.
pub fn mended(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(offset) = json[at..].iter().position(|byte| *byte == b'\\') {
        let start = at + offset;
        at = match (unit(json, start), unit(json, start + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => start + 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.to_mut()[start + 2..start + 6].copy_from_slice(b"fffd");
                start + 6
            }
            (Some(_), _) => start + 6,
            // An escape of one character, which may be a backslash.
            (None, _) => (start + 2).min(json.len()),
        };
    }
    mended
}

/// The code unit that is escaped here.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f54_lone_halves_are_replaced_and_nothing_else_is() {
        for (json, text) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""a\uDE00b""#, "a\u{fffd}b"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\\ud83d \u00e9""#, "\\ud83d é"),
            (r#""plain""#, "plain"),
        ] {
            let read: String = serde_json::from_slice(&mended(json.as_bytes())).unwrap();
            assert_eq!(read, text, "{json}");
        }
        for broken in [r#""\"#, r#""\ud8"#, r#""\u+123""#, "\"\\", "\\\\\\u"] {
            assert_eq!(mended(broken.as_bytes()), broken.as_bytes());
        }
    }
}
