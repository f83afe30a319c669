//! Form fields and query parameters, in order, with repeats.

/// Decoded pairs of a form body or a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of that name, empty ones included.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of that name unless it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every value of that name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Every value of that name, or `None` when the name does not occur.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let values = self.all(name);
        (!values.is_empty()).then(|| values.into_iter().filter(|value| !value.is_empty()).collect())
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_keep_their_order_and_plus_is_a_space() {
        let form = Form::parse(b"Filters=b&Filters=a&Body=a+b%2Bc&Empty=");
        assert_eq!(form.all("Filters"), ["b", "a"]);
        assert_eq!(form.get("Body"), Some("a b+c"));
        assert_eq!((form.get("Empty"), form.filled("Empty"), form.get("None")), (Some(""), None, None));
    }
}
