//! The lists in the repository: one JSON file a product, one line an operation or an answer, so that a difference reads
//! well.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::derive::{self, PRODUCTS};

/// What the documents leave open, by answer.
const KNOWN: &str = "known.json";

/// Reads a JSON file.
pub(super) fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Derives every list from the documents and writes it into a folder.
pub(super) fn write(documents: &Path, lists: &Path, to: &Path) -> Result<()> {
    let known = read(&lists.join(KNOWN))?;
    fs::create_dir_all(to)?;
    for product in PRODUCTS {
        let document = read(&documents.join(product.document))?;
        let names = derive::names(product, &document, &known[product.name])?;
        fs::write(to.join(product.name).with_extension("json"), lines(&names))?;
    }
    Ok(())
}

fn lines(names: &Value) -> String {
    let mut out = String::from("{\n\"operations\": [\n");
    let operations: Vec<String> = derive::items(&names["operations"]).map(Value::to_string).collect();
    out.push_str(&operations.join(",\n"));
    out.push_str("\n],\n\"answers\": {\n");
    let mut comma = "";
    for (name, shape) in names["answers"].as_object().into_iter().flatten() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{comma}\"{name}\": {shape}");
        comma = ",\n";
    }
    out.push_str("\n}\n}\n");
    out
}

/// The lines that differ between two folders of lists, `-` what only the first has.
pub(super) fn differences(repository: &Path, derived: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for product in PRODUCTS {
        let file = format!("{}.json", product.name);
        let text = |folder: &Path| {
            let path = folder.join(&file);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let (old, new) = (text(repository)?, text(derived)?);
        let bare = |line: &str| line.trim_end_matches(',').to_owned();
        let (old, new): (Vec<_>, Vec<_>) = (old.lines().map(bare).collect(), new.lines().map(bare).collect());
        found.extend(old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {file} {line}")));
        found.extend(new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {file} {line}")));
    }
    Ok(found)
}
