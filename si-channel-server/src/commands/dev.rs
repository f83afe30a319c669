//! `dev`: sandbox and server in one process, wired as a real installation would be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use twilio_sandbox::{Sandbox, SandboxConfig};

use crate::app::{self, Running};
use crate::args::DevArgs;
use crate::clock::Clock;
use crate::commands::serve::asked_to_stop;
use crate::config::{Config, Purpose, Sources};
use crate::doctor::{Verdict, examine_configured};
use crate::telemetry;

/// The public URL of the development server: https, as in production, and reachable by the sandbox alone.
const PUBLIC_URL: &str = "https://si.channel.test";
/// The secrets of a kept store, so that a restart goes on with the same account.
const IDENTITY: &str = "dev.json";
/// What the sandbox remembers: conversations, phones, timers, the clock.
const SANDBOX: &str = "sandbox.json";

/// Runs until told to stop.
pub async fn run(sources: Sources, args: &DevArgs, no_color: bool) -> Result<(), String> {
    let data = DataDir::of(args.data_dir.as_deref())?;
    let identity = data.identity()?;
    let sandbox = Sandbox::start(SandboxConfig {
        port: args.sandbox_port,
        seed: args.seed,
        account_sid: identity.text("account_sid"),
        auth_token: identity.text("auth_token"),
        state_file: data.sandbox_state(),
        ..SandboxConfig::default()
    })
    .await
    .map_err(|error| error.to_string())?;
    let api_token = identity.text("api_token").unwrap_or_else(secret);
    data.keep(&sandbox, &api_token)?;

    let clock = Clock::new();
    follow(&clock, &sandbox);
    let mut config = configure(sources, args, &sandbox, &api_token, &data)?;
    config.log.color &= !no_color;
    // Installed before by a test in the same process, perhaps; then that one stays.
    let _ = telemetry::install(config.log);
    let running = app::start(&config, clock).await.map_err(|error| error.to_string())?;
    wire(&config, &sandbox, &running).await?;

    let ready = json!({
        "ready": true,
        "server": format!("http://{}", running.address),
        "public_url": PUBLIC_URL,
        "sandbox": sandbox.url(),
        "console": null,
        "account_sid": sandbox.account_sid(),
        "auth_token": sandbox.auth_token(),
        "api_token": api_token,
        "sms_number": sandbox.sms_number(),
        "whatsapp_number": sandbox.whatsapp_number(),
    });
    println!("{ready}");
    eprint!("{}", how_to(&running, &sandbox, &api_token));
    asked_to_stop().await;
    eprintln!("stopping");
    told(&sandbox).await;
    running.shutdown().await;
    sandbox.shutdown().await;
    Ok(())
}

/// Lets the sandbox tell the server what it has begun to tell: it would not tell it again.
async fn told(sandbox: &Sandbox) {
    let all = async {
        while sandbox.under_way() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // Whoever does not answer by then is not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(5), all).await;
}

fn configure(
    sources: Sources,
    args: &DevArgs,
    sandbox: &Sandbox,
    api_token: &str,
    data: &DataDir,
) -> Result<Config, String> {
    let store = format!("sqlite:{}", data.path.join("channel.sqlite").display());
    let mut settings = vec![
        ("listen", format!("127.0.0.1:{}", args.port)),
        ("public_url", PUBLIC_URL.to_owned()),
        ("database_url", store),
        ("api_token", api_token.to_owned()),
        ("outbound_media.private_hosts", "true".to_owned()),
        ("push.private_hosts", "true".to_owned()),
        ("twilio.base_url", sandbox.url().to_owned()),
        ("twilio.account_sid", sandbox.account_sid()),
        ("twilio.auth_token", sandbox.auth_token()),
        ("twilio.api_key", sandbox.api_key()),
        ("twilio.api_secret", sandbox.api_secret()),
    ];
    settings.extend(sandbox.sms_number().map(|number| ("numbers.sms", number)));
    settings.extend(sandbox.whatsapp_number().map(|number| ("numbers.whatsapp", number)));
    let sources = settings.into_iter().fold(sources, |sources, (key, value)| sources.with("dev", key, value));
    Config::load(Purpose::Serve, &sources).map_err(|problems| problems.to_string())
}

/// The channel's time is the sandbox's, so that moving its clock moves everything.
fn follow(clock: &Clock, sandbox: &Sandbox) {
    let (handle, theirs) = (clock.follow_handle(), sandbox.clock());
    tokio::spawn(async move {
        let mut last = 0;
        loop {
            let offset = theirs.offset_ms();
            if offset != last {
                handle.set_offset_ms(offset);
                last = offset;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

/// Wires the sandbox's account by the code of `doctor --fix`, and its network to this machine.
async fn wire(config: &Config, sandbox: &Sandbox, running: &Running) -> Result<(), String> {
    let hosts = json!({ PUBLIC_URL: format!("http://{}", running.address) });
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())?
        .put(format!("{}/sandbox/hosts", sandbox.url()))
        .json(&hosts)
        .send()
        .await
        .map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("the sandbox does not map {PUBLIC_URL}: {}", answer.status()));
    }
    match examine_configured(config, true).await?.into_iter().find(|finding| finding.verdict == Verdict::Bad)
    {
        Some(bad) => Err(format!("the sandbox could not be wired: {bad}")),
        None => Ok(()),
    }
}

fn secret() -> String {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn how_to(running: &Running, sandbox: &Sandbox, api_token: &str) -> String {
    let sms = sandbox.sms_number().unwrap_or_default();
    let whatsapp = sandbox.whatsapp_number().unwrap_or_default();
    let (url, server) = (sandbox.url(), format!("http://{}", running.address));
    format!(
        "
Phones to text Si with, in a browser: {url}/sandbox/phones

Si's channel runs at {server}, with a sandbox Twilio at {url}. Ctrl-C ends both.

Text Si from a simulated phone:
  curl -s {url}/sandbox/handsets/%2B15550100001/messages -d '{{\"to\":\"{sms}\",\"body\":\"Hello\"}}'
Look at what the phone shows:
  curl -s {url}/sandbox/handsets/%2B15550100001/messages
The same by WhatsApp:
  curl -s {url}/sandbox/handsets/whatsapp%3A%2B15550100002/messages -d '{{\"to\":\"{whatsapp}\",\"body\":\"Hello\"}}'
Ask for a code that a friend can join by (the phone gets it):
  curl -s {url}/sandbox/handsets/%2B15550100001/messages -d '{{\"to\":\"{sms}\",\"body\":\"invite\"}}'
Opt out, and in again:
  curl -s {url}/sandbox/handsets/%2B15550100001/messages -d '{{\"to\":\"{sms}\",\"body\":\"STOP\"}}'
  curl -s {url}/sandbox/handsets/%2B15550100001/messages -d '{{\"to\":\"{sms}\",\"body\":\"START\"}}'
Move the clock, so that an idle conversation is warned and closed:
  curl -s {url}/sandbox/clock -d '{{\"advance\":\"PT31M\"}}'
Sessions, and what happened, as Si's other services see it:
  curl -s -H 'Authorization: Bearer {api_token}' {server}/v1/sessions
  curl -s -H 'Authorization: Bearer {api_token}' '{server}/v1/events?after=0'
\n"
    )
}

/// Where `dev` keeps its store.
struct DataDir {
    path: PathBuf,
    forget: bool,
}

/// What a kept store needs to go on with the same account.
struct Identity(Value);

impl Identity {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }
}

impl DataDir {
    fn of(chosen: Option<&Path>) -> Result<Self, String> {
        let (path, forget) = match chosen {
            Some(path) => (path.to_owned(), false),
            None => (std::env::temp_dir().join(format!("si-channel-dev-{}", std::process::id())), true),
        };
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, forget })
    }

    fn identity(&self) -> Result<Identity, String> {
        match std::fs::read_to_string(self.path.join(IDENTITY)) {
            Ok(text) => serde_json::from_str(&text)
                .map(Identity)
                .map_err(|error| format!("{IDENTITY} in the data directory cannot be read: {error}")),
            Err(_absent) => Ok(Identity(Value::Null)),
        }
    }

    /// Where the sandbox's memory is kept; nowhere when everything is forgotten.
    fn sandbox_state(&self) -> Option<PathBuf> {
        (!self.forget).then(|| self.path.join(SANDBOX))
    }

    fn keep(&self, sandbox: &Sandbox, api_token: &str) -> Result<(), String> {
        let identity = json!({
            "account_sid": sandbox.account_sid(),
            "auth_token": sandbox.auth_token(),
            "api_token": api_token,
        });
        let path = self.path.join(IDENTITY);
        std::fs::write(&path, identity.to_string()).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if self.forget {
            // What cannot be removed is left to whoever empties the temporary folder.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
