//! A machine that runs the server, and the server that it runs.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use si_channel_core::id::Seed;
use si_channel_server::app::App;
use si_channel_server::clock::Clock;
use si_channel_server::engine::Engine;
use si_channel_server::erasure::Persons;
use si_channel_server::http::Load;
use si_channel_server::http::bearer::Bearer;
use si_channel_server::twilio::Twilio;
use si_channel_server::worker::{Alarm, Asking, Breaker, Checkpoints, Files, Workers};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use twilio_conversations::auth::{Auth, AuthToken};
use twilio_conversations::client::Client;
use twilio_conversations::client::media::DownloadLimits;
use twilio_conversations::webhook::signature::Validator;

use crate::faulty::FaultyStore;
use crate::files::Shelf;
use crate::installation::PUBLIC_URL;
use crate::life::Life;
use crate::mind::Mind;
use crate::planted::Planted;
use crate::twilio::line::Line;
use crate::world::World;

/// A machine.
#[derive(Default)]
pub(crate) struct Server {
    /// The process that runs on it, by number from 1; the last one when none does.
    life: u64,
    app: Option<App>,
    stop: CancellationToken,
    ahead_ms: i64,
    paused_until: i64,
    /// Steps until it dies.
    dies_in: Option<u64>,
    /// Steps until it stands still, and for how long.
    stalls_in: Option<(u64, i64)>,
}

impl Server {
    pub(crate) fn lives(&self, life: u64) -> bool {
        self.app.is_some() && self.life == life
    }

    pub(crate) fn is_up(&self) -> bool {
        self.app.is_some()
    }

    pub(crate) fn app(&self) -> Option<App> {
        self.app.clone()
    }

    pub(crate) fn die(&mut self) {
        self.app = None;
        self.dies_in = None;
        self.stalls_in = None;
        self.paused_until = 0;
    }

    pub(crate) fn die_in(&mut self, steps: u64) {
        self.dies_in = Some(steps);
    }

    /// Whether its time has come.
    pub(crate) fn counts_down(&mut self) -> bool {
        match &mut self.dies_in {
            Some(0) => true,
            Some(steps) => {
                *steps -= 1;
                false
            }
            None => false,
        }
    }

    /// Stands still after so many steps, for so long.
    pub(crate) fn stall_in(&mut self, steps: u64, ms: i64) {
        self.stalls_in = Some((steps, ms));
    }

    /// One step: it may be the one at which it stands still.
    pub(crate) fn stalls(&mut self, now: i64) {
        match &mut self.stalls_in {
            Some((0, ms)) => {
                self.paused_until = now + *ms;
                self.stalls_in = None;
            }
            Some((steps, _)) => *steps -= 1,
            None => {}
        }
    }

    pub(crate) fn paused_until(&self) -> i64 {
        self.paused_until
    }

    pub(crate) fn is_paused(&self, now: i64) -> bool {
        self.app.is_some() && self.paused_until > now
    }

    /// How far its clock is ahead.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.ahead_ms
    }

    pub(crate) fn jump(&mut self, ms: i64) {
        self.ahead_ms += ms;
    }

    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }
}

/// Starts a server's process.
pub(crate) fn boot(world: &World, server: usize) {
    let number = {
        let mut state = world.lock();
        let machine = &mut state.servers[server];
        machine.life += 1;
        machine.life
    };
    let life = Life { world: world.clone(), server, number };
    let times = world.clone();
    // Nobody is told when the system's clock jumps.
    let clock = Clock::over(move || timestamp(times.now_ms() + times.lock().servers[server].ahead_ms));
    let (app, workers) = assemble(&life, clock);
    let stop = CancellationToken::new();
    {
        let mut state = world.lock();
        let machine = &mut state.servers[server];
        machine.app = Some(app);
        machine.stop = stop.clone();
        machine.dies_in = None;
        machine.stalls_in = None;
        machine.paused_until = 0;
    }
    world.note("boot", &server.to_string());
    workers.start(&TaskTracker::new(), &stop);
}

fn assemble(life: &Life, clock: Clock) -> (App, Workers) {
    let world = &life.world;
    let installation = world.installation();
    let config = &installation.config;
    let policy = installation.policy(world.draw().messaging, world.draw().double_opt_in);
    let store = Arc::new(FaultyStore::new(life.clone()));
    let seeds = world.clone();
    let engine = Engine::new(store, Arc::clone(&policy), installation.account.clone(), clock)
        .knowing(Persons::new([7; 32]))
        .seeded(move || {
            let mut state = seeds.lock();
            let mut bytes = [0; 16];
            state.rng.fill(&mut bytes);
            Seed(bytes)
        });
    let auth = Auth::Token(AuthToken::new("the account's token").expect("it is not empty"));
    let jitter = world.clone();
    let client = Client::builder(installation.account.clone(), auth)
        .transport(Line::new(life.clone()))
        .file_transport(Line::new(life.clone()))
        .request_timeout(config.twilio.request_timeout)
        .max_concurrent_requests(config.twilio.max_concurrent)
        .jitter(move || jitter.lock().rng.f64())
        .build()
        .expect("no TLS is needed");
    let public_url = PUBLIC_URL.parse().expect("it is a URL");
    let twilio = Twilio::new(client, &policy.system_identity, &public_url, config.outbound_media);
    let stranger = world.has(Planted::OpenDoor).then(|| installation.strangers_key.clone());
    let keys = [installation.twilio_key.clone()].into_iter().chain(stranger);
    let files = Files {
        store: Arc::new(Shelf),
        limits: DownloadLimits::default(),
        attempts: 3,
        turn_wait: config.media.turn_wait,
        keep: None,
        recording: Arc::default(),
    };
    let breaker = Breaker::default();
    let app = App {
        engine: engine.clone(),
        validator: Arc::new(Validator::new(keys)),
        public_url: config.public_url.clone().expect("it is set"),
        bearer: Bearer::new(&config.api_tokens),
        media: Arc::clone(&files.store),
        outbound_media: config.outbound_media,
        limits: config.limits,
        load: Load::new(config.limits.max_requests),
        spool: None,
        feed: None,
        push: config.push,
        repair: None,
        breaker: breaker.clone(),
        stop: CancellationToken::new(),
    };
    let workers = Workers {
        engine,
        twilio,
        cognition: Arc::new(Mind::new(life.clone())),
        asking: Asking { attempts: 4, history: 4, timeout: Duration::from_mins(1) },
        files,
        checkpoints: Checkpoints {
            signer: Arc::clone(&installation.signer),
            file: None,
            records: 1_000,
            after: Duration::from_mins(1),
        },
        schedule: installation.schedule.clone(),
        spool: None,
        feed: None,
        postman: None,
        repair: None,
        alarm: Alarm::default(),
        breaker,
        owner: format!("server {} life {}", life.server, life.number).into(),
    };
    (app, workers)
}

/// The time of milliseconds since the epoch.
pub(crate) fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}
