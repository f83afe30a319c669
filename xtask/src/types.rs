//! `types`: what the SDK's types must refuse is refused, each time for its reason.
//!
//! `twilio-conversations/examples/types_hold.rs` has wrong lines behind `#[cfg(wrong)]`, each marked with the compiler's
//! error code. Without them it compiles; with them the errors are those of the marks and no others.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::process;
use crate::report::{self, Tally};
use crate::workspace::Workspace;

const SOURCE: &str = "twilio-conversations/examples/types_hold.rs";

/// A line and the code of its error.
type Found = BTreeSet<(u64, String)>;

/// Compiles the right lines, then the wrong ones.
pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    let expected = marks(&fs::read_to_string(workspace.root.join(SOURCE))?);
    if expected.is_empty() {
        bail!("{SOURCE} marks no wrong line");
    }
    let right = errors(workspace, &[])?;
    for (line, code) in &right {
        report::failed(&format!("{SOURCE}:{line} is right, but the compiler says {code}"));
    }
    let wrong = errors(workspace, &["--cfg", "wrong"])?;
    for (line, code) in expected.difference(&wrong) {
        report::failed(&format!("{SOURCE}:{line} should be {code}"));
    }
    for (line, code) in wrong.difference(&expected) {
        report::failed(&format!("{SOURCE}:{line} is {code}, which nothing marks"));
    }
    let held = expected.intersection(&wrong).count();
    println!("{held} of {} wrong lines are refused for their reason", expected.len());
    let failed = right.len() + expected.symmetric_difference(&wrong).count();
    Ok(Tally { passed: held as u64, failed: failed as u64 })
}

/// The lines marked `//~ E0308`.
fn marks(source: &str) -> Found {
    let lines = source.lines().zip(1..);
    lines.filter_map(|(line, number)| Some((number, line.split_once("//~ ")?.1.trim().to_owned()))).collect()
}

fn errors(workspace: &Workspace, flags: &[&str]) -> Result<Found> {
    let mut command =
        workspace.cargo(&["rustc", "--quiet", "-p", "twilio-conversations", "--example", "types_hold"]);
    command.args(["--profile", "check", "--message-format", "json", "--"]).args(flags);
    let mut found = Found::new();
    let status = process::watch(command.stderr(Stdio::null()), |line| {
        found.extend(serde_json::from_str(line).ok().and_then(|message| error(&message)));
        false
    })?;
    if status.success() != found.is_empty() {
        bail!("{} ended with {status} and {} errors in {SOURCE}", process::describe(&command), found.len());
    }
    Ok(found)
}

/// An error of the compiler with a code, in the file itself.
fn error(message: &Value) -> Option<(u64, String)> {
    let message = &message["message"];
    if message["level"] != "error" {
        return None;
    }
    let code = message["code"]["code"].as_str()?;
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    Some((span["line_start"].as_u64()?, code.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_and_errors_are_read() {
        assert_eq!(marks("a\nb(); //~ E0061\n"), BTreeSet::from([(2, "E0061".to_owned())]));
        let of = |level: &str| {
            json!({"message": {"level": level, "code": {"code": "E0061"}, "spans": [
                {"is_primary": false, "line_start": 1}, {"is_primary": true, "line_start": 2},
            ]}})
        };
        assert_eq!(error(&of("error")), Some((2, "E0061".to_owned())));
        assert_eq!(error(&of("warning")), None);
    }
}
