//! Others' programs as judges: Twilio's own SDKs against our signatures, our sandbox and our server, and
//! Twilio's segment calculator against ours. The scripts are in `xtask/oracles`; each ends with the line
//! `N passed, N failed` and prints a line for every case that failed.

mod requests;
pub(crate) mod schemathesis;
pub(crate) mod segments;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use crate::process::{self, Service};
use crate::report::{self, Tally};
use crate::scratch;
use crate::workspace::Workspace;

/// Generated requests that the signatures are compared on.
const SIGNED_REQUESTS: usize = 900;

/// Requests signed by npm `twilio` pass our check, tampered ones do not, and the other way round.
pub(crate) fn signatures_node(workspace: &Workspace) -> Result<Tally> {
    signatures(workspace, node_script(workspace, "signatures.mjs")?)
}

/// The same with `twilio` for Python.
pub(crate) fn signatures_python(workspace: &Workspace) -> Result<Tally> {
    signatures(workspace, python_script(workspace, "signatures.py")?)
}

fn signatures(workspace: &Workspace, mut script: Command) -> Result<Tally> {
    let requests = workspace.own_folder("oracles")?.join("requests.jsonl");
    fs::write(&requests, requests::lines(SIGNED_REQUESTS, 1))?;
    // Ours as a program: a request a line in, a verdict a line out.
    let ours = workspace.build_example("twilio-conversations", "signature_lines")?;
    judge(script.env("SIGNATURES_COMMAND", json!([ours]).to_string()).env("REQUESTS", requests))
}

/// npm `twilio` uses the sandbox as it would use Twilio.
pub(crate) fn sdk_node(workspace: &Workspace) -> Result<Tally> {
    let sandbox = sandbox(workspace, "sdk-node")?;
    judge(node_script(workspace, "sdk_flow.mjs")?.env("SANDBOX_READY", sandbox.ready.to_string()))
}

/// `twilio` for Python does so too.
pub(crate) fn sdk_python(workspace: &Workspace) -> Result<Tally> {
    let sandbox = sandbox(workspace, "sdk-python")?;
    judge(python_script(workspace, "sdk_flow.py")?.env("SANDBOX_READY", sandbox.ready.to_string()))
}

/// npm `twilio` drives every operation of Conversations and Content, and its validator every webhook.
pub(crate) fn operations_node(workspace: &Workspace) -> Result<Tally> {
    let script = node_script(workspace, "every_operation.mjs")?;
    every_operation(workspace, "operations-node", script)
}

/// `twilio` for Python does so too.
pub(crate) fn operations_python(workspace: &Workspace) -> Result<Tally> {
    let script = python_script(workspace, "every_operation.py")?;
    every_operation(workspace, "operations-python", script)
}

fn every_operation(workspace: &Workspace, name: &str, mut script: Command) -> Result<Tally> {
    let sandbox = sandbox(workspace, name)?;
    script.env("OPERATIONS", workspace.root.join("xtask/coverage"));
    judge(script.env("SANDBOX_READY", sandbox.ready.to_string()))
}

/// Python's `jsonschema` reads our schemas and finds that the examples fit them.
pub(crate) fn schemas(workspace: &Workspace) -> Result<Tally> {
    let mut script = scratch::jsonschema(workspace)?.command();
    script.env("PYTHONDONTWRITEBYTECODE", "1").env("ROOT", &workspace.root);
    judge(script.arg(workspace.root.join("xtask/oracles/schemas.py")))
}

/// npm `@asyncapi/parser` reads our document of the feed.
pub(crate) fn asyncapi(workspace: &Workspace) -> Result<Tally> {
    let server = workspace.build_program("si-channel-server", false)?;
    let folder = workspace.own_folder("schemas")?;
    process::succeed(Command::new(server).args(["schema", "--out"]).arg(&folder))?;
    judge(node_script(workspace, "asyncapi.mjs")?.env("DOCUMENT", folder.join("asyncapi.json")))
}

/// The server answers what npm `twilio` signed, and refuses what was changed by one character.
pub(crate) fn webhooks(workspace: &Workspace) -> Result<Tally> {
    let server = dev(workspace, "webhooks")?;
    judge(node_script(workspace, "webhooks.mjs")?.env("SERVER_READY", server.ready.to_string()))
}

/// npm `standardwebhooks` accepts what a subscriber is sent, under either secret while one is rotated.
pub(crate) fn push(workspace: &Workspace) -> Result<Tally> {
    let server = dev(workspace, "push")?;
    judge(node_script(workspace, "push.mjs")?.env("SERVER_READY", server.ready.to_string()))
}

/// A person with several phones on the sandbox's page holds a group conversation with the server, in a browser.
pub(crate) fn phones(workspace: &Workspace) -> Result<Tally> {
    let browser = scratch::chromium()?;
    let pictures = workspace.own_folder("phones")?;
    let server = dev(workspace, "phones")?;
    println!("pictures of the page go to {}", pictures.display());
    judge(
        node_script(workspace, "phones.mjs")?
            .env("SERVER_READY", server.ready.to_string())
            .env("CHROMIUM", browser)
            .env("PICTURES", pictures),
    )
}

/// A development server with an empty store.
fn dev(workspace: &Workspace, name: &str) -> Result<Service> {
    let program = workspace.build_program("si-channel-server", false)?;
    let data = workspace.own_folder(&format!("{name}-data"))?;
    fs::remove_dir_all(&data)?;
    let mut dev = Command::new(program);
    dev.args(["dev", "--port", "0", "--no-color", "--data-dir"]).arg(&data);
    Service::start(&mut dev, &log(workspace, name)?)
}

/// A sandbox of one's own, on a free port.
pub(crate) fn sandbox(workspace: &Workspace, name: &str) -> Result<Service> {
    let program = workspace.build_program("twilio-sandbox", false)?;
    Service::start(
        Command::new(program).args(["serve", "--port", "0", "--seed", "1"]),
        &log(workspace, name)?,
    )
}

/// An empty log.
fn log(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let log = workspace.own_folder("logs")?.join(name).with_extension("log");
    fs::write(&log, "")?;
    Ok(log)
}

fn node_script(workspace: &Workspace, name: &str) -> Result<Command> {
    let mut command = scratch::node(workspace)?.command();
    command.arg(workspace.root.join("xtask/oracles").join(name));
    Ok(command)
}

fn python_script(workspace: &Workspace, name: &str) -> Result<Command> {
    let mut command = scratch::python(workspace)?.command();
    // No caches among the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(workspace.root.join("xtask/oracles").join(name));
    Ok(command)
}

/// Runs a script and reads its last count.
fn judge(script: &mut Command) -> Result<Tally> {
    judge_and_show(script, |_| true)
}

/// The same, showing only some of its lines.
fn judge_and_show(script: &mut Command, mut show: impl FnMut(&str) -> bool) -> Result<Tally> {
    let mut tally = Tally::default();
    let status = process::watch(script, |line| {
        tally = counts(line).unwrap_or(tally);
        if let Some(what) = line.strip_prefix("FAILED ") {
            report::remember_failure(what);
        }
        show(line)
    })?;
    Ok(tally.or_failed(status.success()))
}

/// The counts of a line `N passed, N failed`.
fn counts(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(" passed, ")?;
    Some(Tally { passed: passed.parse().ok()?, failed: failed.strip_suffix(" failed")?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_counts_is_read_and_others_are_not() {
        assert_eq!(counts("12 passed, 3 failed"), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(counts("all of 12 passed, 3 failed"), None);
        assert_eq!(counts("12 passed"), None);
    }
}
