//! How fast webhooks are acknowledged, each on the disk before its answer: `cargo bench -p si-channel-server --bench webhook`.
//!
//! The same signed webhooks are sent to three servers, one after another, over connections that stay open, by a
//! client thread of this process, which shares the machine's cores with the server:
//!
//! - `floor`: hyper, one HMAC, one file with a flush for all that wait: what this machine can do at best;
//! - `edge`: the channel's HTTP side and its SQLite store, without workers;
//! - `server`: the whole channel with its workers deciding what came in, answered by `echo`. Its Twilio is a closed
//!   port, so that no other server takes part and effects fail and wait.
//!
//! The files lie in the temporary folder; set `TMPDIR` to measure another disk. `WEBHOOK_ONLY=edge` sends to one
//! server alone, for a profiler.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use si_channel_server::app::{self, App};
use si_channel_server::clock::Clock;
use si_channel_server::config::{Config, Purpose, Sources};
use si_channel_server::engine::Engine;
use si_channel_server::http::{self, bearer::Bearer};
use si_channel_server::ports::media::Folder;
use si_channel_server::router::{Side, route};
use si_channel_server::store::sqlite::{Options, SqliteStore};
use si_channel_server::worker::Breaker;
use tokio::runtime;
use tokio_util::sync::CancellationToken;
use twilio_conversations::webhook::signature::Validator;

mod floor;
mod load;

use load::{Load, Measured};

type Error = Box<dyn std::error::Error>;

const SERVERS: [&str; 3] = ["floor", "edge", "server"];

/// Without `--bench`, as `cargo test --all-targets` runs it, everything is run once and briefly.
struct Length {
    connections: &'static [usize],
    each: Duration,
    webhooks: usize,
}

fn main() -> Result<(), Error> {
    let length = if std::env::args().any(|argument| argument == "--bench") {
        Length { connections: &[1, 16, 64, 256], each: Duration::from_secs(3), webhooks: 120_000 }
    } else {
        Length { connections: &[1, 4], each: Duration::from_millis(50), webhooks: 300 }
    };
    let only = std::env::var("WEBHOOK_ONLY").ok();
    let load = Load::new(length.webhooks)?;
    for server in SERVERS.into_iter().filter(|name| only.as_deref().is_none_or(|only| only == *name)) {
        for connections in length.connections {
            measure(server, *connections, &load, &length)?;
        }
    }
    Ok(())
}

/// Sends to a new server with a new store, for a while.
fn measure(name: &str, connections: usize, load: &Load, length: &Length) -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store.db");
    let server = runtime::Runtime::new()?;
    let address = match name {
        "floor" => server.block_on(floor::start(&folder.path().join("log")))?,
        "edge" => server.block_on(edge(&config(&store)?))?,
        _ => server.block_on(app::start(&config(&store)?, Clock::new()))?.address,
    };
    let client = runtime::Builder::new_current_thread().enable_all().build()?;
    let (warmed, measured) = client.block_on(async {
        let mut clients = load::Clients::connect(address, connections).await?;
        let warmed = clients.send(load, length.each / 10).await?;
        let measured = clients.send(load, length.each).await?;
        Ok::<_, load::Error>((warmed, measured))
    })?;
    server.shutdown_timeout(Duration::from_secs(2));
    report(&format!("{name}, {connections} connections"), &measured);
    if name != "floor" {
        let (kept, decided) = kept(&store)?;
        let acknowledged = warmed.took.len() + measured.took.len();
        if kept < acknowledged {
            return Err(
                format!("{acknowledged} webhooks were acknowledged and {kept} are in the store").into()
            );
        }
        if name == "server" {
            println!("  of {kept} webhooks {decided} were decided by the time of the stop");
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(name: &str, measured: &Measured) {
    let mut took = measured.took.clone();
    took.sort_unstable();
    let at = |part: usize| took.get((took.len() * part / 100).min(took.len() - 1)).map_or(0.0, millis);
    let (p50, p99, max) = (at(50), at(99), at(100));
    let rate = took.len() as f64 / measured.elapsed.as_secs_f64();
    println!("figure: webhook: {name} | {p50:.2} ms (p99 {p99:.2}, max {max:.2}) | {rate:.0} acknowledged/s");
}

fn millis(took: &Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// How many webhooks the file holds, and how many of them are decided.
fn kept(store: &Path) -> Result<(usize, usize), Error> {
    let conn = rusqlite::Connection::open(store)?;
    let count = "SELECT count(*), count(*) FILTER (WHERE state = 1) FROM inputs";
    let (kept, decided): (i64, i64) = conn.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((kept.try_into()?, decided.try_into()?))
}

fn config(store: &Path) -> Result<Config, Error> {
    let settings = [
        ("listen", free_port().to_string()),
        ("public_url", load::PUBLIC_URL.to_owned()),
        ("database_url", format!("sqlite:{}", store.display())),
        ("api_token", "bench".to_owned()),
        ("twilio.base_url", format!("http://{}", closed_port()?)),
        ("twilio.account_sid", load::ACCOUNT.to_owned()),
        ("twilio.auth_token", load::TOKEN.to_owned()),
        ("numbers.sms", load::NUMBER.to_owned()),
        // All are answered, however many they are.
        ("policy.flood.new_numbers", "0".to_owned()),
        ("policy.flood.per_address", "0".to_owned()),
    ];
    let env = settings.map(|(key, value)| {
        (format!("SI_CHANNEL_{}", key.replace('.', "__").to_uppercase()).into(), value.into())
    });
    let sources = Sources::new(None, env);
    Ok(Config::load(Purpose::Serve, &sources).map_err(|problems| problems.to_string())?)
}

fn free_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A port where nobody listens.
fn closed_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind(free_port())?.local_addr()
}

/// What [`app::start`] serves, without the workers.
async fn edge(config: &Config) -> Result<SocketAddr, Error> {
    let si_channel_server::config::Database::Sqlite(path) = &config.database else {
        panic!("the bench keeps its state in a file")
    };
    let store = Arc::new(SqliteStore::open(path, Options::default())?);
    let stop = CancellationToken::new();
    let app = App {
        engine: Engine::new(store, Arc::new(app::policy(config)?), app::account(config)?, Clock::new()),
        validator: Arc::new(Validator::new([load::key()?])),
        public_url: config.public_url.clone().ok_or("no public URL")?,
        bearer: Bearer::new(&config.api_tokens),
        media: Arc::new(Folder::open(config.media_dir())?),
        outbound_media: config.outbound_media,
        spool: None,
        feed: None,
        repair: None,
        push: config.push,
        limits: config.limits,
        load: http::Load::new(config.limits.max_requests),
        breaker: Breaker::default(),
        stop: stop.clone(),
    };
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let handler = move |request| {
        let app = app.clone();
        async move { route(&app, request, Side::Twilio).await }
    };
    tokio::spawn(http::serve(listener, handler, config.limits.http, stop));
    Ok(address)
}
