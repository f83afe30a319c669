use crate::limit::{
    self, CONTENT_VARIABLE_NAME_CHARS, CONTENT_VARIABLE_VALUE_CHARS, CONTENT_VARIABLES, LimitError,
};
use std::collections::BTreeMap;

/// Values for the placeholders of a template, by name (`1`, `2` …). `Debug` hides them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ContentVariables(BTreeMap<String, String>);

impl ContentVariables {
    /// Takes the values.
    ///
    /// # Errors
    /// [`LimitError`] for more than 100 values, a name over 16 characters or a value over 256 characters.
    pub fn new<N: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, LimitError> {
        let values: BTreeMap<String, String> =
            values.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        limit::entries("ContentVariables", values.len(), CONTENT_VARIABLES)?;
        for (name, value) in &values {
            limit::characters("the name of a content variable", name, CONTENT_VARIABLE_NAME_CHARS)?;
            limit::characters("the value of a content variable", value, CONTENT_VARIABLE_VALUE_CHARS)?;
        }
        Ok(Self(values))
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        self.0
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

impl std::fmt::Debug for ContentVariables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentVariables({} values)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_a_json_object_within_limits() {
        let variables = ContentVariables::new([("1", "An\"n"), ("2", "x")]).unwrap();
        assert_eq!(variables.to_json().to_string(), r#"{"1":"An\"n","2":"x"}"#);
        assert!(!format!("{variables:?}").contains("An"));
        let long = "v".repeat(257);
        assert!(ContentVariables::new([("1", long.as_str())]).is_err());
        assert!(ContentVariables::new([("seventeen letters", "v")]).is_err());
        assert!(ContentVariables::new((0..101).map(|i| (i.to_string(), "v"))).is_err());
    }
}
