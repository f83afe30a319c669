//! A browser for the tests of pages: one that is installed, else the distribution's Chromium.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::install_from_distribution;
use crate::process::succeeds;

/// Names that Chromium and its kin go by, where each system keeps them.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// A Chromium that runs: `CHROMIUM` if it is set, else one that is found, else one that is installed.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM") {
        return Ok(chosen.into());
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    install_from_distribution(&["chromium"])?;
    installed().context("the distribution's Chromium does not run; name one in CHROMIUM")
}

fn installed() -> Option<PathBuf> {
    let name = NAMES.iter().find(|name| succeeds(Command::new(name).arg("--version")))?;
    // The driver wants a whole path; joined to any folder, one that is whole stays as it is.
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
