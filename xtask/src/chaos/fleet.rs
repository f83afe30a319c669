//! The real processes: a sandbox that stays, and a server that dies and comes back on its port and data.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::process::{self, Service};
use crate::workspace::Workspace;

/// Where the world believes the server to be; the sandbox knows better.
const PUBLIC_URL: &str = "https://channel.example.com";
/// The bearer token of the server's own API.
const API_TOKEN: &str = "chaos";
/// Nothing on this machine takes longer unless it hangs.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct Fleet {
    /// Held for as long as the fleet lives.
    _sandbox: Service,
    server: Service,
    /// How the server is started: program, environment, log.
    program: PathBuf,
    environment: HashMap<&'static str, String>,
    log: PathBuf,
    kills: usize,
}

impl Fleet {
    /// Starts both with an empty store and wires the webhooks.
    pub(crate) fn start(workspace: &Workspace, release: bool) -> Result<Self> {
        let sandbox_program = workspace.build_program("twilio-sandbox", release)?;
        let program = workspace.build_program("si-channel-server", release)?;
        let data = workspace.own_folder("chaos-data")?;
        fs::remove_dir_all(&data)?;
        fs::create_dir_all(&data)?;
        let logs = workspace.own_folder("logs")?;
        let log = logs.join("chaos-server.log");
        let sandbox_log = logs.join("chaos-sandbox.log");
        fs::write(&log, "")?;
        fs::write(&sandbox_log, "")?;

        let sandbox =
            Service::start(Command::new(sandbox_program).args(["serve", "--port", "0"]), &sandbox_log)?;
        let mut environment = HashMap::from([
            ("SI_CHANNEL_LISTEN", "127.0.0.1:0".to_owned()),
            ("SI_CHANNEL_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("SI_CHANNEL_DATABASE_URL", format!("sqlite:{}", data.join("channel.sqlite").display())),
            ("SI_CHANNEL_API_TOKEN", API_TOKEN.to_owned()),
            ("SI_CHANNEL_TWILIO__BASE_URL", sandbox.field("sandbox")?.to_owned()),
            ("SI_CHANNEL_COGNITION__KIND", "echo".to_owned()),
            ("SI_CHANNEL_NUMBERS__SMS", sandbox.field("sms_number")?.to_owned()),
            ("SI_CHANNEL_NUMBERS__WHATSAPP", sandbox.field("whatsapp_number")?.to_owned()),
            ("TWILIO_ACCOUNT_SID", sandbox.field("account_sid")?.to_owned()),
            ("TWILIO_AUTH_TOKEN", sandbox.field("auth_token")?.to_owned()),
        ]);
        let server = Service::start(Command::new(&program).arg("serve").envs(&environment), &log)?;
        let url = server.field("server")?.to_owned();
        let listen = url.strip_prefix("http://").unwrap_or(&url).trim_end_matches('/').to_owned();
        environment.insert("SI_CHANNEL_LISTEN", listen);

        let fleet = Self { _sandbox: sandbox, server, program, environment, log, kills: 0 };
        put(&fleet.sandbox_url("/sandbox/hosts"), &json!({ PUBLIC_URL: url }))?;
        process::succeed(Command::new(&fleet.program).args(["doctor", "--fix"]).envs(&fleet.environment))?;
        Ok(fleet)
    }

    /// `kill -9`, and the same server again.
    pub(crate) fn kill_and_restart(&mut self) -> Result<()> {
        self.server.kill()?;
        self.kills += 1;
        self.server =
            Service::start(Command::new(&self.program).arg("serve").envs(&self.environment), &self.log)
                .with_context(|| format!("after kill {}", self.kills))?;
        Ok(())
    }

    pub(crate) fn kills(&self) -> usize {
        self.kills
    }

    pub(crate) fn sms(&self) -> &str {
        &self.environment["SI_CHANNEL_NUMBERS__SMS"]
    }

    pub(crate) fn whatsapp(&self) -> &str {
        &self.environment["SI_CHANNEL_NUMBERS__WHATSAPP"]
    }

    pub(crate) fn sandbox_url(&self, path: &str) -> String {
        format!("{}{path}", self.environment["SI_CHANNEL_TWILIO__BASE_URL"])
    }

    /// The texts whose `onMessageAdded` the server answered with 2xx, by author, from the sandbox's log.
    pub(crate) fn acknowledged(&self) -> Result<HashMap<String, Vec<String>>> {
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        let mut after = 0;
        loop {
            let page = get(&self.sandbox_url(&format!("/sandbox/log?kind=webhook&after={after}")))?;
            let entries = items(&page, "entries")?;
            if entries.is_empty() {
                return Ok(texts);
            }
            after = page["next"].as_u64().context("a page of the log without next")?;
            for entry in entries.iter().filter(|entry| {
                entry["event"] == "onMessageAdded"
                    && entry["status"].as_u64().is_some_and(|status| (200..300).contains(&status))
            }) {
                let field = |name: &str| {
                    entry["params"][name].as_str().with_context(|| format!("a webhook without {name}"))
                };
                texts.entry(field("Author")?.to_owned()).or_default().push(field("Body")?.to_owned());
            }
        }
    }

    /// The texts in the transcripts of all sessions of a person, oldest session first.
    pub(crate) fn transcript(&self, address: &str) -> Result<Vec<String>> {
        let sessions = self.api(&format!("/v1/sessions?address={}", encoded(address)))?;
        let mut texts = Vec::new();
        for session in items(&sessions, "items")?.iter().rev() {
            let id = session["session_id"].as_str().context("a session without a session_id")?;
            let transcript = self.api(&format!("/v1/sessions/{id}/transcript"))?;
            let messages = items(&transcript, "entries")?.iter().filter(|entry| entry["kind"] == "message");
            texts.extend(messages.filter_map(|entry| entry["text"].as_str().map(str::to_owned)));
        }
        Ok(texts)
    }

    fn api(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.server.field("server")?);
        let request = agent().get(&url).header("authorization", format!("Bearer {API_TOKEN}"));
        read(request.call(), &url)
    }
}

/// One phone's address within a URL.
pub(crate) fn encoded(address: &str) -> String {
    utf8_percent_encode(address, NON_ALPHANUMERIC).to_string()
}

/// The list of that name in an answer.
pub(crate) fn items<'v>(answer: &'v Value, name: &str) -> Result<&'v [Value]> {
    answer[name].as_array().map(Vec::as_slice).with_context(|| format!("no list {name:?} in the answer"))
}

pub(crate) fn get(url: &str) -> Result<Value> {
    read(agent().get(url).call(), url)
}

pub(crate) fn post(url: &str, body: &Value) -> Result<Value> {
    read(agent().post(url).send_json(body), url)
}

fn put(url: &str, body: &Value) -> Result<()> {
    agent().put(url).send_json(body).with_context(|| format!("PUT {url}"))?;
    Ok(())
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>, url: &str) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("asking {url}"))?;
    // A log of thousands of webhooks is larger than the client's own limit.
    let body = answer.body_mut().with_config().limit(1 << 30).read_to_string()?;
    serde_json::from_str(&body).with_context(|| format!("{url} answered {body:?}"))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).build().into()
}
