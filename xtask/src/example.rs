//! `example`: the program of the SDK's documentation holds a group conversation, on a sandbox.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::oracles;
use crate::report::Tally;
use crate::workspace::Workspace;

/// How short it is, so that it can be read at a glance.
const LINES: usize = 40;
/// How long a line may take.
const WITHIN: Duration = Duration::from_secs(30);
const ANA: &str = "%2B15557770001";
const BEN: &str = "%2B15557770002";

pub(crate) fn check(workspace: &Workspace) -> Result<Tally> {
    let source = std::fs::read_to_string(workspace.root.join("twilio-conversations/examples/group.rs"))?;
    let mut tally = Tally::one(source.lines().count() < LINES);
    let program = workspace.build_example("twilio-conversations", "group")?;
    let sandbox = oracles::sandbox(workspace, "example")?;
    let (base, number) = (sandbox.field("sandbox")?, sandbox.field("sms_number")?);
    let mut command = Command::new(program);
    command.args([number, &ANA.replace("%2B", "+"), &BEN.replace("%2B", "+")]);
    command.env("TWILIO_BASE_URL", base).env("TWILIO_ACCOUNT_SID", sandbox.field("account_sid")?);
    let group = Program::start(command.env("TWILIO_AUTH_TOKEN", sandbox.field("auth_token")?))?;

    tally += Tally::one(group.line()?.ends_with(" is open"));
    for (phone, text) in [(ANA, "Window seat!"), (BEN, "Aisle for me")] {
        let url = format!("{base}/sandbox/handsets/{phone}/messages");
        ureq::post(&url).send_json(json!({"to": number, "body": text})).with_context(|| url)?;
        let line = group.line()?;
        println!("{line}");
        tally += Tally::one(line == format!("{}: {text}", phone.replace("%2B", "+")));
    }
    let url = format!("{base}/sandbox/handsets/{BEN}/messages");
    let screen: Value = ureq::get(&url).call().with_context(|| url)?.body_mut().read_json()?;
    let shown = screen["messages"].as_array().into_iter().flatten();
    tally += Tally::one(shown.into_iter().any(|one| one["body"] == "Window seat!"));
    Ok(tally)
}

/// A running program whose lines are read; dropping it ends it.
struct Program {
    child: Child,
    lines: Receiver<String>,
}

impl Program {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().context("no standard output")?);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // Nobody listens any more once the check is over.
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines })
    }

    fn line(&self) -> Result<String> {
        match self.lines.recv_timeout(WITHIN) {
            Ok(line) => Ok(line),
            Err(_) => bail!("the program printed nothing within {WITHIN:?}"),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
