//! Counts the parts a text takes on the air.

const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The number of parts: GSM 03.38 when every character is in it, UCS-2 otherwise. An empty body is one part.
pub(crate) fn segments(body: &str) -> usize {
    let septets: Option<Vec<usize>> = body
        .chars()
        .map(|c| if GSM.contains(c) { Some(1) } else { EXTENSION.contains(c).then_some(2) })
        .collect();
    match septets {
        Some(units) => parts(units.into_iter(), 160, 153),
        None => parts(body.chars().map(char::len_utf16), 70, 67),
    }
}

/// Fills parts without splitting a character's units.
fn parts(units: impl Iterator<Item = usize> + Clone, single: usize, each: usize) -> usize {
    if units.clone().sum::<usize>() <= single {
        return 1;
    }
    let (mut count, mut used) = (1, 0);
    for unit in units {
        if used + unit > each {
            count += 1;
            used = 0;
        }
        used += unit;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_borders_of_each_encoding() {
        for (body, expected) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            // 152 septets, and the pair of the next does not fit into the one that is left.
            (format!("{}€{}", "a".repeat(152), "a".repeat(152)), 3),
            ("ы".repeat(70), 1),
            ("ы".repeat(71), 2),
            ("😀".repeat(35), 1),
            // 33 emoji fill a part of 67 units, since none is split.
            ("😀".repeat(66), 2),
            ("😀".repeat(67), 3),
            ("a`".to_owned(), 1),
        ] {
            assert_eq!(segments(&body), expected, "{} characters", body.chars().count());
        }
        assert_eq!(GSM.chars().count(), 127);
    }
}
