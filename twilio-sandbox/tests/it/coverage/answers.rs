//! What answers held, against their shapes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names;

/// One field, or the values of a field.
pub(super) struct Finding {
    pub(super) kind: &'static str,
    pub(super) what: String,
    pub(super) holds: bool,
}

/// The texts of every path that some answer held, null apart from its name.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<String, Vec<String>>);

impl Seen {
    pub(super) fn add(&mut self, answer: &Value) {
        self.walk(answer, "");
    }

    /// An answer without one of its names.
    pub(super) fn without(answer: &Value, name: &str) -> Value {
        let mut answer = answer.clone();
        if let Some(answer) = answer.as_object_mut() {
            answer.remove(name);
        }
        answer
    }

    fn walk(&mut self, value: &Value, path: &str) {
        let texts = self.0.entry(path.to_owned()).or_default();
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.walk(value, &path);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.walk(value, path);
                }
            }
            // An empty text is no value yet.
            Value::String(text) if !text.is_empty() && !texts.contains(text) => texts.push(text.clone()),
            _ => {}
        }
    }
}

/// Each field of a shape, and each enum: whether it was seen, and whether nothing else than its values was.
pub(super) fn compare(shape: &Value, seen: &Seen) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(shape, "", seen, &mut findings);
    findings
}

fn walk(shape: &Value, path: &str, seen: &Seen, findings: &mut Vec<Finding>) {
    match shape {
        Value::Object(shapes) => {
            for (name, shape) in shapes {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(shape, &path, seen, findings);
            }
        }
        Value::Array(shapes) => walk(&shapes[0], path, seen, findings),
        _ => {
            let texts = seen.0.get(path);
            findings.push(Finding { kind: "fields", what: path.to_owned(), holds: texts.is_some() });
            let values = names::values(shape);
            if values.is_empty() {
                return;
            }
            for other in texts.into_iter().flatten() {
                let holds = values.iter().any(|value| value.eq_ignore_ascii_case(other));
                findings.push(Finding {
                    kind: "values",
                    what: format!("{path}={other} is documented"),
                    holds,
                });
            }
        }
    }
}
