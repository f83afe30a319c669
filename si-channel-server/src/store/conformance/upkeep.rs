//! Kept answers, pruning, counts and wake-ups.

use super::{
    Changes, NOW, NewInput, Place, accept, changes, claim_effects, claim_inputs, effect, event, input,
    is_conflict, put, puts, timer, version, with_effects,
};
use crate::store::Accepted::{Duplicate, New};
use crate::store::{Depths, KeptAnswer, Store, Wake};

fn answer(key: &str, at_ms: i64) -> KeptAnswer {
    KeptAnswer {
        key: key.to_owned(),
        request: "hash".to_owned(),
        status: 202,
        body: "{\"id\":1}".to_owned(),
        at_ms,
    }
}

fn keep(answer: KeptAnswer) -> Changes {
    Changes { answer: Some(answer), ..changes() }
}

/// Accepts and decides inputs received at this time.
async fn settle(store: &dyn Store, keys: impl Iterator<Item = String>, at_ms: i64) {
    let inputs = keys.map(|key| NewInput { at_ms, ..input(&key, &key) }).collect();
    store.accept(inputs).await.unwrap();
    for claimed in claim_inputs(store, NOW, usize::MAX).await {
        store.commit(Changes::settle(claimed.source())).await.unwrap();
    }
}

pub async fn a_kept_answer_is_found_and_kept_once(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.kept_answer("k").await.unwrap(), None);
    store.commit(keep(answer("k", 5))).await.unwrap();
    let other = KeptAnswer { status: 409, ..answer("k", 6) };
    let again = Changes { puts: vec![put("s", 0)], ..keep(other) };
    assert!(is_conflict(&store.commit(again).await));
    assert_eq!(version(&*store, "s").await, 0, "nothing of the second request happened");
    assert_eq!(store.kept_answer("k").await.unwrap(), Some(answer("k", 5)));
}

pub async fn pruning_takes_old_settled_inputs_and_old_answers_only(place: &dyn Place) {
    let store = place.open().await;
    settle(&*store, ["old", "older"].map(str::to_owned).into_iter(), 99).await;
    settle(&*store, ["edge"].map(str::to_owned).into_iter(), 100).await;
    store.accept(vec![NewInput { at_ms: 1, ..input("poison", "p") }]).await.unwrap();
    let poison = claim_inputs(&*store, NOW, 1).await.remove(0);
    store.return_input(poison.seq, poison.fence, None, "poison").await.unwrap();
    store.accept(vec![NewInput { at_ms: 1, ..input("pending", "q") }]).await.unwrap();
    store.commit(keep(answer("old", 99))).await.unwrap();
    store.commit(keep(answer("edge", 100))).await.unwrap();

    assert_eq!(store.prune(100, 10).await.unwrap(), 3);
    assert_eq!(store.prune(100, 10).await.unwrap(), 0);
    assert_eq!(store.kept_answer("old").await.unwrap(), None);
    assert!(store.kept_answer("edge").await.unwrap().is_some());
    let again = ["old", "edge", "poison", "pending"].map(|key| input(key, key));
    let answers = store.accept(again.to_vec()).await.unwrap();
    assert_eq!(answers, [New, Duplicate, Duplicate, Duplicate]);
}

pub async fn pruning_stops_at_the_limit(place: &dyn Place) {
    let store = place.open().await;
    settle(&*store, (0..25).map(|n| format!("i{n}")), 1).await;
    for n in 0..5 {
        store.commit(keep(answer(&format!("a{n}"), 1))).await.unwrap();
    }
    assert_eq!(store.prune(100, 0).await.unwrap(), 0);
    assert_eq!(store.prune(100, 20).await.unwrap(), 20);
    assert_eq!(store.prune(100, 7).await.unwrap(), 7);
    assert_eq!(store.prune(100, usize::MAX).await.unwrap(), 3);
}

pub async fn depths_count_what_is_pending(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.depths().await.unwrap(), Depths::default());
    accept(&*store, &[("a", "1"), ("b", "2"), ("c", "3"), ("d", "1")]).await;
    let effects = vec![effect("x", "1", 0), effect("y", "1", 0)];
    store.commit(Changes { timers: vec![timer("t", 1)], ..with_effects(effects) }).await.unwrap();
    let claimed = claim_inputs(&*store, NOW, 3).await;
    assert_eq!(store.depths().await.unwrap(), Depths { inputs: 4, quarantined: 0, effects: 2, timers: 1 });
    store.commit(Changes::settle(claimed[0].source())).await.unwrap();
    store.return_input(claimed[1].seq, claimed[1].fence, None, "poison").await.unwrap();
    store.return_input(claimed[2].seq, claimed[2].fence, Some(NOW), "later").await.unwrap();
    let done = claim_effects(&*store, NOW, 1).await.remove(0);
    store.commit(Changes::settle(done.source(None))).await.unwrap();
    assert_eq!(store.depths().await.unwrap(), Depths { inputs: 2, quarantined: 1, effects: 1, timers: 1 });
}

pub async fn a_store_that_works_answers_a_ping(place: &dyn Place) {
    let store = place.open().await;
    store.ping().await.unwrap();
    store.ping().await.unwrap();
}

/// A wake-up comes after the work can be seen, so that waiting for it and then claiming finds the work. A store
/// that never wakes leaves this waiting.
pub async fn waiting_workers_are_woken(place: &dyn Place) {
    let store = place.open().await;
    let (mut inputs, mut effects) = (store.watch(Wake::Inputs), store.watch(Wake::Effects));
    let (mut timers, mut events) = (store.watch(Wake::Timers), store.watch(Wake::Events));

    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    inputs.changed().await.unwrap();
    let claimed = claim_inputs(&*store, NOW, 1).await.remove(0);
    inputs.mark_unchanged();
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    inputs.changed().await.unwrap();
    let claimed = claim_inputs(&*store, NOW, 1).await.remove(0);
    inputs.mark_unchanged();
    store.return_input(claimed.seq, claimed.fence, Some(NOW), "again").await.unwrap();
    inputs.changed().await.unwrap();

    let added = vec![effect("a", "1", 0), effect("b", "1", 0)];
    store.commit(with_effects(added)).await.unwrap();
    effects.changed().await.unwrap();
    let claimed = claim_effects(&*store, NOW, 1).await.remove(0);
    effects.mark_unchanged();
    store.commit(Changes::settle(claimed.source(None))).await.unwrap();
    effects.changed().await.unwrap();

    store.commit(Changes { timers: vec![timer("t", 1)], ..puts(Vec::new()) }).await.unwrap();
    timers.changed().await.unwrap();
    store.commit(Changes { events: vec![event("s", 1)], ..changes() }).await.unwrap();
    events.changed().await.unwrap();
}
