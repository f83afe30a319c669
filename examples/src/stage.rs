//! The channel that a story happens on: a `dev` server of its own, or one that runs already.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::phone::Phone;
use crate::si::Si;

/// The program that is started.
const SERVER: &str = "si-channel-server";
/// How long it may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Si's channel with a sandbox for Twilio.
#[derive(Debug)]
pub struct Stage {
    http: Client,
    server: String,
    sandbox: String,
    api_token: String,
    sms_number: String,
    whatsapp_number: String,
    /// The number of the next phone.
    next_phone: AtomicU32,
    /// What was started for the story.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    child: Child,
    /// The store, removed with it.
    data: TempDir,
}

impl Stage {
    /// The server that the environment names, or one started for this story.
    ///
    /// # Errors
    /// When there is no server and none can be built or started; tells what it said.
    pub async fn open() -> Result<Self> {
        // Everything is on this machine.
        let http = Client::builder().no_proxy().build()?;
        match env::var("SI_SERVER") {
            Ok(server) => Self::running(http, server).await,
            Err(_unset) => Self::started(http).await,
        }
    }

    async fn running(http: Client, server: String) -> Result<Self> {
        let other =
            |name: &str| env::var(name).with_context(|| format!("SI_SERVER is set, so {name} is needed too"));
        let sandbox = other("SI_SANDBOX")?.trim_end_matches('/').to_owned();
        let api_token = other("SI_API_TOKEN")?;
        let listed = http.get(format!("{sandbox}/sandbox/numbers")).send().await?.error_for_status()?;
        let listed: Value = listed.json().await?;
        let numbers: Vec<&str> = listed["numbers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item["number"].as_str())
            .collect();
        let number = |whatsapp: bool| {
            let found = numbers.iter().find(|number| number.starts_with("whatsapp:") == whatsapp);
            found.map(|number| (*number).to_owned()).context("the sandbox lacks an SMS or a WhatsApp number")
        };
        // Phones that nobody there has had yet.
        let fresh = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() % 1_000_000 * 10;
        Ok(Self {
            server,
            api_token,
            sms_number: number(false)?,
            whatsapp_number: number(true)?,
            sandbox,
            http,
            next_phone: AtomicU32::new(u32::try_from(fresh)?),
            own: None,
        })
    }

    async fn started(http: Client) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let mut command = Command::new(program().await?);
        command.args(["dev", "--port", "0", "--no-color", "--data-dir"]).arg(data.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {SERVER}"))?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut stderr = child.stderr.take().context("no standard error")?;
        // Read on, so that the server never waits for a reader.
        let said = tokio::spawn(async move {
            let mut said = String::new();
            let _ = stderr.read_to_string(&mut said).await;
            said
        });
        let first = timeout(READY_WITHIN, lines.next_line())
            .await
            .with_context(|| format!("{SERVER} dev printed no ready line within {READY_WITHIN:?}"))??;
        let Some(first) = first else {
            bail!("{SERVER} dev ended at once: {}", said.await.unwrap_or_default().trim());
        };
        let ready: Value =
            serde_json::from_str(&first).with_context(|| format!("not a ready line: {first:?}"))?;
        let field = |name: &str| {
            ready[name].as_str().map(str::to_owned).with_context(|| format!("the ready line has no {name:?}"))
        };
        Ok(Self {
            http,
            server: field("server")?,
            sandbox: field("sandbox")?,
            api_token: field("api_token")?,
            sms_number: field("sms_number")?,
            whatsapp_number: field("whatsapp_number")?,
            next_phone: AtomicU32::new(100_001),
            own: Some(Own { child, data }),
        })
    }

    /// A phone that texts by SMS.
    pub fn sms_phone(&self, name: &str) -> Phone {
        Phone::new(&self.http, &self.sandbox, name, self.fresh_number(), &self.sms_number)
    }

    /// A phone that uses WhatsApp.
    pub fn whatsapp_phone(&self, name: &str) -> Phone {
        let address = format!("whatsapp:{}", self.fresh_number());
        Phone::new(&self.http, &self.sandbox, name, address, &self.whatsapp_number)
    }

    /// Si's side of the API.
    pub fn si(&self) -> Si {
        Si::new(&self.http, &self.server, self.api_token.clone())
    }

    fn fresh_number(&self) -> String {
        format!("+1555{:07}", self.next_phone.fetch_add(1, Ordering::Relaxed))
    }

    /// Ends what was started.
    pub async fn close(self) {
        if let Some(Own { mut child, data }) = self.own {
            // It may have ended by itself, and temporary folders are emptied by others too.
            let _ = child.kill().await;
            let _ = data.close();
        }
    }
}

/// The server's program beside this one; built when it is not there.
async fn program() -> Result<PathBuf> {
    let this = env::current_exe()?;
    let folder = this.parent().context("a program is in a folder")?;
    let server = folder.join(format!("{SERVER}{}", env::consts::EXE_SUFFIX));
    if !server.exists() {
        build(folder).await?;
        ensure!(server.exists(), "{SERVER} was built, though not beside this program; build it there");
    }
    Ok(server)
}

async fn build(folder: &Path) -> Result<()> {
    eprintln!("Building {SERVER}, which takes some minutes the first time.");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", SERVER]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().await.context("cannot start cargo")?;
    ensure!(status.success(), "{SERVER} could not be built");
    Ok(())
}
