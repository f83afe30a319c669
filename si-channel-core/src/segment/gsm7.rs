//! The GSM 03.38 default alphabet with its extension table, as Twilio's calculator has it.

/// Septets of a text that is one segment.
pub(super) const ALONE: usize = 160;
/// Septets of each part of a text of several segments.
pub(super) const PER_PART: usize = 153;

/// Septets of each ASCII character, 0 for those that GSM-7 does not have.
static ASCII: [u8; 128] = {
    let mut table = [0; 128];
    let mut code = 0;
    while code < 128 {
        table[code as usize] = match code {
            b'\n' | b'\r' | b' '..=b'Z' | b'_' | b'a'..=b'z' => 1,
            0x0c | b'['..=b'^' | b'{'..=b'~' => 2,
            _ => 0,
        };
        code += 1;
    }
    table
};

/// Characters of a GSM-7 text, and how many of them take a second septet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) characters: usize,
    pub(super) extended: usize,
}

/// Septets of a character: 1, 2 for the extension table, `None` outside GSM-7.
///
/// Lower-case `ç` and the backtick are outside; form feed and `€` are in the extension table.
pub const fn septets(c: char) -> Option<usize> {
    if c.is_ascii() {
        return match ASCII[c as usize] {
            0 => None,
            septets => Some(septets as usize),
        };
    }
    match c {
        '¡' | '£' | '¤' | '¥' | '§' | '¿' | 'Ä' | 'Å' | 'Æ' | 'Ç' | 'É' | 'Ñ' | 'Ö' | 'Ø' | 'Ü' | 'ß'
        | 'à' | 'ä' | 'å' | 'æ' | 'è' | 'é' | 'ì' | 'ñ' | 'ò' | 'ö' | 'ø' | 'ù' | 'ü' | 'Γ' | 'Δ' | 'Θ'
        | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' => Some(1),
        '€' => Some(2),
        _ => None,
    }
}

/// Whether every character of the text is in GSM-7.
pub fn fits(text: &str) -> bool {
    total(text).is_some()
}

pub(super) fn total(text: &str) -> Option<Total> {
    let (mut characters, mut extended) = (0, 0);
    if text.is_ascii() {
        // Chunks, so that the loop inside has no way out and stays fast.
        for chunk in text.as_bytes().chunks(64) {
            let mut missing = false;
            for byte in chunk {
                let septets = ASCII[usize::from(byte & 0x7f)];
                missing |= septets == 0;
                extended += usize::from(septets >> 1);
            }
            if missing {
                return None;
            }
        }
        characters = text.len();
    } else {
        for c in text.chars() {
            characters += 1;
            extended += septets(c)? - 1;
        }
    }
    Some(Total { characters, extended })
}

/// Bytes of the longest beginning with at most `capacity` septets; ends before a character outside GSM-7.
pub(super) fn prefix(text: &str, capacity: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        let Some(septets) = septets(c) else { return at };
        used += septets;
        if used > capacity {
            return at;
        }
    }
    text.len()
}
