//! The server put together: what handlers share, and its life from start to drain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use si_channel_core::event::Transport;
use si_channel_core::policy::Policy;
use si_channel_core::retention::{Class, Schedule};
use si_channel_core::text::check;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use twilio_conversations::client::media::DownloadLimits;
use twilio_conversations::client::{BuildError, Client};
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::signature::{SigningKey, Validator};
use url::Url;

use crate::audit::key::{KeyError, Signer};
use crate::clock::Clock;
use crate::config::{self, Config, Database, PublicUrl};
use crate::documents;
use crate::engine::Engine;
use crate::erasure::Persons;
use crate::feed::Feed;
use crate::feed::session::{Session, Trouble};
use crate::http::{self, bearer::Bearer};
use crate::ports::cognition::{self, Cognition};
use crate::ports::media::{Folder, MediaStore};
use crate::push::post::Postman;
use crate::repair::Repair;
use crate::router::{Side, route};
use crate::rules;
use crate::spool::{self, ShelfError, Spool};
use crate::store::postgres::PostgresStore;
use crate::store::sqlite::{self, SqliteStore};
use crate::store::{Kind, Page, Store};
use crate::texts;
use crate::twilio::Twilio;
use crate::worker::{Alarm, Asking, Breaker, Checkpoints, Files, Workers};

mod open_files;

/// How long a start waits for NATS to say whether the stream is as it must be.
const NATS_WITHIN: Duration = Duration::from_secs(3);

/// What handlers share.
#[derive(Clone)]
pub struct App {
    /// Decides.
    pub engine: Engine,
    /// Checks Twilio's signatures.
    pub validator: Arc<Validator>,
    /// Under which URL Twilio reaches this server; signatures are over it.
    pub public_url: PublicUrl,
    /// Checks the API's callers.
    pub bearer: Bearer,
    /// Where files that people send are kept.
    pub media: Arc<dyn MediaStore>,
    /// Files that are sent by URL.
    pub outbound_media: config::OutboundMedia,
    /// Where webhooks wait while the store is away.
    pub spool: Option<Spool>,
    /// Where events are published.
    pub feed: Option<Feed>,
    /// How events are sent to HTTP subscribers.
    pub push: config::Push,
    /// Compares with Twilio's records.
    pub repair: Option<Repair>,
    /// What requests may cost.
    pub limits: config::Limits,
    /// The places of requests that are answered at once.
    pub load: http::Load,
    /// How Twilio does.
    pub breaker: Breaker,
    /// Ends streams when the server stops.
    pub stop: CancellationToken,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// The server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error("{0}")]
    Config(String),
    /// The port cannot be had.
    #[error("cannot listen on {address}: {source}; choose another `listen`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The store cannot be opened.
    #[error("cannot open the store: {0}")]
    Store(String),
    /// The folder for files cannot be used.
    #[error("cannot keep files in {folder}: {source}; choose another `media.dir`")]
    Media {
        /// The folder.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The spool cannot be used.
    #[error("cannot open the spool: {0}")]
    Spool(#[from] ShelfError),
    /// The key of the audit log cannot be used.
    #[error(transparent)]
    Audit(#[from] KeyError),
    /// The Twilio client cannot be built.
    #[error("cannot set up the Twilio client: {0}")]
    Client(#[from] BuildError),
}

fn config_error(error: impl std::fmt::Display) -> StartError {
    StartError::Config(error.to_string())
}

/// A server that is serving.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the API is served, if not there.
    pub admin_address: Option<SocketAddr>,
    /// What its handlers share.
    pub app: App,
    stop: CancellationToken,
    workers: CancellationToken,
    tracker: TaskTracker,
    serving: Vec<tokio::task::JoinHandle<()>>,
    grace: Duration,
}

impl Running {
    /// Stops: no new connections, requests in flight end, workers finish what they hold, within the grace.
    pub async fn shutdown(self) {
        self.stop.cancel();
        let ended = async {
            // A panic in the accept loop has been reported by its task.
            for serving in self.serving {
                let _ = serving.await;
            }
            self.workers.cancel();
            self.tracker.close();
            self.tracker.wait().await;
        };
        if tokio::time::timeout(self.grace + Duration::from_secs(4), ended).await.is_err() {
            tracing::warn!("stopped with work in hand; it goes on at the next start");
        }
    }
}

/// The domain's rules, from the settings that belong to it and its own table.
pub fn policy(config: &Config) -> Result<Policy, StartError> {
    let mut policy: Policy = config
        .policy
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| config_error(format!("policy: {}", error.message())))?;
    if let Some(folder) = &config.texts_dir {
        policy.locales = texts::read(folder, std::mem::take(&mut policy.locales)).map_err(config_error)?;
    }
    policy.rules = rules::load(config.rules_dir.as_deref(), Timestamp::now()).map_err(config_error)?;
    policy.senders.sms.clone_from(&config.numbers.sms);
    policy.senders.whatsapp.clone_from(&config.numbers.whatsapp);
    let keywords = [
        (&config.numbers.sms, config.numbers.sms_keywords),
        (&config.numbers.whatsapp, config.numbers.whatsapp_keywords),
    ];
    for (number, handling) in keywords {
        if let Some(number) = number {
            policy.carrier_keywords.entry(number.clone()).or_insert(handling);
        }
    }
    policy.system_identity.clone_from(&config.twilio.system_identity);
    policy.max_reply_chars = config.cognition.max_reply_chars;
    if !config.use_conversations_api {
        policy.transport = Transport::Messaging;
    }
    if policy.inactivity.warn_after < SignedDuration::from_secs(1) {
        return Err(config_error("policy.inactivity.warn_after must be at least a second"));
    }
    policy.whatsapp.check().map_err(config_error)?;
    // A local Twilio is as fast as one likes.
    if config.twilio.base_url.is_none() {
        policy.pacing.as_twilio();
    }
    policy.pacing.check().map_err(config_error)?;
    policy.flood.check().map_err(config_error)?;
    policy.spend.check().map_err(config_error)?;
    if !(8..=20).contains(&policy.join.code_length) {
        return Err(config_error("policy.join.code_length must be 8 to 20: shorter codes can be guessed"));
    }
    Ok(policy)
}

/// The account that the settings name.
pub fn account(config: &Config) -> Result<AccountSid, StartError> {
    let sid =
        config.twilio.account_sid.as_deref().ok_or_else(|| config_error("twilio.account_sid is not set"))?;
    sid.parse().map_err(|error| config_error(format!("twilio.account_sid: {error}")))
}

/// A client for the account that the settings name.
pub fn client(config: &Config) -> Result<Client, StartError> {
    use twilio_conversations::auth::{ApiKeySecret, Auth, AuthToken};
    let twilio = &config.twilio;
    let auth = match (&twilio.api_key, &twilio.api_secret, &twilio.auth_token) {
        (Some(key), Some(secret), _) => Auth::ApiKey {
            sid: key.parse().map_err(|error| config_error(format!("twilio.api_key: {error}")))?,
            secret: ApiKeySecret::new(secret.expose_secret()).map_err(config_error)?,
        },
        (_, _, Some(token)) => Auth::Token(AuthToken::new(token.expose_secret()).map_err(config_error)?),
        _ => return Err(config_error("set twilio.api_key and twilio.api_secret, or twilio.auth_token")),
    };
    let mut builder = Client::builder(account(config)?, auth)
        .request_timeout(twilio.request_timeout)
        .max_concurrent_requests(twilio.max_concurrent);
    if let Some(base) = &twilio.base_url {
        builder = builder.sandbox(base.as_str());
    }
    Ok(builder.build()?)
}

fn validator(config: &Config) -> Result<Validator, StartError> {
    use twilio_conversations::auth::AuthToken;
    let token = config.twilio.auth_token.as_ref().map(|token| ("primary".to_owned(), token));
    let extra = config.twilio.extra_auth_tokens.iter().enumerate();
    let extra = extra.map(|(place, token)| (format!("extra {place}"), token));
    let keys: Result<Vec<SigningKey>, _> = token
        .into_iter()
        .chain(extra)
        .map(|(label, token)| Ok(SigningKey::new(label, AuthToken::new(token.expose_secret())?)))
        .collect();
    keys.map(Validator::new).map_err(|error: twilio_conversations::auth::EmptySecret| config_error(error))
}

/// How files that people send are kept.
fn files(config: &Config) -> Result<Files, StartError> {
    let folder = config.media_dir();
    let media = &config.media;
    let store = Folder::open(&folder)
        .map_err(|source| StartError::Media { folder: folder.display().to_string(), source })?;
    Ok(Files {
        store: Arc::new(store),
        limits: DownloadLimits {
            max_bytes: media.max_bytes as u64,
            content_types: media.types.clone(),
            ..DownloadLimits::default()
        },
        attempts: u32::try_from(media.attempts).unwrap_or(u32::MAX),
        turn_wait: media.turn_wait,
        keep: (media.keep_days > 0).then(|| Duration::from_hours(24 * media.keep_days as u64)),
        recording: Arc::default(),
    })
}

/// Where webhooks wait while the store is away.
fn spool(config: &Config) -> Result<Option<Spool>, ShelfError> {
    let Some(folder) = config.spool.dir.clone() else { return Ok(None) };
    let options =
        spool::Options { folder, max_bytes: config.spool.max_bytes as u64, store_within: config.spool.after };
    Spool::open(&options).map(Some)
}

/// Where events are published. NATS may be away when the server starts; what it says must be right.
async fn feed(config: &Config) -> Result<Option<Feed>, StartError> {
    let (Some(feed), Some(url)) = (Feed::new(&config.nats), &config.nats.url) else { return Ok(None) };
    match tokio::time::timeout(NATS_WITHIN, Session::open(&feed.settings, url)).await {
        Ok(Err(trouble @ Trouble::Refused(_))) => return Err(config_error(format!("nats_url: {trouble}"))),
        Ok(Err(trouble)) => tracing::warn!("{trouble}; events are published once it is there"),
        Err(_elapsed) => tracing::warn!("NATS does not answer; events are published once it does"),
        Ok(Ok(_)) => {}
    }
    Ok(Some(feed))
}

/// How long records are kept: as shipped, and as the operator's file has it.
pub fn schedule(config: &Config) -> Result<Schedule, StartError> {
    let shipped = Schedule::shipped().map_err(config_error)?;
    let Some(path) = &config.privacy.retention_file else { return Ok(shipped) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        config_error(format!(
            "privacy.retention_file: {name}: {error}; write the file, or leave the setting out"
        ))
    })?;
    shipped.with(&name, &text).map_err(|error| config_error(format!("privacy.retention_file: {error}")))
}

/// How Twilio's records are compared: never further back than it is remembered what came by webhook.
fn repair(config: &Config, schedule: &Schedule) -> config::Repair {
    let remembered = Duration::from_hours(24 * u64::from(schedule.days(Class::RawWebhooks)).max(1) - 1);
    config::Repair { reach: config.repair.reach.min(remembered), ..config.repair }
}

/// The key by which erased people are known.
async fn persons(config: &Config, store: &dyn Store) -> Result<Persons, StartError> {
    let erased = store.list(Kind::Erasure, (documents::STATE, documents::ANY), Page::first(1)).await;
    let erased = erased.map_err(|error| StartError::Store(error.to_string()))?;
    Persons::open(&config.person_key_file(), !erased.is_empty())
        .map_err(|error| config_error(format!("privacy.key_file: {error}")))
}

/// Names this process among those that share a store.
fn owner() -> Arc<str> {
    let mut bytes = [0; 4];
    // The name is for people: who settles is told by the fence.
    let _ = getrandom::fill(&mut bytes);
    format!("pid {} {:08x}", std::process::id(), u32::from_le_bytes(bytes)).into()
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// What a listener may cost, connections cut to the files that the process may open.
fn within_open_files(config: &Config, listeners: usize) -> http::Limits {
    let http = config.limits.http;
    let files = open_files::raised().map(|files| files / listeners as u64);
    let max_connections = open_files::connections(http.max_connections, config.twilio.max_concurrent, files);
    if max_connections < http.max_connections {
        tracing::warn!(
            max_connections,
            "fewer connections than limits.max_connections, for the process may open few files; raise `ulimit -n`"
        );
    }
    http::Limits { max_connections, ..http }
}

/// The store that the settings name.
async fn open_store(config: &Config) -> Result<Arc<dyn Store>, StartError> {
    match &config.database {
        Database::Sqlite(path) => match SqliteStore::open(path, sqlite::Options::default()) {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(StartError::Store(error.to_string())),
        },
        Database::Postgres(url) => match PostgresStore::open(url.expose(), config.postgres()).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(StartError::Store(error.to_string())),
        },
    }
}

/// Starts the server and its workers.
pub async fn start(config: &Config, clock: Clock) -> Result<Running, StartError> {
    let store = open_store(config).await?;
    let checkpoints = Checkpoints {
        signer: Arc::new(Signer::open(&config.audit_key_file())?),
        file: config.audit.checkpoints.clone(),
        records: config.audit.checkpoint_records as u64,
        after: config.audit.checkpoint_after,
    };
    let files = files(config)?;
    let policy = policy(config)?;
    for finding in texts::findings(&check::lines(&policy)) {
        tracing::warn!("{finding}; see `si-channel-server texts check`");
    }
    let public = config.public_url.clone().ok_or_else(|| config_error("public_url is not set"))?;
    let public_base: Url = public.of("/").parse().map_err(|_| config_error("public_url is not a URL"))?;
    let twilio = Twilio::new(client(config)?, &policy.system_identity, &public_base, config.outbound_media);
    let cognition: Arc<dyn Cognition> = cognition::from_config(&config.cognition).map_err(config_error)?;
    let persons = persons(config, store.as_ref()).await?;
    let owner = owner();
    let schedule = schedule(config)?;
    let repair = Repair::new(repair(config, &schedule), twilio.client().clone(), Arc::clone(&owner));
    let engine = Engine::new(store, Arc::new(policy), account(config)?, clock.clone()).knowing(persons);
    let stop = CancellationToken::new();
    let workers_stop = CancellationToken::new();
    let breaker = Breaker::default();
    let app = App {
        engine: engine.clone(),
        validator: Arc::new(validator(config)?),
        public_url: public,
        bearer: Bearer::new(&config.api_tokens),
        media: Arc::clone(&files.store),
        outbound_media: config.outbound_media,
        spool: spool(config)?,
        feed: feed(config).await?,
        push: config.push,
        repair: Some(repair),
        limits: config.limits,
        load: http::Load::new(config.limits.max_requests),
        breaker: breaker.clone(),
        stop: stop.clone(),
    };
    let (listener, address) = listen(config.listen).await?;
    let admin = match config.admin_listen {
        Some(admin) => Some(listen(admin).await?),
        None => None,
    };
    let tracker = TaskTracker::new();
    let workers = Workers {
        engine,
        twilio,
        cognition,
        asking: Asking {
            attempts: u32::try_from(config.cognition.attempts).unwrap_or(u32::MAX),
            history: config.cognition.history,
            // One answer must not hold up its session for good.
            timeout: config.cognition.timeout.min(Duration::from_secs(150)),
        },
        files,
        checkpoints,
        schedule,
        spool: app.spool.clone(),
        feed: app.feed.clone(),
        postman: Some(Postman::new(&app.push).map_err(|error| config_error(format!("push: {error}")))?),
        repair: app.repair.clone(),
        alarm: Alarm::default(),
        breaker,
        owner,
    };
    workers.start(&tracker, &workers_stop);
    if let Some(url) = &config.clock_url {
        clock.follow(url.clone());
    }
    let limits = within_open_files(config, 1 + usize::from(admin.is_some()));
    let serve = |listener, side| {
        let app = app.clone();
        let handler = move |request| {
            let app = app.clone();
            async move { route(&app, request, side).await }
        };
        tokio::spawn(http::serve(listener, handler, limits, stop.clone()))
    };
    let side = if admin.is_some() { Side::Twilio } else { Side::Everybody };
    let mut serving = vec![serve(listener, side)];
    let mut admin_address = None;
    if let Some((listener, address)) = admin {
        serving.push(serve(listener, Side::Si));
        admin_address = Some(address);
    }
    Ok(Running {
        address,
        admin_address,
        app,
        stop,
        workers: workers_stop,
        tracker,
        serving,
        grace: config.limits.http.shutdown_grace,
    })
}
