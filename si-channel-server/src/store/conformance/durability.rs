//! What is left after closing and opening again.

use super::{
    Changes, Kind, LEASE, NOW, Place, Want, accept, changes, claim_effects, claim_inputs, effect, effect_ids,
    entry, event, holder, input, input_keys, is_overtaken, key, keyed, timer, unique, version, with_effects,
};
use crate::store::{Accepted, Depths, KeptAnswer, Page};

pub async fn everything_answered_is_there_after_reopening(place: &dyn Place) {
    let store = place.open().await;
    let answer = KeptAnswer {
        key: "k".to_owned(),
        request: "r".to_owned(),
        status: 201,
        body: "{}".to_owned(),
        at_ms: 3,
    };
    let all = Changes {
        puts: vec![keyed("s", 0, vec![unique("sid", "CH1"), key("state", "open", 4)])],
        events: vec![event("s", 1), event("s", 2)],
        entries: vec![entry("s", "m1", 2), entry("s", "m2", 1)],
        timers: vec![timer("t", NOW)],
        answer: Some(answer.clone()),
        ..changes()
    };
    store.commit(all).await.unwrap();
    let wants = vec![Want::Id(Kind::Session, "s".to_owned())];
    let document = store.load(wants.clone()).await.unwrap();
    let listed = store.list(Kind::Session, ("state", "open"), Page::first(10)).await.unwrap();
    let events = store.events_after(0, None, 10).await.unwrap();
    let entries = store.entries("s").await.unwrap();
    let timers = store.due_timers(NOW, 10).await.unwrap();
    assert_eq!((listed.len(), events.len(), entries.len(), timers.len()), (1, 2, 2, 1));

    drop(store);
    let store = place.open().await;
    assert_eq!(store.load(wants).await.unwrap(), document);
    assert_eq!(store.list(Kind::Session, ("state", "open"), Page::first(10)).await.unwrap(), listed);
    assert_eq!(holder(&*store, "sid", "CH1").await.as_deref(), Some("s"));
    assert_eq!(store.events_after(0, None, 10).await.unwrap(), events);
    assert_eq!(store.entries("s").await.unwrap(), entries);
    assert_eq!(store.due_timers(NOW, 10).await.unwrap(), timers);
    assert_eq!(store.kept_answer("k").await.unwrap(), Some(answer));
    assert_eq!(version(&*store, "s").await, 1);
}

pub async fn pending_work_is_handed_out_after_reopening(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("done", "1"), ("a", "1"), ("b", "1"), ("deferred", "2"), ("poison", "3"), ("c", "3")])
        .await;
    let claimed = claim_inputs(&*store, NOW, 3).await;
    store.commit(Changes::settle(claimed[0].source())).await.unwrap();
    store.return_input(claimed[1].seq, claimed[1].fence, Some(NOW + 2 * LEASE), "later").await.unwrap();
    store.return_input(claimed[2].seq, claimed[2].fence, None, "poison").await.unwrap();
    store.commit(with_effects(vec![effect("x", "1", 5), effect("y", "1", 5)])).await.unwrap();
    let tried = claim_effects(&*store, NOW, 1).await.remove(0);
    store.commit(Changes::settle(tried.source(Some(NOW + LEASE)))).await.unwrap();
    // Held when the store closes.
    assert_eq!(input_keys(&*store, NOW).await, ["a", "c"]);

    drop(store);
    let store = place.open().await;
    assert_eq!(store.depths().await.unwrap(), Depths { inputs: 4, quarantined: 1, effects: 2, timers: 0 });
    let again = ["done", "a", "deferred", "poison"].map(|key| input(key, key)).to_vec();
    assert_eq!(store.accept(again).await.unwrap(), [Accepted::Duplicate; 4]);
    place.pass(LEASE).await;
    assert_eq!(input_keys(&*store, NOW + LEASE).await, ["a", "c"]);
    let deferred = claim_inputs(&*store, NOW + 2 * LEASE, 10).await;
    let deferred = deferred.iter().find(|input| input.key == "deferred").unwrap();
    assert_eq!(deferred.attempts, 1);
    assert!(effect_ids(&*store, NOW + LEASE - 1).await.is_empty());
    let effect = claim_effects(&*store, NOW + LEASE, 10).await.remove(0);
    assert_eq!((&*effect.id, effect.attempts), ("x", 1));
}

pub async fn a_claim_from_before_reopening_does_not_settle_once_overtaken(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1")]).await;
    let before = claim_inputs(&*store, NOW, 1).await.remove(0);
    drop(store);
    let store = place.open().await;
    place.pass(LEASE).await;
    let after = claim_inputs(&*store, NOW + LEASE, 1).await.remove(0);
    assert_eq!(after.seq, before.seq);
    assert!(is_overtaken(&store.commit(Changes::settle(before.source())).await));
    store.commit(Changes::settle(after.source())).await.unwrap();
}

pub async fn positions_go_on_after_reopening(place: &dyn Place) {
    let store = place.open().await;
    store.commit(Changes { events: vec![event("s", 1)], ..changes() }).await.unwrap();
    accept(&*store, &[("a", "1")]).await;
    let first = claim_inputs(&*store, NOW, 1).await.remove(0);
    store.commit(Changes::settle(first.source())).await.unwrap();
    store.prune(i64::MAX, 10).await.unwrap();
    let position = store.last_position().await.unwrap();
    drop(store);
    let store = place.open().await;
    store.commit(Changes { events: vec![event("s", 2)], ..changes() }).await.unwrap();
    assert!(store.last_position().await.unwrap() > position);
    accept(&*store, &[("b", "1")]).await;
    assert!(
        claim_inputs(&*store, NOW + LEASE, 1).await.remove(0).seq > first.seq,
        "a pruned place is not given again"
    );
}
