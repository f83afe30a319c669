//! `{{name}}` in a template's texts.
//!
//! <https://www.twilio.com/docs/content/using-variables-with-content-api>

/// Characters of a placeholder's name.
pub(crate) const NAME: usize = 16;

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Takes a text apart; what is wrong with its first bad placeholder otherwise.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find("{{") {
        let (before, opened) = rest.split_at(start);
        let opened = &opened[2..];
        let end = opened.find("}}").ok_or_else(|| format!("a placeholder is not closed: {{{{{opened}"))?;
        let name = &opened[..end];
        if !is_name(name) {
            return Err(format!("{{{{{name}}}}} is not a placeholder: 1 to {NAME} letters, digits or _"));
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Variable(name));
        rest = &opened[end + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// Whether a placeholder can have that name.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=NAME).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Puts values in place of names; the first name without a value otherwise.
pub(crate) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, String> {
    // A stored text was taken apart before.
    let Ok(pieces) = pieces(text) else { return Ok(text.to_owned()) };
    let mut filled = String::with_capacity(text.len());
    for piece in pieces {
        filled.push_str(match piece {
            Piece::Text(text) => text,
            Piece::Variable(name) => value(name).ok_or_else(|| name.to_owned())?,
        });
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_or_its_mistake_named() {
        use Piece::{Text, Variable};
        assert_eq!(
            pieces("Hi {{1}}, {{IdName}}{{2}}").unwrap(),
            [Text("Hi "), Variable("1"), Text(", "), Variable("IdName"), Variable("2")]
        );
        assert_eq!(pieces("{one} } }}").unwrap(), [Text("{one} } }}")]);
        for bad in ["{{}}", "{{id name}}", "{{example}", "a {{ 1 }}", "{{12345678901234567}}"] {
            assert!(pieces(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_take_the_place_of_names() {
        let value = |name: &str| (name == "1").then_some("Ann");
        assert_eq!(fill("Hi {{1}}!", value).unwrap(), "Hi Ann!");
        assert_eq!(fill("Hi {{2}}!", value).unwrap_err(), "2");
    }
}
