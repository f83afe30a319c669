//! Texts as PostgreSQL takes them: it has no place for NUL, which may come in with what strangers send.

use std::borrow::Cow;

/// Stands before a `0` in place of a NUL, and before a `1` in place of itself. No writing uses it.
const ESCAPE: char = '\u{10ffff}';

/// The text to store.
pub(super) fn stored(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut stored = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => stored.extend([ESCAPE, '0']),
            ESCAPE => stored.extend([ESCAPE, '1']),
            other => stored.push(other),
        }
    }
    Cow::Owned(stored)
}

/// The text that was stored.
pub(super) fn restored(text: String) -> String {
    if !text.contains(ESCAPE) {
        return text;
    }
    let mut restored = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        restored.push(match c {
            ESCAPE if chars.next() == Some('0') => '\0',
            other => other,
        });
    }
    restored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_none_holds_a_nul() {
        for text in ["", "plain ä", "\0", "a\0b", "\u{10ffff}", "\u{10ffff}0\0\u{10ffff}1", "0\u{10ffff}"] {
            let stored = stored(text);
            assert!(!stored.contains('\0'), "{text:?}");
            assert_eq!(restored(stored.into_owned()), text);
        }
    }

    #[test]
    fn two_texts_are_never_stored_as_one() {
        assert_ne!(stored("\0"), stored("\u{10ffff}0"));
    }
}
