//! The whole of a sandbox as one value that can be kept and brought back.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::Accounts;
use crate::clock::ClockState;
use crate::fault::Faults;
use crate::files::Files;
use crate::log::Log;
use crate::state::sid::Sids;
use crate::state::world::World;

/// Grows when snapshots of before can no longer be read.
const FORMAT: u32 = 1;

/// Everything a sandbox knows: accounts with their secrets, resources, phones, timers, planned faults, the clock.
///
/// It serializes to JSON. Webhooks on their way are not in it, nor is what the sandbox was started with and
/// cannot change while it runs, such as its port. It holds the accounts' secrets.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    format: u32,
    clock: ClockState,
    /// The main account, then its subaccounts.
    accounts: Vec<Value>,
    tokens: Sids,
    faults: Faults,
    hosts: BTreeMap<String, String>,
    files: Files,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<Log>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}

/// Why a snapshot was not restored; the sandbox is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// It was taken by another version of the sandbox, which kept things otherwise.
    #[error("the snapshot has format {found}, this sandbox reads {FORMAT}; start without it")]
    Format {
        /// The snapshot's format.
        found: u32,
    },
    /// It has been changed by hand, or by another version of the sandbox.
    #[error("the snapshot's account {position} cannot be read: {source}")]
    Account {
        /// From 0, the main account.
        position: usize,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// It holds no account.
    #[error("the snapshot holds no account")]
    Empty,
    /// A host is not mapped to this machine.
    #[error("the snapshot's hosts do not fit: {0}")]
    Hosts(String),
}

impl Snapshot {
    /// Takes everything down, the log only if asked to.
    pub(crate) fn take(accounts: &Accounts, with_log: bool) -> Self {
        let platform = &accounts.platform;
        let worlds = accounts.all();
        Self {
            format: FORMAT,
            clock: platform.clock.state(),
            accounts: worlds.iter().map(|hub| kept(&hub.world())).collect(),
            tokens: platform.tokens().clone(),
            faults: platform.faults().clone(),
            hosts: platform.hosts().map().clone(),
            files: platform.files().clone(),
            log: with_log.then(|| platform.log().clone()),
        }
    }

    /// Makes a sandbox what it was. Its log stays, unless the snapshot has one.
    pub(crate) fn restore(self, accounts: &Accounts) -> Result<(), RestoreError> {
        if self.format != FORMAT {
            return Err(RestoreError::Format { found: self.format });
        }
        let worlds: Result<Vec<World>, _> = (0..)
            .zip(self.accounts)
            .map(|(position, value)| {
                serde_json::from_value(value).map_err(|source| RestoreError::Account { position, source })
            })
            .collect();
        let worlds = worlds?;
        if worlds.is_empty() {
            return Err(RestoreError::Empty);
        }
        let platform = &accounts.platform;
        platform.hosts().replace(self.hosts).map_err(RestoreError::Hosts)?;
        platform.clock.restore(self.clock);
        *platform.tokens() = self.tokens;
        *platform.faults() = self.faults;
        *platform.files() = self.files;
        if let Some(log) = self.log {
            *platform.log() = log;
        }
        accounts.replace(worlds);
        Ok(())
    }
}

fn kept(world: &World) -> Value {
    serde_json::to_value(world).expect("every key in a world is a text or a number, so that it becomes JSON")
}
