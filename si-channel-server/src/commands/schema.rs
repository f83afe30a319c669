//! `schema`: the JSON Schemas of events, and events held against them.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use si_channel_core::schema;

use crate::args::{SchemaArgs, SchemaCommand};

mod validate;

/// Prints, writes or applies the schemas.
pub fn run(args: &SchemaArgs) -> Result<(), String> {
    match (&args.command, &args.out) {
        (Some(SchemaCommand::Validate { file }), _) => validate::run(file),
        (None, Some(folder)) => write(folder),
        (None, None) => {
            let all = serde_json::to_string_pretty(schema::schemas()).map_err(|error| error.to_string())?;
            // A reader that has seen enough is no failure.
            let _ = writeln!(std::io::stdout().lock(), "{all}");
            Ok(())
        }
    }
}

fn write(folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    let file = |name: &str, value: &Value| {
        let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
        fs::write(folder.join(name), text + "\n").map_err(failed)
    };
    for (name, schema) in schema::schemas() {
        file(&format!("{name}.json"), schema)?;
    }
    file("asyncapi.json", &schema::asyncapi())
}
