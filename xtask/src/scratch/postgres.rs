//! A PostgreSQL server for tests: the distribution's programs, a folder and a port of its own, nobody else's data.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::install_from_distribution;
use crate::process::{output, succeed, succeeds};

/// Where distributions keep the programs of each version.
const FOLDERS: &[&str] = &["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"];
/// How long the server may take to start.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// Whom the server runs as when we are root, which it refuses to be.
const USERS: &[&str] = &["postgres", "nobody"];

/// A running server. Dropping it stops it and removes its data.
pub(crate) struct Postgres {
    child: Child,
    home: PathBuf,
    programs: PathBuf,
    user: Option<&'static str>,
    port: u16,
    /// `postgres://user:password@host:port/database`.
    pub(crate) url: String,
    /// The certificate that it shows, as `localhost`.
    pub(crate) certificate: PathBuf,
}

impl Postgres {
    /// Starts a server with empty data. Commits are flushed, as they are in production.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        let user = unprivileged()?;
        let home = std::env::temp_dir().join(format!("si-channel-postgres-{}", std::process::id()));
        // What a killed run of the same number left.
        let _ = fs::remove_dir_all(&home);
        fs::create_dir(&home).with_context(|| format!("cannot create {}", home.display()))?;
        let password = format!("{:032x}", fastrand::u128(..));
        let password_file = home.join("password");
        fs::write(&password_file, &password)?;
        let certificate = certificate(&home)?;
        if let Some(user) = user {
            succeed(Command::new("chown").args(["-R", user]).arg(&home))?;
        }
        let data = home.join("data");
        println!(
            "scratch: starting PostgreSQL from {} in {}{}",
            programs.display(),
            home.display(),
            user.map(|user| format!(" as {user}")).unwrap_or_default()
        );
        let mut init = as_user(user, &programs.join("initdb"));
        init.args(["--username=si", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
        init.arg(format!("--pwfile={}", password_file.display())).arg("--pgdata").arg(&data);
        succeed(init.current_dir(&home).stdout(Stdio::null()))?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = serve(user, &programs, &home, &certificate, port)?;
        let url = format!("postgres://si:{password}@127.0.0.1:{port}/postgres");
        let mut postgres = Self { child, home, programs, user, port, url, certificate };
        postgres.wait()?;
        Ok(postgres)
    }

    /// Takes it away as a crash does: nothing is finished or flushed.
    pub(crate) fn crash(&mut self) -> Result<()> {
        succeed(Command::new("kill").args(["-QUIT", &self.child.id().to_string()]))?;
        self.child.wait()?;
        Ok(())
    }

    /// Brings it back where it was.
    pub(crate) fn recover(&mut self) -> Result<()> {
        self.child = serve(self.user, &self.programs, &self.home, &self.certificate, self.port)?;
        self.wait()
    }

    fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let (program, port) = (self.programs.join("pg_isready"), self.port.to_string());
        let ready = || succeeds(Command::new(&program).args(["-q", "-h", "127.0.0.1", "-p", &port]));
        while !ready() {
            if self.child.try_wait()?.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its way of stopping at once: connections are ended, data is closed in order.
        let _ = succeed(Command::new("kill").args(["-INT", &self.child.id().to_string()]));
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Starts it on its data; what it logs is added to its log.
fn serve(user: Option<&str>, programs: &Path, home: &Path, certificate: &Path, port: u16) -> Result<Child> {
    let mut server = as_user(user, &programs.join("postgres"));
    server.arg("-D").arg(home.join("data")).args(["-p", &port.to_string()]);
    for setting in
        ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on", "max_connections=400"]
    {
        server.args(["-c", setting]);
    }
    server.args(["-c", "ssl=on"]).arg("-c").arg(format!("ssl_cert_file={}", certificate.display()));
    server.arg("-c").arg(format!("ssl_key_file={}", home.join("key.pem").display()));
    let log = File::options().create(true).append(true).open(home.join("log"))?;
    Ok(server.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?)
}

/// Makes a certificate of `localhost` that vouches for itself.
fn certificate(home: &Path) -> Result<PathBuf> {
    let certificate = home.join("certificate.pem");
    let mut make = Command::new("openssl");
    make.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]);
    make.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    // A root that is also what it vouches for is refused as an end.
    make.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    make.arg("-keyout").arg(home.join("key.pem")).arg("-out").arg(&certificate).stderr(Stdio::null());
    succeed(&mut make)?;
    Ok(certificate)
}

/// The folder of the newest server's programs; installs the distribution's when there is none.
fn programs() -> Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    install_from_distribution(&["postgresql"])?;
    installed().context("the distribution's PostgreSQL cannot be found")
}

fn installed() -> Option<PathBuf> {
    let versions = FOLDERS.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut programs: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let name = version.file_name().to_string_lossy().rsplit(['@', '-']).next()?.parse().ok()?;
            Some((name, version.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    programs.sort();
    if let Some((_, newest)) = programs.pop() {
        return Some(newest);
    }
    let beside = output(Command::new("pg_config").arg("--bindir").stderr(Stdio::null())).ok()?;
    Some(PathBuf::from(beside.trim())).filter(|bin| bin.join("initdb").exists())
}

/// A user without rights when we are root; `None` when we are none ourselves.
fn unprivileged() -> Result<Option<&'static str>> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    let known = USERS.iter().find(|user| succeeds(Command::new("id").arg(user)));
    known
        .copied()
        .map(Some)
        .context("PostgreSQL refuses to run as root, and there is no other user to run it as")
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    // The group of the same name goes with each of them, or one that is as good.
    let group = output(Command::new("id").args(["-g", user]));
    let group = group.map_or_else(|_| user.to_owned(), |group| group.trim().to_owned());
    command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
    command.args(["--clear-groups", "--"]).arg(program);
    command
}
