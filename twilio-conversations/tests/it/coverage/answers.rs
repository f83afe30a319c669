//! Answers made up from shapes: what is read and written again is what the model knows.

use super::{
    book::flipped,
    names::{HEX, values},
};
use serde_json::{Map, Value, json};

/// One field, or one value of a field.
pub(super) struct Finding {
    pub(super) kind: &'static str,
    pub(super) what: String,
    pub(super) holds: bool,
}

/// The paths of a shape's leaves and their kinds. Names of paths are joined by dots; a list is not a step.
pub(super) fn leaves(shape: &Value, path: &str) -> Vec<(String, String)> {
    match shape {
        Value::Object(shapes) => {
            let step = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            shapes.iter().flat_map(|(name, shape)| leaves(shape, &step(name))).collect()
        }
        Value::Array(shapes) => leaves(&shapes[0], path),
        kind => vec![(path.to_owned(), kind.as_str().unwrap_or_default().to_owned())],
    }
}

/// The values at a path, over all entries of lists.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    if let Value::Array(values) = value {
        return values.iter().flat_map(|value| at(value, path)).collect();
    }
    if path.is_empty() {
        return if value.is_null() { Vec::new() } else { vec![value] };
    }
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    at(&value[name], rest)
}

/// The number of samples in which every `type` meets every value of the other enums beside it.
pub(super) fn rounds(shape: &Value) -> usize {
    longest(shape, true) * longest(shape, false)
}

/// How many values the longest enum has, of those called `type` or of the others.
fn longest(shape: &Value, types: bool) -> usize {
    let leaves = leaves(shape, "").into_iter().filter(|(path, _)| is_type(path) == types);
    leaves.map(|(_, kind)| values(&json!(kind)).len()).max().unwrap_or(0).max(1)
}

fn is_type(path: &str) -> bool {
    path.rsplit('.').next() == Some("type")
}

/// A value of a shape, in the given round; enums in the other letter case if `flip`.
pub(super) fn sample(shape: &Value, round: usize, flip: bool) -> Value {
    let types = longest(shape, true);
    made(shape, [round % types, round / types], flip)
}

fn made(shape: &Value, [types, others]: [usize; 2], flip: bool) -> Value {
    match shape {
        Value::Object(shapes) => shapes
            .iter()
            .map(|(name, shape)| {
                let own = if is_type(name) { types } else { others };
                let is_leaf = shape.is_string() || shape[0].is_string();
                let place = if is_leaf { [own, own] } else { [types, others] };
                (name.clone(), made(shape, place, flip))
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(shapes) => json!([made(&shapes[0], [types, others], flip)]),
        _ => match shape.as_str().unwrap_or_default() {
            "time" => json!("2024-01-02T03:04:05Z"),
            "date-time-rfc-2822" => json!("Tue, 02 Jan 2024 03:04:05 +0000"),
            "uri" => json!("https://example.com/1"),
            kind if kind.starts_with("int") => json!(1),
            "number" => json!(1.5),
            "bool" => json!(true),
            "map" => json!({"1": "one"}),
            kind if kind.starts_with('=') => {
                let all = values(shape);
                let value = all[types % all.len()];
                json!(if flip { flipped(value) } else { value.to_owned() })
            }
            prefix if prefix.len() == 2 => json!(format!("{prefix}{HEX}")),
            // Also a number, where a model reads one from text.
            _ => json!("1"),
        },
    }
}

/// Reads samples of a shape and tells of each field whether it was kept, and of each value whether it is known.
pub(super) fn read(shape: &Value, read: impl Fn(&Value) -> Result<Value, serde_json::Error>) -> Vec<Finding> {
    let mut samples = Vec::new();
    for round in 0..rounds(shape) {
        let given = sample(shape, round, false);
        // Forms of templates are told apart by exact values; in another case some cannot be read.
        let in_other_case = read(&sample(shape, round, true)).unwrap_or_default();
        match read(&given) {
            Ok(kept) => samples.push(Sample { given, kept, in_other_case }),
            Err(error) => {
                let what = format!("what cannot be read: {error}");
                return vec![Finding { kind: "fields", what, holds: false }];
            }
        }
    }
    let mut findings = Vec::new();
    for (path, kind) in &leaves(shape, "") {
        let holds = samples.iter().any(|sample| sample.keeps(path));
        findings.push(Finding { kind: "fields", what: path.clone(), holds });
        for value in values(&json!(kind)) {
            let holds = samples.iter().any(|sample| sample.knows(path, value));
            findings.push(Finding { kind: "values", what: format!("{path}={value}"), holds });
        }
    }
    findings
}

/// What a model was given, and what it wrote again.
struct Sample {
    given: Value,
    kept: Value,
    in_other_case: Value,
}

impl Sample {
    fn keeps(&self, path: &str) -> bool {
        let (given, kept) = (at(&self.given, path), at(&self.kept, path));
        !kept.is_empty() && given.len() == kept.len() && given.iter().zip(kept).all(|(a, b)| same(a, b))
    }

    /// A model that knows a value reads it in any case as the same; one that does not keeps it as it came.
    fn knows(&self, path: &str, value: &str) -> bool {
        let kept = at(&self.kept, path);
        let exact = path.starts_with("types.");
        !kept.is_empty()
            && kept.iter().all(|kept| same(kept, &json!(value)))
            && (exact || kept == at(&self.in_other_case, path))
    }
}

/// Methods of webhooks are written in capitals in some places and in small letters in others.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}
