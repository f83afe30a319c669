//! The free JSON that Twilio keeps on conversations, participants, messages and users.
//!
//! ```
//! use twilio_conversations::Attributes;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Ours {
//!     session: String,
//! }
//!
//! let attributes = Attributes::from_value(&Ours { session: "s-1".into() })?;
//! assert_eq!(attributes.as_str(), r#"{"session":"s-1"}"#);
//! let ours: Ours = attributes.parse()?;
//! assert_eq!(ours.session, "s-1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Attributes as Twilio carries them: a string that holds a JSON document. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Option<String>", into = "String")]
pub struct Attributes(String);

impl Default for Attributes {
    /// `{}`, as Twilio writes attributes that were never set.
    fn default() -> Self {
        Self("{}".into())
    }
}

impl From<Option<String>> for Attributes {
    fn from(text: Option<String>) -> Self {
        text.map_or_else(Self::default, Self)
    }
}

impl From<Attributes> for String {
    fn from(attributes: Attributes) -> Self {
        attributes.0
    }
}

impl Attributes {
    /// Takes the text as it is, valid JSON or not.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A value of your own as JSON.
    ///
    /// # Errors
    /// When the value cannot be JSON, such as a map whose keys are no text.
    pub fn from_value<T: Serialize>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self)
    }

    /// Read as a type of your own; an empty text counts as `{}`.
    ///
    /// # Errors
    /// When the text is not JSON of that shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(if self.0.trim().is_empty() { "{}" } else { &self.0 })
    }

    /// The text as Twilio sent it, such as `{}`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The document; an empty text counts as `{}`.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn to_json(&self) -> Result<Value, serde_json::Error> {
        self.parse()
    }

    /// The value of one key; `None` too when the text is not a JSON object.
    pub fn get(&self, key: &str) -> Option<Value> {
        match self.to_json() {
            Ok(Value::Object(mut object)) => object.remove(key),
            _ => None,
        }
    }
}

impl From<&Value> for Attributes {
    fn from(value: &Value) -> Self {
        Self(value.to_string())
    }
}

impl std::fmt::Debug for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attributes({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_read_and_bad_json_is_kept() {
        let attributes = Attributes::from(&json!({"si": {"id": 7}}));
        assert_eq!(attributes.get("si"), Some(json!({"id": 7})));
        assert_eq!(Attributes::new("").to_json().unwrap(), json!({}));
        assert_eq!(serde_json::from_str::<Attributes>("null").unwrap().as_str(), "{}");
        let broken = Attributes::new("{nope");
        assert!(broken.to_json().is_err());
        assert_eq!((broken.get("x"), broken.as_str()), (None, "{nope"));
        assert!(!format!("{broken:?}").contains("nope"));
    }
}
