//! The lists beside this file, for the coverage tests of the SDK and of the sandbox, which both include it.
//!
//! `TWILIO_NAMES` reads the lists from another folder, and `COVERAGE_REPORT` writes what was found to a file:
//! `cargo xtask coverage` sets both.

#![allow(dead_code, reason = "each side needs a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/coverage");
const PRODUCTS: [&str; 5] = ["conversations", "content", "api", "messaging", "lookups"];
/// Thirty-two hexadecimal digits, behind the prefix of a SID.
pub(crate) const HEX: &str = "0123456789abcdef0123456789abcdef";

/// A product: its operations and the shapes of their answers.
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) operations: Vec<Operation>,
    pub(crate) answers: Map<String, Value>,
}

/// An operation as Twilio documents it.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Where a parameter stands (`query`, `form`, `json`, `header`), its name, and its shape.
    pub(crate) parameters: Vec<(&'static str, String, Value)>,
    pub(crate) answer: Option<String>,
    /// The name that a list of answers has.
    pub(crate) list: Option<String>,
    pub(crate) page: bool,
    /// The statuses of success.
    pub(crate) statuses: Vec<u64>,
}

impl Operation {
    fn read(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let mut parameters = Vec::new();
        for place in ["query", "form", "json", "header"] {
            for (name, shape) in value[place].as_object().into_iter().flatten() {
                parameters.push((place, name.clone(), shape.clone()));
            }
        }
        Self {
            method: text("method").unwrap(),
            path: text("path").unwrap(),
            parameters,
            answer: text("answer"),
            list: text("list"),
            page: value["page"] == true,
            statuses: value["statuses"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect(),
        }
    }

    /// `POST /v1/Conversations`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether a path with values is this operation's.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let mut values = path.split('/');
        let fits = self.path.split('/').all(|name| {
            let Some(value) = values.next() else { return false };
            match name.split_once('{') {
                Some((before, rest)) => {
                    let after = rest.split_once('}').map_or("", |(_, after)| after);
                    value.starts_with(before) && value.ends_with(after)
                }
                None => name == value,
            }
        });
        fits && values.next().is_none()
    }
}

fn folder() -> PathBuf {
    std::env::var_os("TWILIO_NAMES").map_or_else(|| PathBuf::from(FOLDER), PathBuf::from)
}

fn file(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every list.
pub(crate) fn products() -> Vec<Product> {
    PRODUCTS
        .into_iter()
        .map(|name| {
            let list = file(&folder().join(name).with_extension("json"));
            Product {
                name,
                operations: list["operations"].as_array().unwrap().iter().map(Operation::read).collect(),
                answers: list["answers"].as_object().unwrap().clone(),
            }
        })
        .collect()
}

/// The values of a shape such as `=a|b`; none of any other.
pub(crate) fn values(shape: &Value) -> Vec<&str> {
    shape
        .as_str()
        .and_then(|kind| kind.strip_prefix('='))
        .map_or_else(Vec::new, |all| all.split('|').collect())
}

/// What was found, by product, and what is missing.
pub(crate) struct Report {
    side: &'static str,
    counts: BTreeMap<(&'static str, &'static str), (u64, u64)>,
    missing: Vec<String>,
    exceptions: Vec<Exception>,
}

/// What may be missing, by its whole name or the beginning before a `*`.
struct Exception {
    pattern: String,
    /// Something that it names is missing.
    used: bool,
}

impl Report {
    /// For `sdk` or `sandbox`, each with exceptions of its own.
    pub(crate) fn new(side: &'static str) -> Self {
        let exceptions = file(&Path::new(FOLDER).join("exceptions.json"));
        let exceptions = exceptions.as_array().unwrap().iter().filter(|one| {
            assert!(one["reason"].as_str().is_some_and(|reason| reason.len() > 10), "{one} has no reason");
            one["side"] == side || one["side"] == "both"
        });
        let exceptions = exceptions.flat_map(|one| {
            let patterns = one["what"].as_array().unwrap().iter();
            patterns.map(|what| Exception { pattern: what.as_str().unwrap().into(), used: false })
        });
        let exceptions = exceptions.collect();
        Self { side, counts: BTreeMap::new(), missing: Vec::new(), exceptions }
    }

    /// Whether something may be missing.
    pub(crate) fn is_excepted(&mut self, what: &str) -> bool {
        let mut found = false;
        for exception in &mut self.exceptions {
            let fits = match exception.pattern.strip_suffix('*') {
                Some(beginning) => what.starts_with(beginning),
                None => what == exception.pattern,
            };
            exception.used |= fits;
            found |= fits;
        }
        found
    }

    /// Counts one thing of a kind (`operations`, `parameters`, `fields`, `values`). What is there and excepted all the
    /// same is counted.
    pub(crate) fn check(&mut self, product: &'static str, kind: &'static str, holds: bool, what: &str) {
        self.check_because(product, kind, holds, what, "");
    }

    /// The same, with the reason for which it does not hold.
    pub(crate) fn check_because(
        &mut self,
        product: &'static str,
        kind: &'static str,
        holds: bool,
        what: &str,
        why: &str,
    ) {
        let what = format!("{product}: {what}");
        if !holds && self.is_excepted(&what) {
            return;
        }
        let count = self.counts.entry((product, kind)).or_default();
        count.1 += 1;
        if holds {
            count.0 += 1;
        } else {
            self.missing.push(what + why);
        }
    }

    /// What is missing and not excepted, and exceptions that nothing needs.
    pub(crate) fn finish(mut self) -> Vec<String> {
        let unneeded = self.exceptions.iter().filter(|exception| !exception.used);
        self.missing.extend(unneeded.map(|one| format!("the exception {:?} is not needed", one.pattern)));
        if let Some(path) = std::env::var_os("COVERAGE_REPORT") {
            let counts: Vec<Value> = self
                .counts
                .iter()
                .map(|((product, kind), (have, all))| json!({"product": product, "kind": kind, "have": have, "all": all}))
                .collect();
            let report = json!({"side": self.side, "counts": counts, "missing": self.missing});
            std::fs::write(path, report.to_string()).unwrap();
        }
        self.missing
    }
}
