//! Names that people give themselves, made fit to stand before their texts.

use unicode_segmentation::UnicodeSegmentation;

/// Grapheme clusters of a name at most.
pub const LONGEST_NAME: usize = 40;

/// Bytes of a name at most, since one cluster may have any number of marks.
const BYTES: usize = 400;

/// The name in a text: one line with single spaces, nothing invisible, at most [`LONGEST_NAME`] clusters and 400 bytes.
///
/// `None` when nothing is left.
pub fn clean_name(text: &str) -> Option<String> {
    let shown: String = text.chars().filter(|&c| is_shown(c)).collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = line.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
    let end = ends.take(LONGEST_NAME).take_while(|&end| end <= BYTES).last()?;
    Some(line[..end].trim_end().to_owned())
}

pub(super) fn too_long(text: &str) -> bool {
    text.graphemes(true).nth(LONGEST_NAME).is_some() || text.len() > BYTES
}

/// Not control characters, nor what cannot be seen or turns the text around; joiners stay, since emoji and several
/// scripts need them.
fn is_shown(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let turning =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    !invisible && !turning && (!c.is_control() || c.is_whitespace())
}
