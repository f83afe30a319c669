//! Where things are: the checkout, the build's output, and the programs built there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// The checkout and what `cargo metadata` says about it.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The build's output, wherever it was configured to be.
    pub(crate) target: PathBuf,
    /// `cargo metadata --no-deps`.
    pub(crate) metadata: Value,
}

impl Workspace {
    /// Asks cargo about the workspace that this program belongs to.
    pub(crate) fn find() -> Result<Self> {
        // `cargo run` names the package's folder, also when the checkout has moved since the build.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().context("the xtask package has no parent folder")?.to_path_buf();
        let mut command = cargo_in(&root);
        command.args(["metadata", "--format-version", "1", "--no-deps"]);
        let metadata: Value = serde_json::from_str(&process::output(&mut command)?)?;
        let target =
            metadata["target_directory"].as_str().context("no target_directory in cargo metadata")?;
        Ok(Self { target: PathBuf::from(target), root, metadata })
    }

    /// `cargo` in the root folder.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = cargo_in(&self.root);
        command.args(args);
        command
    }

    /// A folder of this program's own below the build's output; made if absent.
    pub(crate) fn own_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    /// Builds the main program of a package and returns its path.
    pub(crate) fn build_program(&self, package: &str, release: bool) -> Result<PathBuf> {
        let mut args = vec!["build", "--quiet", "-p", package, "--bin", package];
        if release {
            args.push("--release");
        }
        process::succeed(&mut self.cargo(&args))?;
        self.built(Path::new(if release { "release" } else { "debug" }), package)
    }

    /// Builds an example of a package and returns its path.
    pub(crate) fn build_example(&self, package: &str, example: &str) -> Result<PathBuf> {
        process::succeed(&mut self.cargo(&["build", "--quiet", "-p", package, "--example", example]))?;
        self.built(&Path::new("debug").join("examples"), example)
    }

    fn built(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let path = self.target.join(folder).join(name).with_extension(env::consts::EXE_EXTENSION);
        if !path.exists() {
            bail!("cargo built {name}, but it is not at {}", path.display());
        }
        Ok(path)
    }
}

/// `cargo`, the one that started this program where there is one.
fn cargo_in(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}
