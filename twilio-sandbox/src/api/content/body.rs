//! JSON bodies of the Content API.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::http::request::Call;
use crate::state::content::placeholder::{NAME, is_name};

/// Placeholders of a template.
const VARIABLES: usize = 100;
/// Characters of a placeholder's value.
const VALUE: usize = 1600;

/// The fields of a JSON object; a null counts as left out.
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// A body of another type is 415, one that is no JSON object 400.
    pub(super) fn read(call: &Call) -> Result<Self, ApiError> {
        if !call.is_json() {
            let message = "Content-Type must be application/json";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, 20001, message));
        }
        match serde_json::from_slice(&call.body) {
            Ok(Value::Object(mut fields)) => {
                fields.retain(|_, value| !value.is_null());
                Ok(Self(fields))
            }
            _ => Err(invalid("The body must be a JSON object")),
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(invalid(format!("{name} must be a text"))),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(invalid(format!("{name} must be true or false"))),
        }
    }

    /// Samples by placeholder.
    pub(super) fn variables(&self) -> Result<Option<BTreeMap<String, String>>, ApiError> {
        let Some(given) = self.0.get("variables") else { return Ok(None) };
        let Value::Object(given) = given else { return Err(invalid("variables must be an object")) };
        if given.len() > VARIABLES {
            return Err(invalid(format!("variables has more than {VARIABLES} entries")));
        }
        let variables = given.iter().map(|(name, value)| match value {
            _ if !is_name(name) => {
                Err(invalid(format!("variables: {name:?} is not a name: 1 to {NAME} letters, digits or _")))
            }
            Value::String(text) if text.chars().count() <= VALUE => Ok((name.clone(), text.clone())),
            Value::String(_) => Err(invalid(format!("variables.{name} is longer than {VALUE} characters"))),
            _ => Err(invalid(format!("variables.{name} must be a text"))),
        });
        variables.collect::<Result<_, _>>().map(Some)
    }
}

/// 400/20001: which parameter, and what is wrong with it.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad(20001, message)
}
