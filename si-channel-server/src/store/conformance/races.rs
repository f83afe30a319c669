//! Many at once.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    Changes, LEASE, NOW, Place, changes, claim, claim_inputs, entry, event, holder, input, is_conflict,
    is_overtaken, keyed, put, puts, unique, version,
};
use crate::store::{Accepted, Store};

pub async fn of_many_commits_on_one_version_one_wins(place: &dyn Place) {
    let store = place.open().await;
    for round in 0..10 {
        let mut tasks = JoinSet::new();
        for task in 0..20 {
            let store = store.clone();
            tasks.spawn(async move {
                let entries = vec![entry("s", &format!("{round}-{task}"), 0)];
                store.commit(Changes { entries, ..puts(vec![put("s", round)]) }).await
            });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "round {round}");
        assert_eq!(outcomes.iter().filter(|outcome| is_conflict(outcome)).count(), 19, "round {round}");
        assert_eq!(version(&*store, "s").await, round + 1);
    }
    assert_eq!(store.entries("s").await.unwrap().len(), 10);
}

pub async fn one_delivery_fifty_times_at_once_is_accepted_once(place: &dyn Place) {
    let store = place.open().await;
    for round in 0..5 {
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let store = store.clone();
            tasks.spawn(async move { store.accept(vec![input(&format!("k{round}"), "1")]).await.unwrap() });
        }
        let answers = tasks.join_all().await.concat();
        assert_eq!(answers.iter().filter(|answer| **answer == Accepted::New).count(), 1);
        assert_eq!(answers.len(), 50);
    }
    assert_eq!(store.depths().await.unwrap().inputs, 5);
}

pub async fn a_unique_key_wanted_by_many_at_once_has_one_holder(place: &dyn Place) {
    let store = place.open().await;
    let mut tasks = JoinSet::new();
    for task in 0..50 {
        let store = store.clone();
        tasks.spawn(async move {
            let id = format!("s{task}");
            store.commit(puts(vec![keyed(&id, 0, vec![unique("binding", "x")])])).await.is_ok().then_some(id)
        });
    }
    let winners: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(holder(&*store, "binding", "x").await, winners.into_iter().next());
}

pub async fn lanes_are_claimed_by_one_of_many_at_once(place: &dyn Place) {
    let store = place.open().await;
    let inputs = (0..60).map(|n| input(&format!("k{n}"), &format!("l{n}"))).collect();
    store.accept(inputs).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..12 {
        let store = store.clone();
        tasks.spawn(async move { claim_inputs(&*store, NOW, 10).await });
    }
    let mut claimed: Vec<_> = tasks.join_all().await.concat().into_iter().map(|input| input.seq).collect();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), 60);
}

/// Workers whose leases keep running out: each input still has one effect, in the order of its lane.
pub async fn many_workers_decide_each_input_once_and_in_order(place: &dyn Place) {
    const LANES: usize = 12;
    const EACH: usize = 8;
    let store = place.open().await;
    for n in 0..EACH {
        let inputs = (0..LANES).map(|lane| input(&format!("{n}"), &format!("{lane}")));
        let inputs = inputs
            .map(|input| crate::store::NewInput { key: format!("{}/{}", input.lane, input.key), ..input });
        store.accept(inputs.collect()).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for worker in 0..6_i64 {
        let store = store.clone();
        tasks.spawn(async move { work(&store, worker).await });
    }
    // Time runs while they work.
    let run = async {
        loop {
            place.pass(LEASE).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = tasks.join_all() => {}
        () = run => {}
    }
    for lane in 0..LANES {
        let decided: Vec<_> =
            store.entries(&lane.to_string()).await.unwrap().into_iter().map(|entry| entry.id).collect();
        let expected: Vec<_> = (0..EACH).map(|n| format!("{lane}/{n}")).collect();
        assert_eq!(decided, expected);
    }
}

/// Decides until nothing is pending. Every third worker's clock runs ahead, so that it takes over held lanes.
async fn work(store: &Arc<dyn Store>, worker: i64) {
    let mut now = NOW;
    let mut rounds = 0;
    while store.depths().await.unwrap().inputs > 0 {
        rounds += 1;
        assert!(rounds < 20_000, "inputs stay pending");
        if worker % 3 == 0 {
            now += LEASE;
        }
        for claimed in store.claim_inputs(claim(&worker.to_string(), now, 3)).await.unwrap() {
            let version = version(&**store, &claimed.lane).await;
            let changes = Changes {
                source: claimed.source(),
                puts: vec![put(&claimed.lane, version)],
                entries: vec![entry(&claimed.lane, &claimed.key, i64::try_from(version).unwrap())],
                events: vec![event(&claimed.lane, version + 1)],
                ..changes()
            };
            let outcome = store.commit(changes).await;
            assert!(outcome.is_ok() || is_conflict(&outcome) || is_overtaken(&outcome), "{outcome:?}");
        }
    }
}

/// Positions become visible in their order: one who reads on from the last position seen misses none.
pub async fn a_reader_of_the_feed_misses_nothing_while_many_commit(place: &dyn Place) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 25;
    let store = place.open().await;
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for sequence in 1..=EACH {
                let events = vec![event(&writer.to_string(), sequence)];
                store.commit(Changes { events, ..changes() }).await.unwrap();
            }
        });
    }
    let (mut position, mut last) = (0, HashMap::new());
    let mut seen = 0;
    while seen < WRITERS * EACH {
        for event in store.events_after(position, None, 7).await.unwrap() {
            assert!(event.position > position);
            position = event.position;
            let before = last.insert(event.stream.clone(), event.sequence).unwrap_or(0);
            assert_eq!(event.sequence, before + 1, "stream {}", event.stream);
            seen += 1;
        }
    }
    tasks.join_all().await;
    assert!(store.events_after(position, None, 1).await.unwrap().is_empty());
}
