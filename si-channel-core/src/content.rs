//! What an outbound message carries: a text, a template, a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_with::skip_serializing_none;
use twilio_conversations::sid::ContentSid;
use url::Url;

use crate::guidance::Guidance;

/// The most files that are taken at once; each becomes a message of its own.
pub const MAX_FILES: usize = 10;

/// The most values of a template.
pub const MAX_VARIABLES: usize = 100;
/// The most characters of a value's name.
pub const MAX_NAME_CHARS: usize = 16;
/// The most characters of a value. <https://www.twilio.com/docs/api/errors/50529>
pub const MAX_VALUE_CHARS: usize = 256;

/// The type of files of which nothing is known.
pub(crate) const ANY_TYPE: &str = "application/octet-stream";

/// What is to be said, before it is made into messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Utterance {
    /// A content template.
    Template {
        /// Which, with its values.
        template: Template,
    },
    /// Files, each a message of its own, in their order.
    Media {
        /// The files, at most [`MAX_FILES`].
        media: Vec<File>,
        /// A text that goes with the first of them; before them when it is too long for that.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A text, split into as many messages as it needs.
    Text {
        /// The text.
        text: String,
        /// Where it may best be split: byte offsets.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        breaks: Vec<usize>,
        /// How it is to be shown and cut.
        #[serde(default, skip_serializing_if = "is_default")]
        guidance: Box<Guidance>,
    },
}

fn is_default(guidance: &Guidance) -> bool {
    *guidance == Guidance::default()
}

impl Utterance {
    /// A text that may be split anywhere.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), breaks: Vec::new(), guidance: Box::default() }
    }

    /// The words that were written for it; a template's are Twilio's.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { text, .. } | Self::Media { text, .. } => text,
            Self::Template { .. } => "",
        }
    }

    /// It as a text, for those who cannot be shown it.
    pub fn described(&self) -> String {
        match self {
            Self::Text { text, .. } => text.clone(),
            Self::Template { template } => template.described(),
            Self::Media { media, text } => captioned(text, media),
        }
    }
}

/// What one message carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Content {
    /// A content template, in words that Twilio keeps.
    Template {
        /// Which, with its values.
        template: Template,
    },
    /// A file.
    File {
        /// The file.
        file: Box<File>,
        /// The text shown with it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A text.
    Text {
        /// The text.
        text: String,
    },
}

impl Content {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The words that were written for it; a template's are Twilio's.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { text } | Self::File { text, .. } => text,
            Self::Template { .. } => "",
        }
    }

    /// It as a text, for those who cannot be shown it.
    pub fn described(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Template { template } => template.described(),
            Self::File { file, text } => captioned(text, std::slice::from_ref(file)),
        }
    }

    /// The file.
    pub fn file(&self) -> Option<&File> {
        match self {
            Self::File { file, .. } => Some(file),
            _ => None,
        }
    }
}

/// A file in words.
pub(crate) fn label(filename: Option<&str>, content_type: Option<&str>) -> String {
    let content_type = content_type.filter(|content_type| *content_type != ANY_TYPE);
    format!("[{}]", filename.or(content_type).unwrap_or("file"))
}

fn captioned(text: &str, files: &[File]) -> String {
    if text.is_empty() {
        files.iter().map(File::label).collect::<Vec<_>>().join("\n")
    } else {
        text.to_owned()
    }
}

/// A template of Twilio's Content API, the only way to begin on WhatsApp once 24 hours have passed since the person
/// wrote. <https://www.twilio.com/docs/content/using-variables-with-content-api>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Which.
    pub content_sid: ContentSid,
    /// Values for its placeholders, by name (`1`, `2` …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "variables")]
    pub variables: BTreeMap<String, String>,
}

impl Template {
    /// The template and the names of its values, which may themselves be personal.
    fn described(&self) -> String {
        let names: Vec<&str> = self.variables.keys().map(String::as_str).collect();
        match names.as_slice() {
            [] => format!("[template {}]", self.content_sid),
            names => format!("[template {} with {}]", self.content_sid, names.join(", ")),
        }
    }
}

/// A file that is fetched from a URL when it is sent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it is: `https`, or `http` where that is allowed.
    #[serde(deserialize_with = "location")]
    pub url: Url,
    /// Its MIME type, when its server is not to decide.
    #[serde(default, deserialize_with = "content_type")]
    pub content_type: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "filename")]
    pub filename: Option<String>,
}

impl File {
    fn label(&self) -> String {
        label(self.filename.as_deref(), self.content_type.as_deref())
    }
}

fn wrong<E: serde::de::Error>(what: impl std::fmt::Display) -> E {
    E::custom(what)
}

fn variables<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values = BTreeMap::<String, String>::deserialize(deserializer)?;
    if values.len() > MAX_VARIABLES {
        return Err(wrong(format_args!("{} variables; at most {MAX_VARIABLES} are allowed", values.len())));
    }
    for (name, value) in &values {
        let (length, most) = (name.chars().count(), MAX_NAME_CHARS);
        if !(1..=most).contains(&length) {
            return Err(wrong(format_args!("a name of {length} characters; 1 to {most} are allowed")));
        }
        let (length, most) = (value.chars().count(), MAX_VALUE_CHARS);
        if length > most {
            return Err(wrong(format_args!(
                "the value of {name:?} has {length} characters; at most {most} are allowed"
            )));
        }
    }
    Ok(values)
}

fn location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    /// What Twilio and browsers agree on.
    const MOST: usize = 2048;
    let text = String::deserialize(deserializer)?;
    if text.len() > MOST {
        return Err(wrong(format_args!("{} bytes; at most {MOST} are allowed", text.len())));
    }
    let url = Url::parse(&text).map_err(|_| wrong("expected a URL, such as https://example.com/a.png"))?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err(wrong("expected a URL that begins with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a URL with a login is not taken; use a signed URL"));
    }
    Ok(url)
}

fn content_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    match text.split_once('/') {
        Some((family, kind)) if text.len() <= 127 && is_token(family) && is_token(kind) => {
            Ok(Some(text.to_ascii_lowercase()))
        }
        _ => Err(wrong("expected a MIME type without parameters, such as image/png")),
    }
}

fn filename<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let is_plain = !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
    if name.trim().is_empty() || name.chars().count() > 255 || !is_plain {
        return Err(wrong("expected a file name of at most 255 characters, without slashes"));
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    const HX: &str = "HX0123456789abcdef0123456789abcdef";

    #[test]
    fn each_content_reads_back_and_texts_look_as_ever() {
        let file = json!({ "url": "https://example.com/a.png", "filename": "a.png" });
        for (value, described) in [
            (json!({ "text": "Hello" }), "Hello"),
            (json!({ "template": { "content_sid": HX } }), "[template HX0123456789abcdef0123456789abcdef]"),
            (
                json!({ "template": { "content_sid": HX, "variables": { "1": "Ann", "2": "six" } } }),
                "[template HX0123456789abcdef0123456789abcdef with 1, 2]",
            ),
            (json!({ "file": file, "text": "Look" }), "Look"),
            (json!({ "file": file }), "[a.png]"),
        ] {
            let content: Content = from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&content).unwrap(), value);
            assert_eq!(content.described(), described);
        }
    }

    #[test]
    fn values_of_templates_have_twilios_limits() {
        let template = |variables: Value| {
            from_value::<Template>(json!({ "content_sid": HX, "variables": variables })).map(drop)
        };
        template(json!({ "sixteen_letters_": "v".repeat(256) })).unwrap();
        let many: BTreeMap<String, String> = (0..101).map(|n| (n.to_string(), "v".to_owned())).collect();
        for (variables, says) in [
            (json!({ "1": "v".repeat(257) }), "the value of \"1\" has 257 characters"),
            (json!({ "seventeen_letters": "v" }), "17 characters"),
            (json!({ "": "v" }), "0 characters"),
            (json!(many), "101 variables"),
            (json!({ "1": 7 }), "expected a string"),
        ] {
            let error = template(variables).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = from_value::<Template>(json!({ "content_sid": "HX1" })).unwrap_err().to_string();
        assert!(error.contains("expected HX"), "{error}");
    }

    #[test]
    fn a_file_has_a_plain_url_type_and_name() {
        let url = "https://example.com/a";
        for wrong in [
            json!({ "url": "example.com/a" }),
            json!({ "url": "ftp://example.com/a" }),
            json!({ "url": "file:///etc/passwd" }),
            json!({ "url": "https://u:p@example.com/a" }),
            json!({ "url": format!("https://example.com/{}", "a".repeat(2048)) }),
            json!({ "url": url, "content_type": "png" }),
            json!({ "url": url, "content_type": "image/png\r\nx" }),
            json!({ "url": url, "filename": "../a" }),
            json!({ "url": url, "filename": " " }),
            json!({ "url": url, "size": 1 }),
            json!({}),
        ] {
            assert!(from_value::<File>(wrong.clone()).is_err(), "{wrong}");
        }
        let file: File = from_value(json!({ "url": url, "content_type": "Image/PNG" })).unwrap();
        assert_eq!(file.content_type.as_deref(), Some("image/png"));
    }
}
