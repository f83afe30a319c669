//! The real processes: a sandbox that stays, and servers that die and come back on their ports and data.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::proxy::Proxy;
use crate::process::{self, Service};
use crate::scratch::{Nats, Postgres};
use crate::workspace::Workspace;

/// Where the world believes the server to be; the sandbox knows better.
const PUBLIC_URL: &str = "https://channel.example.com";
/// The bearer token of the server's own API.
const API_TOKEN: &str = "chaos";
/// Nothing on this machine takes longer unless it hangs.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server is asked again while it is away.
const PATIENCE: Duration = Duration::from_mins(3);
/// What goes wrong with requests to Twilio, each with this probability: one in ten in all.
const TROUBLES: &[(f64, &str)] = &[
    (0.03, r#"{"kind":"status","status":503}"#),
    (0.02, r#"{"kind":"status","status":500}"#),
    (0.01, r#"{"kind":"drop_before_effect"}"#),
    (0.04, r#"{"kind":"drop_after_effect"}"#),
    // And webhooks that change places with the next one.
    (0.1, r#"{"kind":"webhook_reorder","match":"onMessage*","delay_ms":300}"#),
];

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    Person,
    Channel,
}

pub(crate) struct Fleet {
    /// Held for as long as the fleet lives.
    _sandbox: Service,
    members: Vec<Member>,
    /// What several servers share; one has a file of its own.
    pub(crate) shared: Option<Shared>,
    pub(crate) server: Server,
    /// How a server is started: program, what they all have in common, log.
    program: PathBuf,
    environment: HashMap<&'static str, String>,
    log: PathBuf,
    kills: usize,
}

/// One of the servers.
struct Member {
    process: Service,
    /// What it alone has: its port and its spool.
    environment: HashMap<&'static str, String>,
}

/// The database, and the broker to which events are published.
pub(crate) struct Shared {
    pub(crate) database: Postgres,
    pub(crate) broker: Nats,
}

impl Fleet {
    /// Starts both with an empty store and wires the webhooks.
    pub(crate) fn start(workspace: &Workspace, servers: usize, release: bool, seed: u64) -> Result<Self> {
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
            ("SI_CHANNEL_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("SI_CHANNEL_MEDIA__DIR", data.join("media").display().to_string()),
            ("SI_CHANNEL_AUDIT__KEY_FILE", data.join("audit.key").display().to_string()),
            ("SI_CHANNEL_PRIVACY__KEY_FILE", data.join("privacy.key").display().to_string()),
            ("SI_CHANNEL_API_TOKEN", API_TOKEN.to_owned()),
            ("SI_CHANNEL_TWILIO__BASE_URL", sandbox.field("sandbox")?.to_owned()),
            ("SI_CHANNEL_COGNITION__KIND", "echo".to_owned()),
            // How fast a number may send, and how much a person is answered, are other tests' subjects.
            ("SI_CHANNEL_POLICY__PACING__RATES__LONG_CODE", "1000".to_owned()),
            ("SI_CHANNEL_POLICY__PACING__RATES__WHATSAPP", "1000".to_owned()),
            ("SI_CHANNEL_POLICY__FLOOD__PER_ADDRESS", "0".to_owned()),
            // Its phones write as no person does.
            ("SI_CHANNEL_POLICY__FLOOD__NEW_NUMBERS", "0".to_owned()),
            ("SI_CHANNEL_POLICY__FLOOD__PER_ADDRESS", "0".to_owned()),
            // A request without an answer was heard by then.
            ("SI_CHANNEL_POLICY__RETRY__LOOK_FOR", "500ms".to_owned()),
            ("SI_CHANNEL_NUMBERS__SMS", sandbox.field("sms_number")?.to_owned()),
            ("SI_CHANNEL_NUMBERS__WHATSAPP", sandbox.field("whatsapp_number")?.to_owned()),
            ("TWILIO_ACCOUNT_SID", sandbox.field("account_sid")?.to_owned()),
            ("TWILIO_AUTH_TOKEN", sandbox.field("auth_token")?.to_owned()),
        ]);
        let shared = (servers > 1).then(|| Shared::start(workspace)).transpose()?;
        environment.extend(shared.as_ref().map_or_else(|| vec![own_file(&data)], Shared::settings));
        let (mut members, mut urls, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
        for number in 1..=servers {
            let mut own = HashMap::from([("SI_CHANNEL_LISTEN", "127.0.0.1:0".to_owned())]);
            if shared.is_some() {
                let spool = data.join(format!("spool-{number}"));
                own.insert("SI_CHANNEL_SPOOL__DIR", spool.display().to_string());
            }
            let mut command = Command::new(&program);
            let process = Service::start(command.arg("serve").envs(&environment).envs(&own), &log)?;
            let url = process.field("server")?.trim_end_matches('/').to_owned();
            let listen = url.strip_prefix("http://").unwrap_or(&url).to_owned();
            addresses.push(listen.parse()?);
            own.insert("SI_CHANNEL_LISTEN", listen);
            urls.push(url);
            members.push(Member { process, environment: own });
        }
        let server = Server { urls, proxy: Proxy::start(addresses, seed)? };

        let fleet = Self { _sandbox: sandbox, members, shared, server, program, environment, log, kills: 0 };
        put(&fleet.sandbox_url("/sandbox/hosts"), &json!({ PUBLIC_URL: fleet.server.proxy.url }))?;
        process::succeed(Command::new(&fleet.program).args(["doctor", "--fix"]).envs(&fleet.environment))?;
        Ok(fleet)
    }

    /// From now on Twilio fails at times.
    pub(crate) fn trouble(&self) -> Result<()> {
        for (probability, fault) in TROUBLES {
            let mut fault: Value = serde_json::from_str(fault)?;
            fault["probability"] = json!(probability);
            if fault["match"].is_null() {
                fault["match"] = json!("/conversations/v1");
            }
            post(&self.sandbox_url("/sandbox/faults"), &fault)?;
        }
        Ok(())
    }

    /// `kill -9` of each in turn, and the same server again.
    pub(crate) fn kill_and_restart(&mut self) -> Result<()> {
        let turn = self.kills % self.members.len();
        let member = &mut self.members[turn];
        member.process.kill()?;
        self.kills += 1;
        let mut command = Command::new(&self.program);
        command.arg("serve").envs(&self.environment).envs(&member.environment);
        member.process =
            Service::start(&mut command, &self.log).with_context(|| format!("after kill {}", self.kills))?;
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
}

fn own_file(data: &Path) -> (&'static str, String) {
    ("SI_CHANNEL_DATABASE_URL", format!("sqlite:{}", data.join("channel.sqlite").display()))
}

impl Shared {
    fn start(workspace: &Workspace) -> Result<Self> {
        Ok(Self { database: Postgres::start()?, broker: Nats::start(workspace)? })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SI_CHANNEL_DATABASE_URL", self.database.url.clone()),
            ("SI_CHANNEL_NATS_URL", self.broker.url.clone()),
        ]
    }

    /// How many events the stream of the broker holds.
    pub(crate) fn published(&self) -> Result<u64> {
        let streams = get(&self.broker.monitor("/jsz?streams=true"))?;
        let streams = streams["account_details"].as_array().into_iter().flatten();
        let streams = streams.flat_map(|account| account["stream_detail"].as_array().into_iter().flatten());
        Ok(streams.filter_map(|stream| stream["state"]["messages"].as_u64()).sum())
    }
}

/// The servers as others see them, whichever processes they are just now.
#[derive(Clone)]
pub(crate) struct Server {
    urls: Vec<String>,
    pub(crate) proxy: Proxy,
}

impl Server {
    /// What was said in all sessions of a person, oldest session first: by whom, and the text.
    pub(crate) fn transcript(&self, address: &str) -> Result<Vec<(Speaker, String)>> {
        let mut sessions = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.api(&format!("/v1/sessions?address={}{cursor}", encoded(address)))?;
            sessions.extend_from_slice(items(&page, "items")?);
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={}", encoded(next));
        }
        let mut said = Vec::new();
        for session in sessions.iter().rev() {
            let id = session["session_id"].as_str().context("a session without a session_id")?;
            let transcript = self.api(&format!("/v1/sessions/{id}/transcript"))?;
            // What Twilio never had was not said.
            let messages = items(&transcript, "entries")?
                .iter()
                .filter(|entry| entry["kind"] == "message" && entry["message_sid"].is_string());
            said.extend(messages.filter_map(|entry| {
                let speaker = if entry["author"] == address { Speaker::Person } else { Speaker::Channel };
                Some((speaker, entry["text"].as_str()?.to_owned()))
            }));
        }
        Ok(said)
    }

    /// Asks for a message to somebody until there is an answer; whether it will be sent.
    pub(crate) fn push(&self, to: &str, text: &str) -> Result<bool> {
        let mut urls = self.urls.iter().cycle();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let url = urls.next().context("no server")?;
            let request = agent()
                .post(format!("{url}/v1/messages"))
                .header("authorization", format!("Bearer {API_TOKEN}"))
                .header("idempotency-key", text);
            match request.send_json(json!({ "to": to, "text": text })) {
                Ok(_) => return Ok(true),
                Err(ureq::Error::StatusCode(status)) if status < 500 && status != 429 => return Ok(false),
                Err(error) if Instant::now() > deadline => {
                    return Err(error).with_context(|| format!("asking for a message to {to}"));
                }
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Every event, in the feed's order.
    pub(crate) fn events(&self) -> Result<Vec<Value>> {
        let mut events = Vec::new();
        let mut after = "0".to_owned();
        loop {
            let page = self.api(&format!("/v1/events?after={after}"))?;
            let found = items(&page, "items")?;
            if found.is_empty() {
                return Ok(events);
            }
            events.extend_from_slice(found);
            page["next"].as_str().context("a page of events without next")?.clone_into(&mut after);
        }
    }

    fn api(&self, path: &str) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        for url in self.urls.iter().cycle() {
            let url = format!("{url}{path}");
            let answer = agent().get(&url).header("authorization", format!("Bearer {API_TOKEN}")).call();
            if answer.is_ok() || Instant::now() > deadline {
                return read(answer, &url);
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("there is no server")
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
