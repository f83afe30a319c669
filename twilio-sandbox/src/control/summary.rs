//! `/sandbox/summary` and `/sandbox/events`: what a page needs to know to see what has changed.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{clock, faults};
use crate::accounts::Accounts;
use crate::http::event_stream::{self, Body, HEARTBEAT};
use crate::state::handset::Handset;

/// The shortest time between two events of a stream.
const PACE: Duration = Duration::from_millis(60);
/// Silence after which a stream shows that it lives.
const SILENCE: Duration = Duration::from_secs(15);

/// The clock, the faults, the log's last number, the senders, and of each phone a number that changes with it.
pub(super) fn read(accounts: &Accounts) -> Value {
    let (mut numbers, mut handsets) = (Vec::new(), BTreeMap::<String, u32>::new());
    for hub in accounts.all() {
        let world = hub.world();
        for number in world.numbers.values() {
            numbers.push(json!({"number": number.address, "channel": number.channel.lower()}));
        }
        for (address, handset) in &world.handsets {
            let all = handsets.entry(address.clone()).or_default();
            *all = all.rotate_left(1) ^ version(handset, world.now());
        }
    }
    let handsets: Vec<Value> = handsets
        .into_iter()
        .map(|(address, version)| json!({"address": address, "version": version}))
        .collect();
    let (clock, faults) = (clock::read(accounts.main()), faults::list(accounts.main()));
    json!({
        "clock": clock, "faults": faults["faults"], "log": accounts.platform.log().last(),
        "numbers": numbers, "handsets": handsets,
    })
}

/// Differs when anything that the phone shows differs.
fn version(handset: &Handset, now: i64) -> u32 {
    let mut hasher = DefaultHasher::new();
    (handset.reads, handset.reachable, handset.screen.len()).hash(&mut hasher);
    for typing in handset.typing_at(now) {
        (&typing.peer, typing.until).hash(&mut hasher);
    }
    for entry in &handset.screen {
        (&entry.sid, &entry.status, &entry.body).hash(&mut hasher);
    }
    // A JavaScript number holds it exactly.
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

/// A summary now and after each change, until the client goes or the sandbox stops.
pub(super) fn stream(accounts: &Arc<Accounts>, mut stop: watch::Receiver<bool>) -> Response<Body> {
    let (sender, answer) = event_stream::channel();
    let accounts = Arc::clone(accounts);
    tokio::spawn(async move {
        let mut changes = accounts.platform.changes();
        let mut chunk = event_stream::event("summary", &read(&accounts).to_string());
        let gone = sender.clone();
        while sender.send(chunk).await.is_ok() {
            let news = async {
                tokio::time::sleep(PACE).await;
                changes.changed().await.is_ok()
            };
            chunk = tokio::select! {
                true = news => event_stream::event("summary", &read(&accounts).to_string()),
                () = tokio::time::sleep(SILENCE) => HEARTBEAT,
                () = gone.closed() => break,
                _ = stop.wait_for(|stop| *stop) => break,
                else => break,
            };
        }
    });
    answer
}
