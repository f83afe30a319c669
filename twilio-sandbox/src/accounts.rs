//! The accounts of a sandbox: the main one and its subaccounts, each with a world of its own.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::clock::timestamp;
use crate::config::{Behaviour, NumberConfig, SandboxConfig, Subaccount};
use crate::error::StartError;
use crate::hub::{Hub, Platform};
use crate::state::account::AccountStatus;
use crate::state::address::Channel;
use crate::state::numbering::is_short_code;
use crate::state::outbox::Outbox;
use crate::state::world::{Surroundings, World};
use crate::webhook::dispatch;

/// Every account, in the order they were opened; the first owns all others.
pub(crate) struct Accounts {
    pub(crate) platform: Arc<Platform>,
    main: Arc<Hub>,
    opened: RwLock<Vec<Opened>>,
}

/// An account, and what carries out its timers and webhooks until it is dropped.
struct Opened {
    hub: Arc<Hub>,
    helpers: JoinSet<()>,
}

impl Accounts {
    /// Opens the configured accounts. Must be called inside a tokio runtime.
    pub(crate) fn open(platform: &Arc<Platform>, seed: u64) -> Result<Self, StartError> {
        let config = &platform.config;
        let main = Opened::start(platform, |around| World::new(config, seed, around));
        let accounts = Self {
            main: Arc::clone(&main.hub),
            opened: RwLock::new(vec![main]),
            platform: Arc::clone(platform),
        };
        take_numbers(&accounts.main, &config.numbers, &config.number_settings)?;
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

    fn opened(&self) -> RwLockReadGuard<'_, Vec<Opened>> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened_mut(&self) -> RwLockWriteGuard<'_, Vec<Opened>> {
        self.opened.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main account, then its subaccounts.
    pub(crate) fn all(&self) -> Vec<Arc<Hub>> {
        self.opened().iter().map(|one| Arc::clone(&one.hub)).collect()
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
        self.opened().iter().find(|one| fits(&one.hub.world())).map(|one| Arc::clone(&one.hub))
    }

    /// Opens a subaccount with its senders; none is opened when one of them is malformed or somebody's.
    pub(crate) fn open_subaccount(&self, subaccount: &Subaccount) -> Result<Arc<Hub>, StartError> {
        let settings = subaccount.number_settings.iter().map(|one| &one.number);
        for number in subaccount.numbers.iter().chain(settings) {
            if Channel::of(number).is_none() && !is_short_code(number) {
                return Err(StartError::Number { number: number.clone() });
            }
            if self.of_number(number).is_some() {
                return Err(StartError::Taken { number: number.clone() });
            }
        }
        let hub = self.add(subaccount);
        take_numbers(&hub, &subaccount.numbers, &subaccount.number_settings)?;
        Ok(hub)
    }

    /// Opens a subaccount without senders.
    pub(crate) fn add(&self, subaccount: &Subaccount) -> Arc<Hub> {
        let config = SandboxConfig {
            account_sid: subaccount.account_sid.clone(),
            auth_token: subaccount.auth_token.clone(),
            ..self.platform.config.clone()
        };
        let (owner, phones, lines, carriers, behaviour, seed) = {
            let mut world = self.main.world();
            let seed = world.sids.number("subaccount");
            let (phones, lines) = (world.handsets.clone(), world.lines.known.clone());
            let carriers = world.carriers.clone();
            (world.account.sid.clone(), phones, lines, carriers, world.behaviour.clone(), seed)
        };
        let opened = Opened::start(&self.platform, |around| {
            let mut world = World::new(&config, seed, around);
            let at = timestamp(world.now()).strftime("%Y-%m-%d %I:%M %p");
            let name = subaccount.friendly_name.clone();
            world.account.friendly_name = name.unwrap_or_else(|| format!("SubAccount Created at {at}"));
            world.account.owner = Some(owner);
            world.behaviour = behaviour;
            // Phones behave alike whoever writes to them.
            world.handsets = phones;
            world.lines.known = lines;
            world.carriers = carriers;
            world.handsets.values_mut().for_each(|phone| phone.screen.clear());
            world
        });
        let hub = Arc::clone(&opened.hub);
        self.opened_mut().push(opened);
        hub
    }

    /// Puts other worlds in the place of all there are; the first is the main account's.
    pub(crate) fn replace(&self, worlds: Vec<World>) {
        let mut opened = self.opened_mut();
        opened.truncate(1);
        let mut worlds = worlds.into_iter();
        if let Some(mut world) = worlds.next() {
            let mut main = self.main.world();
            world.settle(main.surroundings());
            *main = world;
            main.catch_up();
        }
        opened.extend(worlds.map(|mut world| {
            Opened::start(&self.platform, |around| {
                world.settle(around);
                world
            })
        }));
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

    /// Sets the switches of every account.
    pub(crate) fn set_behaviour(&self, behaviour: &Behaviour) {
        for hub in self.all() {
            hub.world().behaviour = behaviour.clone();
        }
    }

    /// Moves time forward; what became due in any account is carried out.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.platform.clock.advance(milliseconds);
        for hub in self.all() {
            hub.world().catch_up();
        }
    }

    /// Has every source of names draw others from now on.
    pub(crate) fn draw_anew(&self, seed: u64) {
        self.platform.tokens().draw_anew(seed);
        for hub in self.all() {
            hub.world().sids.draw_anew(seed);
        }
    }

    /// Ends what works in the background.
    pub(crate) fn end(&self) {
        self.opened_mut().iter_mut().for_each(|one| one.helpers.abort_all());
    }
}

impl Opened {
    fn start(platform: &Arc<Platform>, world: impl FnOnce(Surroundings) -> World) -> Self {
        let (sender, jobs) = mpsc::unbounded_channel();
        let wake = Arc::new(Notify::new());
        let outbox = Outbox::new(sender);
        let under_way = outbox.under_way().clone();
        let around = Surroundings {
            base: platform.base.clone(),
            clock: platform.clock.clone(),
            carrier_step: platform.config.carrier_step,
            outbox,
            wake: Arc::clone(&wake),
        };
        let hub = Arc::new(Hub::new(Arc::clone(platform), world(around)));
        let mut helpers = JoinSet::new();
        helpers.spawn(dispatch::run(Arc::clone(&hub), jobs, under_way));
        helpers.spawn(tick(Arc::clone(&hub), wake));
        Self { hub, helpers }
    }
}

fn take_numbers(hub: &Hub, numbers: &[String], settings: &[NumberConfig]) -> Result<(), StartError> {
    let mut world = hub.world();
    let named = numbers.iter().chain(settings.iter().map(|one| &one.number));
    for number in named {
        if !world.add_number(number) {
            return Err(StartError::Number { number: number.clone() });
        }
    }
    for one in settings {
        if let Some(number) = world.number_mut(&one.number) {
            number.profile = one.profile();
        }
    }
    Ok(())
}

/// Carries out timers when their time comes.
async fn tick(hub: Arc<Hub>, wake: Arc<Notify>) {
    loop {
        let wait = {
            let mut world = hub.world();
            world.run_due();
            // While time stands still, nothing comes nearer by waiting.
            let next = world.next_due().filter(|_| !world.clock.is_frozen());
            next.map(|at| at.saturating_sub(world.clock.now_ms()).max(1))
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
