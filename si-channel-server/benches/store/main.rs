//! How fast a store answers, each answer flushed to the disk: `cargo bench -p si-channel-server --bench store`.
//!
//! SQLite's file lies in the temporary folder; set `TMPDIR` to measure another disk. With `SI_CHANNEL_TEST_POSTGRES` the
//! database of that URL is measured instead, against a floor: bodies of the same size, in batches, one index, nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use si_channel_server::store::postgres::{self, PostgresStore};
use si_channel_server::store::sqlite::{Options, SqliteStore};
use si_channel_server::store::{
    Changes, Claim, Entry, Key, Kind, NewEffect, NewEvent, NewInput, NewRecord, Put, Source, Store, Timer,
    TimerChange,
};
use tokio::task::JoinSet;

mod floor;

type Error = Box<dyn std::error::Error>;

/// Names the database to measure.
const POSTGRES: &str = "SI_CHANNEL_TEST_POSTGRES";

/// Without `--bench`, as `cargo test --benches` runs it, everything is run once and briefly.
struct Length {
    each: Duration,
    pending: usize,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let long = std::env::args().any(|argument| argument == "--bench");
    let length = if long {
        Length { each: Duration::from_secs(4), pending: 100_000 }
    } else {
        Length { each: Duration::from_millis(20), pending: 1_000 }
    };
    if let Ok(url) = std::env::var(POSTGRES) {
        for callers in [64, 512] {
            floor::measure_floor(&url, callers, &length).await?;
        }
    }
    for callers in [1, 64, 512] {
        accept(callers, &length).await?;
    }
    for callers in [1, 64, 512] {
        commit(callers, &length).await?;
    }
    cycle(64, &length).await?;
    for lanes in [length.pending / 2, 1] {
        claim(lanes, &length).await?;
    }
    Ok(())
}

/// Where a store is: in a folder, which goes with this, or in a schema.
enum Home {
    Folder(tempfile::TempDir),
    Schema(String, String),
}

impl Home {
    /// An empty one.
    fn new() -> Result<Self, Error> {
        let Ok(url) = std::env::var(POSTGRES) else { return Ok(Self::Folder(tempfile::tempdir()?)) };
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        Ok(Self::Schema(url, format!("bench_{}", since.as_nanos())))
    }

    async fn open(&self) -> Result<Arc<dyn Store>, Error> {
        Ok(match self {
            Self::Folder(folder) => {
                Arc::new(SqliteStore::open(folder.path().join("store.db"), Options::default())?)
            }
            Self::Schema(url, schema) => {
                let options = postgres::Options { schema: schema.clone(), ..postgres::Options::default() };
                Arc::new(PostgresStore::open(url, options).await?)
            }
        })
    }
}

/// A store in a new place, which lives as long as the first value.
async fn store() -> Result<(Home, Arc<dyn Store>), Error> {
    let home = Home::new()?;
    let store = home.open().await?;
    Ok((home, store))
}

/// Runs `call` from many tasks for a while and prints what it took. It is given the task and the round.
async fn measure<F, T>(name: &str, callers: usize, length: &Length, call: F) -> Result<(), Error>
where
    F: Fn(usize, u64) -> T + Clone + Send + 'static,
    T: Future<Output = Result<(), String>> + Send,
{
    let start = Instant::now();
    let until = start + length.each;
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let call = call.clone();
        tasks.spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < until {
                let before = Instant::now();
                call(caller, took.len() as u64).await?;
                took.push(before.elapsed());
            }
            Ok::<_, String>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(task) = tasks.join_next().await {
        took.extend(task??);
    }
    report(name, took, start.elapsed());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(name: &str, mut took: Vec<Duration>, elapsed: Duration) {
    took.sort_unstable();
    let per_second = took.len() as f64 / elapsed.as_secs_f64();
    let at = |part: usize| took.get(took.len() * part / 100).map_or(0.0, |took| took.as_secs_f64() * 1e3);
    println!("figure: store: {name} | {:.2} ms (p99 {:.2}) | {per_second:.0} /s", at(50), at(99));
}

fn input(key: String, lane: String) -> NewInput {
    // About as long as a Conversations webhook.
    NewInput { key, lane, body: "x".repeat(1_200), at_ms: 0 }
}

/// A wish for one input, whose lane is held until it is settled.
fn one() -> Claim {
    Claim { owner: "bench".into(), now_ms: 0, lease_until_ms: 600_000, limit: 1 }
}

/// What an answered message does: a session written, three events, two transcript entries, one effect, two timers,
/// one record of the audit log.
fn typical(session: &str, round: u64, source: Source) -> Changes {
    let key = |name, value: &str, unique| Key { name, value: value.to_owned(), unique, order: 0 };
    Changes {
        puts: vec![Put {
            kind: Kind::Session,
            id: session.to_owned(),
            version: round,
            doc: "x".repeat(2_000),
            keys: Some(vec![key("conversation", session, true), key("binding", session, false)]),
        }],
        events: (1..=3)
            .map(|n| NewEvent {
                id: format!("{session}-{round}-{n}"),
                stream: session.to_owned(),
                sequence: round * 3 + n,
                body: "x".repeat(700),
            })
            .collect(),
        entries: (1..=2)
            .map(|n| Entry {
                session: session.to_owned(),
                id: format!("{round}-{n}"),
                at_ms: i64::try_from(round).unwrap_or_default(),
                body: "x".repeat(300),
            })
            .collect(),
        effects: vec![NewEffect {
            id: format!("{session}-{round}"),
            lane: session.to_owned(),
            priority: 5,
            not_before_ms: 0,
            body: "x".repeat(500),
        }],
        timers: ["warn", "close"]
            .map(|name| {
                let due_ms = i64::try_from(round).unwrap_or_default();
                TimerChange::Set(Timer { key: format!("{session}-{name}"), due_ms, body: "{}".to_owned() })
            })
            .to_vec(),
        audit: vec![NewRecord {
            body: format!("{{\"kind\":\"send\",\"rest\":\"{}\"}}", "x".repeat(900)),
            address: Some(session.to_owned()),
            openings: "x".repeat(1_200),
        }],
        ..Changes::settle(source)
    }
}

async fn accept(callers: usize, length: &Length) -> Result<(), Error> {
    let (_folder, store) = store().await?;
    measure(&format!("accept, {callers} callers"), callers, length, move |caller, round| {
        let store = store.clone();
        async move {
            let new = input(format!("AC/message/{caller}/{round}"), format!("CH{caller}"));
            store.accept(vec![new]).await.map(drop).map_err(|error| error.to_string())
        }
    })
    .await
}

async fn commit(callers: usize, length: &Length) -> Result<(), Error> {
    let (_folder, store) = store().await?;
    measure(
        &format!("commit of an answered message, {callers} callers"),
        callers,
        length,
        move |caller, round| {
            let store = store.clone();
            async move {
                let changes = typical(&format!("session-{caller}"), round, Source::Direct);
                store.commit(changes).await.map_err(|error| error.to_string())
            }
        },
    )
    .await
}

/// Accepted, claimed, loaded and committed, one after another in each task.
async fn cycle(callers: usize, length: &Length) -> Result<(), Error> {
    let (_folder, store) = store().await?;
    measure(
        &format!("accept, claim, load, commit, {callers} callers"),
        callers,
        length,
        move |caller, round| {
            let store = store.clone();
            async move {
                let text = |error: &dyn std::fmt::Display| error.to_string();
                // A lane for each: one that another caller still holds has nothing to claim.
                let lane = format!("{caller}/{round}");
                let new = input(format!("AC/message/{caller}/{round}"), lane.clone());
                store.accept(vec![new]).await.map_err(|error| text(&error))?;
                // Whose input it is does not matter: there is one for each caller. PostgreSQL passes over what another
                // caller is just taking, and then there may be none this time.
                let claimed = loop {
                    let claimed = store.claim_inputs(one()).await.map_err(|error| text(&error))?;
                    if let Some(claimed) = claimed.into_iter().next() {
                        break claimed;
                    }
                };
                let id = format!("session-{}", claimed.seq);
                let wants = vec![si_channel_server::store::Want::Id(Kind::Session, id.clone())];
                store.load(wants).await.map_err(|error| text(&error))?;
                store.commit(typical(&id, 0, claimed.source())).await.map_err(|error| text(&error))
            }
        },
    )
    .await
}

/// Claims while very many inputs are pending.
async fn claim(lanes: usize, length: &Length) -> Result<(), Error> {
    let (folder, first) = store().await?;
    for chunk in 0..length.pending / 1_000 {
        let inputs =
            (chunk * 1_000..(chunk + 1) * 1_000).map(|n| input(n.to_string(), (n % lanes).to_string()));
        first.accept(inputs.collect()).await?;
    }
    drop(first);
    let before = Instant::now();
    let store = folder.open().await?;
    let opened = before.elapsed();
    let mut took = Vec::new();
    let start = Instant::now();
    while start.elapsed() < length.each && took.len() < length.pending {
        let before = Instant::now();
        let claimed = store.claim_inputs(one()).await?;
        took.push(before.elapsed());
        let claimed = claimed.first().ok_or("nothing to claim")?;
        store.commit(Changes::settle(claimed.source())).await?;
    }
    let name = format!("claim, {} pending in {lanes} lanes", length.pending);
    let elapsed = took.iter().sum();
    report(&name, took, elapsed);
    println!("figure: store: opening that store | {:.2} ms |", opened.as_secs_f64() * 1e3);
    Ok(())
}
