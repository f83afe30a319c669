//! What every part of the sandbox shares.

mod watched;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use watched::Watched;

use crate::clock::Clock;
use crate::config::SandboxConfig;
use crate::error::ApiError;
use crate::fault::Faults;
use crate::files::Files;
use crate::log::{ApiEntry, Entry, Log, NoteEntry, WebhookEntry};
use crate::state::sid::Sids;
use crate::state::world::World;
use crate::webhook::held::Held;
use crate::webhook::hosts::Hosts;

/// What all accounts share, each behind its own short lock. No lock is held over an await.
pub(crate) struct Platform {
    pub(crate) config: SandboxConfig,
    pub(crate) client: reqwest::Client,
    pub(crate) clock: Clock,
    /// Where the sandbox listens, such as `http://127.0.0.1:4010`.
    pub(crate) base: String,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
    hosts: Mutex<Hosts>,
    files: Mutex<Files>,
    changes: watch::Sender<()>,
    tokens: Mutex<Sids>,
    /// Webhooks that others are to overtake.
    pub(crate) held: Held,
}

/// One account: its world, and through it the platform. No lock is held over an await.
pub(crate) struct Hub {
    platform: Arc<Platform>,
    world: Mutex<World>,
}

impl Deref for Hub {
    type Target = Platform;

    /// An account's handlers use the platform as their own.
    fn deref(&self) -> &Platform {
        &self.platform
    }
}

impl Hub {
    pub(crate) fn new(platform: Arc<Platform>, world: World) -> Self {
        Self { platform, world: Mutex::new(world) }
    }

    pub(crate) fn world(&self) -> Watched<'_, World> {
        Watched::lock(&self.world, &self.changes)
    }
}

impl Platform {
    pub(crate) fn new(config: SandboxConfig, client: reqwest::Client, base: String, seed: u64) -> Self {
        Self {
            log: Mutex::new(Log::new(config.log_capacity)),
            client,
            clock: config.frozen_clock.map_or_else(Clock::default, Clock::frozen),
            config,
            base,
            faults: Mutex::new(Faults::new(seed)),
            held: Held::default(),
            hosts: Mutex::default(),
            files: Mutex::default(),
            changes: watch::Sender::default(),
            tokens: Mutex::new(Sids::new(seed)),
        }
    }

    pub(crate) fn log(&self) -> Watched<'_, Log> {
        Watched::lock(&self.log, &self.changes)
    }

    pub(crate) fn faults(&self) -> Watched<'_, Faults> {
        Watched::lock(&self.faults, &self.changes)
    }

    pub(crate) fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes when a world, the log or the faults may have changed.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Where fresh idempotency tokens come from.
    pub(crate) fn tokens(&self) -> MutexGuard<'_, Sids> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fresh value for `I-Twilio-Idempotency-Token`.
    pub(crate) fn idempotency_token(&self) -> String {
        grouped(&self.tokens().secret("idempotency"))
    }

    /// The value that was last taken.
    pub(crate) fn last_idempotency_token(&self) -> String {
        grouped(&self.tokens().last_secret("idempotency"))
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

    /// Writes an error down that nobody waits for.
    pub(crate) fn log_note(&self, what: &str, subject: &str, error: &ApiError) {
        self.log_entry(NoteEntry::of_error(what, subject, error));
    }

    pub(crate) fn log_entry(&self, entry: NoteEntry) {
        let at = self.now_ms();
        self.log().push(at, Entry::Note(entry));
    }
}

/// 32 hexadecimal digits as a UUID is written.
fn grouped(hex: &str) -> String {
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
