//! The template that says what a text said.

use serde::{Deserialize, Serialize};
use twilio_conversations::sid::ContentSid;

use crate::content::{MAX_VALUE_CHARS, Template};

/// A template that says what a text said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowTemplate {
    /// The template, approved by WhatsApp.
    pub content_sid: ContentSid,
    /// The name of its placeholder that takes the text; `1` unless set.
    #[serde(default = "first", deserialize_with = "name_or_number")]
    pub variable: String,
}

fn first() -> String {
    "1".to_owned()
}

/// Names of placeholders are mostly numbers, and are written as such.
fn name_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Name {
        Text(String),
        Number(u32),
    }
    Ok(match Name::deserialize(deserializer)? {
        Name::Text(name) => name,
        Name::Number(number) => number.to_string(),
    })
}

impl WindowTemplate {
    /// The template with a text in it; `None` when the text is too long for a value. WhatsApp takes neither line breaks
    /// nor runs of spaces there.
    pub(crate) fn saying(&self, text: &str) -> Option<Template> {
        let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = value.chars().count() <= MAX_VALUE_CHARS;
        let variables = [(self.variable.clone(), value)].into();
        fits.then(|| Template { content_sid: self.content_sid.clone(), variables })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_a_text_that_fits_on_one_line() {
        let sid = "HX0123456789abcdef0123456789abcdef";
        for (name, read) in [("", "1"), (r#","variable":2"#, "2"), (r#","variable":"text""#, "text")] {
            let template: WindowTemplate =
                serde_json::from_str(&format!(r#"{{"content_sid":"{sid}"{name}}}"#)).unwrap();
            let filled = template.saying(" Hi\n\tAnn ").unwrap();
            assert_eq!(filled.variables, [(read.to_owned(), "Hi Ann".to_owned())].into());
            assert!(template.saying(&"é".repeat(256)).is_some());
            assert_eq!(template.saying(&"é".repeat(257)), None);
        }
    }
}
