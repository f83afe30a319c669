//! The accounts of a sandbox: the main one and its subaccounts, each with a world of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::config::{SandboxConfig, Subaccount};
use crate::error::StartError;
use crate::hub::{Hub, Platform};
use crate::state::account::AccountStatus;
use crate::state::address::Channel;
use crate::state::outbox::Outbox;
use crate::state::world::World;
use crate::webhook::dispatch;

/// Every account, in the order they were opened.
pub(crate) struct Accounts {
    pub(crate) platform: Arc<Platform>,
    main: Arc<Hub>,
    subaccounts: RwLock<Vec<Arc<Hub>>>,
    helpers: Mutex<Vec<JoinHandle<()>>>,
}

impl Accounts {
    /// Opens the configured accounts. Must be called inside a tokio runtime.
    pub(crate) fn open(platform: &Arc<Platform>) -> Result<Self, StartError> {
        let helpers = Mutex::default();
        let config = &platform.config;
        let main = start(platform, config, platform.seed, &helpers);
        let accounts = Self { main, subaccounts: RwLock::default(), helpers, platform: Arc::clone(platform) };
        take_numbers(&accounts.main, &config.numbers)?;
        accounts.main.world().set_secondary_token(config.secondary_token.clone());
        for subaccount in &config.subaccounts {
            accounts.open_subaccount(subaccount)?;
        }
        Ok(accounts)
    }

    /// The account that owns all others.
    pub(crate) fn main(&self) -> &Arc<Hub> {
        &self.main
    }

    /// The main account, then its subaccounts.
    pub(crate) fn all(&self) -> Vec<Arc<Hub>> {
        let subaccounts = self.subaccounts.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.main).chain(subaccounts.iter()).cloned().collect()
    }

    /// An account by its SID.
    pub(crate) fn get(&self, sid: &str) -> Option<Arc<Hub>> {
        self.find(|world| world.account.sid == sid)
    }

    /// The account that owns a sender.
    pub(crate) fn of_number(&self, address: &str) -> Option<Arc<Hub>> {
        self.find(|world| world.number(address).is_some())
    }

    /// The first account whose world fits.
    pub(crate) fn find(&self, fits: impl Fn(&World) -> bool) -> Option<Arc<Hub>> {
        if fits(&self.main.world()) {
            return Some(Arc::clone(&self.main));
        }
        let subaccounts = self.subaccounts.read().unwrap_or_else(PoisonError::into_inner);
        subaccounts.iter().find(|hub| fits(&hub.world())).cloned()
    }

    /// Opens a subaccount with its senders; none is opened when one of them is malformed or somebody's.
    pub(crate) fn open_subaccount(&self, subaccount: &Subaccount) -> Result<Arc<Hub>, StartError> {
        for number in &subaccount.numbers {
            if Channel::of(number).is_none() {
                return Err(StartError::Number { number: number.clone() });
            }
            if self.of_number(number).is_some() {
                return Err(StartError::Taken { number: number.clone() });
            }
        }
        let hub = self.add(subaccount);
        take_numbers(&hub, &subaccount.numbers)?;
        Ok(hub)
    }

    /// Opens a subaccount without senders.
    pub(crate) fn add(&self, subaccount: &Subaccount) -> Arc<Hub> {
        let mut subaccounts = self.subaccounts.write().unwrap_or_else(PoisonError::into_inner);
        let config = SandboxConfig {
            account_sid: subaccount.account_sid.clone(),
            auth_token: subaccount.auth_token.clone(),
            ..self.platform.config.clone()
        };
        // Its own names: the main account's seed and how many subaccounts there are.
        let hash = Sha256::digest(format!("{}/subaccount/{}", self.platform.seed, subaccounts.len()));
        let seed = hash.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        let hub = start(&self.platform, &config, seed, &self.helpers);
        let (owner, phones, behaviour) = {
            let world = self.main.world();
            (world.account.sid.clone(), world.handsets.clone(), world.behaviour.clone())
        };
        {
            let mut world = hub.world();
            let opened = crate::clock::timestamp(world.now()).strftime("%Y-%m-%d %I:%M %p");
            let name = subaccount.friendly_name.clone();
            world.account.friendly_name = name.unwrap_or_else(|| format!("SubAccount Created at {opened}"));
            world.account.owner = Some(owner);
            world.behaviour = behaviour;
            // Phones behave alike whoever writes to them.
            world.handsets = phones;
            world.handsets.values_mut().for_each(|phone| phone.screen.clear());
        }
        subaccounts.push(Arc::clone(&hub));
        hub
    }

    /// Suspends, closes or opens an account, and with it those it owns.
    pub(crate) fn set_status(&self, sid: &str, status: AccountStatus) {
        for hub in self.all() {
            let mut world = hub.world();
            if world.account.sid == sid {
                world.account.status = status;
                world.account.updated = world.now();
            } else if world.account.owner.as_deref() == Some(sid) {
                world.account.owner_is_active = status == AccountStatus::Active;
            }
        }
    }

    /// Moves time forward; what became due in any account is carried out.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.platform.clock.advance(milliseconds);
        for hub in self.all() {
            hub.world().catch_up();
        }
    }

    /// Ends what works in the background.
    pub(crate) fn end(&self) {
        for helper in lock(&self.helpers).drain(..) {
            helper.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An account's world and what carries out its timers and webhooks.
fn start(
    platform: &Arc<Platform>,
    config: &SandboxConfig,
    seed: u64,
    helpers: &Mutex<Vec<JoinHandle<()>>>,
) -> Arc<Hub> {
    let (sender, jobs) = mpsc::unbounded_channel();
    let wake = Arc::new(Notify::new());
    let (base, clock, outbox) = (platform.base.clone(), platform.clock.clone(), Outbox::new(sender));
    let world = World::new(config, seed, base, clock, outbox, Arc::clone(&wake));
    let hub = Arc::new(Hub::new(Arc::clone(platform), world));
    let mut helpers = lock(helpers);
    helpers.push(tokio::spawn(dispatch::run(Arc::clone(&hub), jobs)));
    helpers.push(tokio::spawn(tick(Arc::clone(&hub), wake)));
    hub
}

fn take_numbers(hub: &Hub, numbers: &[String]) -> Result<(), StartError> {
    let mut world = hub.world();
    match numbers.iter().find(|number| !world.add_number(number)) {
        Some(number) => Err(StartError::Number { number: number.clone() }),
        None => Ok(()),
    }
}

/// Carries out timers when their time comes.
async fn tick(hub: Arc<Hub>, wake: Arc<Notify>) {
    loop {
        let wait = {
            let mut world = hub.world();
            world.run_due();
            world.next_due().map(|at| at.saturating_sub(world.clock.now_ms()).max(1))
        };
        let woken = wake.notified();
        match wait {
            Some(milliseconds) => {
                // A far timer is looked at again every hour, since sleeping has a limit.
                let milliseconds = u64::try_from(milliseconds).unwrap_or(1).min(3_600_000);
                tokio::select! {
                    () = woken => {}
                    () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
                }
            }
            None => woken.await,
        }
    }
}
