//! Join codes: Crockford's base 32 (<https://www.crockford.com/base32.html>), forgiving when read.

const SHORTEST: usize = 8;
const LONGEST: usize = 20;

/// The code a text begins with, in upper case and without separators, and what follows it.
///
/// Lower case, spaces and hyphens inside, I and L for 1 and O for 0 are understood. Words are taken until they have
/// `length` characters, so that a name after the code is not drawn into it. What has a digit and 8 to 20 characters is
/// a code too, though a mistyped one: its sender should hear so.
pub fn read_code(text: &str, length: usize) -> Option<(String, &str)> {
    let mut code = String::new();
    let mut digit = false;
    let mut mistyped = None;
    let mut rest = text;
    while code.len() < length {
        let from = rest.trim_start();
        let (word, after) = from.split_at(from.find(char::is_whitespace).unwrap_or(from.len()));
        let word = word.trim_end_matches([',', ';', ':', '.', '!']);
        let Some(characters) = canonical(word).filter(|_| !word.is_empty()) else { break };
        code.push_str(&characters);
        digit |= word.contains(|c: char| c.is_ascii_digit());
        rest = after;
        if mistyped.is_none() && digit && (SHORTEST..=LONGEST).contains(&code.len()) {
            mistyped = Some((code.clone(), rest));
        }
    }
    if code.len() == length { Some((code, rest)) } else { mistyped }
}

/// The characters in upper case, look-alikes resolved, separators dropped; `None` if one is in no code.
fn canonical(text: &str) -> Option<String> {
    let mut code = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| !is_separator(c)) {
        code.push(match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            upper @ ('0'..='9' | 'A'..='T' | 'V'..='Z') => upper,
            _ => return None,
        });
    }
    Some(code)
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{200b}' | '\u{2060}')
}
