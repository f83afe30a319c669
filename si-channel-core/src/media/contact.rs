//! The name on a contact card.

/// The formatted name (`FN`) of the first card, as RFC 6350 and vCard 3.0 write it; at most 100 characters.
/// <https://www.rfc-editor.org/rfc/rfc6350#section-6.2.1>
pub fn contact_name(card: &str) -> Option<String> {
    // A line that begins with white space goes on with the one before it.
    let unfolded = card.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("\n\t", "");
    unfolded.lines().find_map(|line| {
        let (property, value) = line.split_once(':')?;
        let name = property.split(';').next()?;
        let name = name.rsplit('.').next()?;
        name.eq_ignore_ascii_case("FN").then(|| unescaped(value.trim())).filter(|name| !name.is_empty())
    })
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push(' '),
                Some(escaped) if !escaped.is_control() => text.push(escaped),
                Some(_) | None => {}
            },
            control if control.is_control() => {}
            other => text.push(other),
        }
    }
    text.trim().chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_any_spelling() {
        for (card, expected) in [
            (
                "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada\r\nFN:Ada Lovelace\r\nEND:VCARD",
                Some("Ada Lovelace"),
            ),
            ("BEGIN:VCARD\nitem1.fn;CHARSET=UTF-8:Søren\\, Jr.\nEND:VCARD", Some("Søren, Jr.")),
            ("FN:Ada Love\r\n lace", Some("Ada Lovelace")),
            ("FN:\r\nfn: Second ", Some("Second")),
            ("FN:A\\\0d\u{1}a", Some("Ada")),
            ("NOTE:FN is missing\nX-FN:no", None),
            ("", None),
        ] {
            assert_eq!(contact_name(card).as_deref(), expected, "{card:?}");
        }
        assert_eq!(contact_name(&format!("FN:{}", "é".repeat(500))).unwrap().chars().count(), 100);
        assert_eq!(contact_name("FN:a\u{7}b\\").as_deref(), Some("ab"));
    }
}
