//! What every part of the sandbox shares.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::config::SandboxConfig;
use crate::error::ApiError;
use crate::fault::Faults;
use crate::log::{ApiEntry, Entry, Log, NoteEntry, WebhookEntry};
use crate::state::account::Account;
use crate::state::sid::hex;
use crate::state::world::World;
use crate::webhook::hosts::Hosts;

/// The state and its surroundings, each behind its own short lock. No lock is held over an await.
pub(crate) struct Hub {
    pub(crate) config: SandboxConfig,
    pub(crate) client: reqwest::Client,
    account: Account,
    clock: Clock,
    world: Mutex<World>,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
    hosts: Mutex<Hosts>,
    tokens: AtomicU64,
}

impl Hub {
    pub(crate) fn new(config: SandboxConfig, client: reqwest::Client, world: World) -> Self {
        Self {
            account: world.account.clone(),
            clock: world.clock.clone(),
            log: Mutex::new(Log::new(config.log_capacity)),
            config,
            client,
            world: Mutex::new(world),
            faults: Mutex::default(),
            hosts: Mutex::default(),
            tokens: AtomicU64::new(0),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account; its secrets do not change while the sandbox runs.
    pub(crate) fn with_account<T>(&self, read: impl FnOnce(&Account) -> T) -> T {
        read(&self.account)
    }

    /// A fresh value for `I-Twilio-Idempotency-Token`.
    pub(crate) fn idempotency_token(&self) -> String {
        let drawn = self.tokens.fetch_add(1, Ordering::Relaxed);
        let hash = Sha256::digest(format!("{}/{drawn}", self.account.auth_token));
        let hex = hex(&hash[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) fn log_api(&self, entry: ApiEntry) {
        let at = self.now_ms();
        self.log().push(at, Entry::Api(entry));
    }

    pub(crate) fn log_webhook(&self, entry: WebhookEntry) {
        let at = self.now_ms();
        self.log().push(at, Entry::Webhook(entry));
    }

    pub(crate) fn log_note(&self, what: &str, subject: &str, error: &ApiError) {
        let at = self.now_ms();
        let entry = NoteEntry {
            what: what.to_owned(),
            subject: subject.to_owned(),
            code: error.code,
            message: error.message.clone(),
        };
        self.log().push(at, Entry::Note(entry));
    }
}
