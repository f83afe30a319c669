//! What is recorded: webhooks accepted, decisions committed, webhooks spooled and brought in, restarts in between.
//!
//! Each acknowledgement is a line on standard output, written before anything else is begun.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use si_channel_server::spool::{self, Spool, Spooled};
use si_channel_server::store::sqlite::{Options, SqliteStore};
use si_channel_server::store::{Changes, Claim, Kind, NewEffect, NewEvent, NewInput, Put, Store};
use si_channel_server::worker::Received;

use crate::Error;

/// What an acknowledgement says: a webhook is in the store or in the spool.
pub(crate) const TAKEN: &str = "taken ";
/// Decisions up to this number are committed.
pub(crate) const DECIDED: &str = "decided ";

/// In which file of the folder the store is.
pub(crate) const STORE: &str = "channel.sqlite";
/// In which folder of it the spool is.
pub(crate) const SPOOL: &str = "spool";
/// The stream of all events.
pub(crate) const STREAM: &str = "s";

const RESTARTS: usize = 3;
const ROUNDS: usize = 24;

pub(crate) fn run(folder: &Path) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut decided = 0;
    for start in 0..RESTARTS {
        runtime.block_on(live(folder, start, &mut decided))?;
    }
    Ok(())
}

/// Opens the store of a folder.
pub(crate) async fn store(folder: &Path) -> Result<SqliteStore, Error> {
    when_free(|| SqliteStore::open(folder.join(STORE), Options::default())).await
}

/// Opens the spool of a folder.
pub(crate) async fn spool(folder: &Path) -> Result<Spool, Error> {
    let folder = folder.join(SPOOL);
    let options = spool::Options { folder, max_bytes: 1 << 30, store_within: Duration::from_secs(1) };
    when_free(|| Spool::open(&options)).await
}

/// What had it open before may still be closing.
async fn when_free<T, E>(mut open: impl FnMut() -> Result<T, E>) -> Result<T, Error>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let mut left = 500;
    loop {
        match open() {
            Err(error) if left > 0 && error.to_string().contains("in use") => left -= 1,
            other => return Ok(other?),
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The webhook of a number, as the spool keeps it.
pub(crate) fn webhook(key: &str) -> Spooled {
    Spooled {
        at_ms: 0,
        received: Received::Conversations { pairs: vec![("Key".to_owned(), key.to_owned())] },
    }
}

/// The key of a webhook of the spool.
pub(crate) fn key(webhook: &Spooled) -> String {
    webhook.received.pairs()[0].1.clone()
}

/// The input of a key.
pub(crate) fn input(key: &str) -> NewInput {
    // Some longer than a page.
    let size = if key.ends_with('7') { 9_000 } else { 300 };
    NewInput {
        key: key.to_owned(),
        lane: key.to_owned(),
        body: format!("{{\"x\":{:?}}}", "x".repeat(size)),
        at_ms: 0,
    }
}

async fn live(folder: &Path, start: usize, decided: &mut u64) -> Result<(), Error> {
    let (store, spool) = (store(folder).await?, spool(folder).await?);
    for round in 0..ROUNDS {
        let name = |place: usize| format!("{start}-{round}-{place}");
        store.accept(vec![input(&name(0)), input(&name(1))]).await?;
        acknowledge(TAKEN, &name(0))?;
        acknowledge(TAKEN, &name(1))?;
        let claim = Claim { owner: "work".into(), now_ms: 0, lease_until_ms: 1, limit: 1 };
        for claimed in store.claim_inputs(claim).await? {
            *decided += 1;
            store.commit(decision(*decided, Changes::settle(claimed.source()))).await?;
            acknowledge(DECIDED, &decided.to_string())?;
        }
        for place in 2..4 {
            spool.keep(&webhook(&name(place))).await?;
            acknowledge(TAKEN, &name(place))?;
        }
        if round % 3 == 2 {
            let batch = spool.oldest(4).await?;
            store.accept(batch.webhooks.iter().map(|webhook| input(&key(webhook))).collect()).await?;
            spool.settle(batch).await?;
        }
        if round % 10 == 9 {
            store.compact().await?;
        }
    }
    Ok(())
}

/// A decision writes to several tables, all or nothing.
fn decision(number: u64, settle: Changes) -> Changes {
    let put = |kind, version| Put {
        kind,
        id: number.to_string(),
        version,
        doc: format!("{{\"n\":{number}}}"),
        keys: None,
    };
    Changes {
        puts: vec![put(Kind::Session, 0), put(Kind::Ledger, 0)],
        events: vec![NewEvent {
            id: number.to_string(),
            stream: STREAM.to_owned(),
            sequence: number,
            body: format!("{{\"n\":{number}}}"),
        }],
        effects: vec![NewEffect {
            id: number.to_string(),
            lane: number.to_string(),
            priority: 1,
            not_before_ms: 0,
            body: "{}".to_owned(),
        }],
        ..settle
    }
}

fn acknowledge(what: &str, which: &str) -> Result<(), Error> {
    let line = format!("{what}{which}\n");
    // One call, so that the trace has it in one piece.
    Ok(std::io::stdout().lock().write_all(line.as_bytes())?)
}
