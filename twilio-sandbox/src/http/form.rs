//! Form fields and query parameters, in order, with repeats.

use std::sync::atomic::{AtomicBool, Ordering};

/// Decoded pairs of a form body or a query, and which of them somebody asked for.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
    /// Beside each pair, whether its name was asked for. Atomic, since a request is shared over awaits.
    asked: Vec<AtomicBool>,
}

impl Form {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self::of_pairs(form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(crate) fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        let asked = pairs.iter().map(|_| AtomicBool::new(false)).collect();
        Self { pairs, asked }
    }

    fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().zip(&self.asked).filter(move |((key, _), _)| key == name).map(
            |((_, value), asked)| {
                asked.store(true, Ordering::Relaxed);
                value.as_str()
            },
        )
    }

    /// The first value of that name, empty ones included.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.named(name).next()
    }

    /// The first value of that name unless it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every value of that name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.named(name).map(str::to_owned).collect()
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
        &self.pairs
    }

    /// The names nobody asked for, a misspelt one among them; each once.
    pub(crate) fn ignored(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for ((name, _), asked) in self.pairs.iter().zip(&self.asked) {
            // One value of a name stands for all: a second value of a single-valued name is not a misspelling.
            if !asked.load(Ordering::Relaxed) && !names.contains(&name.as_str()) && !self.knows(name) {
                names.push(name);
            }
        }
        names
    }

    fn knows(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .zip(&self.asked)
            .any(|((key, _), asked)| key == name && asked.load(Ordering::Relaxed))
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

    #[test]
    fn names_nobody_asked_for_are_known() {
        let form = Form::parse(b"Body=a&body=b&Twice=1&Twice=2&body=c&Rest=");
        assert_eq!((form.get("Body"), form.get("Twice"), form.get("BODY")), (Some("a"), Some("1"), None));
        assert_eq!(form.ignored(), ["body", "Rest"]);
        assert_eq!(form.all("body").len(), 2);
        assert_eq!((form.get("Rest"), form.ignored()), (Some(""), Vec::new()));
    }
}
