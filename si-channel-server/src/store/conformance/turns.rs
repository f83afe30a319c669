//! Turns: effects that wait until a limit lets them pass.

use std::collections::BTreeSet;

use si_channel_core::pace::{Gate, Turn, Urgency, Wish};

use super::{Changes, LEASE, NOW, Place, claim_effects, effect, effect_ids, with_effects};
use crate::store::{ClaimedEffect, CommitError, Store};

const US: i64 = 1_000;

fn wish(keys: &[&str], now_ms: i64) -> Wish {
    let gate = |key: &&str| Gate { key: (*key).to_owned(), spacing_us: 100 * US, burst_us: 0, cost: 1 };
    Wish {
        gates: keys.iter().map(gate).collect(),
        passed: 0,
        urgency: Urgency::InTurn,
        now_us: now_ms * US,
        until_us: i64::MAX,
    }
}

/// As many effects as names, each in a lane of its own, claimed.
async fn claimed(store: &dyn Store, ids: &[&str]) -> Vec<ClaimedEffect> {
    let effects = ids.iter().map(|id| effect(id, &format!("lane of {id}"), 3)).collect();
    store.commit(with_effects(effects)).await.unwrap();
    claim_effects(store, NOW, ids.len()).await
}

fn at(due_ms: i64, passed: u32) -> Turn {
    Turn::At { due_us: due_ms * US, passed }
}

pub async fn who_may_go_now_keeps_the_claim(place: &dyn Place) {
    let store = place.open().await;
    let one = claimed(&*store, &["a"]).await.remove(0);
    assert_eq!(store.take_turn(&one, wish(&["s", "t"], NOW)).await.unwrap(), Turn::Now);
    assert!(effect_ids(&*store, NOW).await.is_empty());
    store.commit(Changes::settle(one.source(None))).await.unwrap();
    assert!(effect_ids(&*store, NOW + LEASE).await.is_empty());
}

pub async fn who_must_wait_is_handed_back_until_their_turn(place: &dyn Place) {
    let store = place.open().await;
    let both = claimed(&*store, &["a", "b"]).await;
    assert_eq!(store.take_turn(&both[0], wish(&["s"], NOW)).await.unwrap(), Turn::Now);
    assert_eq!(store.take_turn(&both[1], wish(&["s", "t"], NOW)).await.unwrap(), at(NOW + 100, 1));
    assert!(effect_ids(&*store, NOW + 99).await.is_empty());
    let again = claim_effects(&*store, NOW + 100, 10).await.remove(0);
    assert_eq!((&*again.id, again.due_ms, again.passed, again.attempts), ("b", NOW + 100, 1, 0));
    let goes_on = Wish { passed: 1, ..wish(&["s", "t"], NOW + 100) };
    assert_eq!(store.take_turn(&again, goes_on).await.unwrap(), Turn::Now);
    store.commit(Changes::settle(again.source(None))).await.unwrap();
}

pub async fn a_turn_is_no_attempt_and_a_retry_forgets_what_was_passed(place: &dyn Place) {
    let store = place.open().await;
    let both = claimed(&*store, &["a", "b"]).await;
    store.take_turn(&both[0], wish(&["s"], NOW)).await.unwrap();
    store.take_turn(&both[1], wish(&["s"], NOW)).await.unwrap();
    let again = claim_effects(&*store, NOW + 100, 10).await.remove(0);
    store.commit(Changes::settle(again.source(Some(NOW + 500)))).await.unwrap();
    let again = claim_effects(&*store, NOW + 500, 10).await.remove(0);
    assert_eq!((again.due_ms, again.passed, again.attempts), (NOW + 500, 0, 1));
}

pub async fn an_overtaken_claim_takes_no_turn(place: &dyn Place) {
    let store = place.open().await;
    let first = claimed(&*store, &["a"]).await.remove(0);
    place.pass(LEASE).await;
    let second = claim_effects(&*store, NOW + LEASE, 10).await.remove(0);
    let now = NOW + LEASE;
    let refused = store.take_turn(&first, wish(&["s"], now)).await;
    assert!(matches!(refused, Err(CommitError::Overtaken)), "{refused:?}");
    assert_eq!(store.take_turn(&second, wish(&["s"], now)).await.unwrap(), Turn::Now, "nothing was taken");
    store.commit(Changes::settle(second.source(None))).await.unwrap();
    let settled = store.take_turn(&second, wish(&["s"], now)).await;
    assert!(matches!(settled, Err(CommitError::Overtaken)), "{settled:?}");
}

pub async fn turns_of_many_at_once_are_parted(place: &dyn Place) {
    let store = place.open().await;
    let ids: Vec<String> = (0..40).map(|number| format!("e{number}")).collect();
    let all = claimed(&*store, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let tasks = all.into_iter().map(|one| {
        let store = store.clone();
        tokio::spawn(async move { store.take_turn(&one, wish(&["s"], NOW)).await.unwrap() })
    });
    let mut due = BTreeSet::new();
    for task in tasks.collect::<Vec<_>>() {
        due.insert(match task.await.unwrap() {
            Turn::Now => NOW,
            Turn::At { due_us, .. } => due_us / US,
        });
    }
    assert_eq!(due, (0..40).map(|place| NOW + 100 * place).collect());
    for place in 1..40 {
        assert_eq!(effect_ids(&*store, NOW + 100 * place).await.len(), 1, "{place}");
    }
}

pub async fn a_limit_is_held_and_slowed(place: &dyn Place) {
    let store = place.open().await;
    let all = claimed(&*store, &["a", "b", "c"]).await;
    let keys = vec!["s".to_owned()];
    store.hold_limits(keys.clone(), (NOW + 50) * US, (NOW + 60) * US).await.unwrap();
    // What was said before is not taken back.
    store.hold_limits(keys, NOW * US, NOW * US).await.unwrap();
    let mut turns = Vec::new();
    for one in &all {
        turns.push(store.take_turn(one, wish(&["s"], NOW)).await.unwrap());
    }
    assert_eq!(turns, [at(NOW + 50, 1), at(NOW + 250, 1), at(NOW + 350, 1)]);
}

pub async fn limits_are_kept_over_reopening(place: &dyn Place) {
    let store = place.open().await;
    let both = claimed(&*store, &["a", "b"]).await;
    store.take_turn(&both[0], wish(&["s"], NOW)).await.unwrap();
    store.take_turn(&both[1], wish(&["s"], NOW)).await.unwrap();
    drop(store);
    let store = place.open().await;
    place.pass(LEASE).await;
    let claimed = claim_effects(&*store, NOW + LEASE, 10).await;
    let waited = claimed.iter().find(|one| one.id == "b").unwrap();
    assert_eq!((waited.due_ms, waited.passed), (NOW + 100, 1));
    let first = claimed.iter().find(|one| one.id == "a").unwrap();
    assert_eq!(store.take_turn(first, wish(&["s"], NOW)).await.unwrap(), at(NOW + 200, 1));
}

pub async fn a_limit_lets_as_much_pass_as_it_has_room_for_and_no_more(place: &dyn Place) {
    let store = place.open().await;
    let gate = |key: &str| Gate { key: key.to_owned(), spacing_us: 100 * US, burst_us: 200 * US, cost: 1 };
    let passes = async |key: &str, now_ms: i64| store.pass(vec![gate(key)], now_ms * US).await.unwrap();
    let mut answers = Vec::new();
    // What does not pass takes nothing, so that there is room again as soon as if it had not asked.
    for after in [0, 0, 0, 0, 0, 99, 100, 100, 1_000] {
        answers.push(passes("a", NOW + after).await);
    }
    assert_eq!(answers, [true, true, true, false, false, false, true, false, true]);
    assert!(passes("b", NOW).await);
    // Of a clock that was years ahead nothing is left.
    assert!(passes("c", NOW + 400 * 24 * 3_600_000).await);
    for expected in [true, true, true, false] {
        assert_eq!(passes("c", NOW).await, expected);
    }
    drop(store);
    assert!(!place.open().await.pass(vec![gate("c")], NOW * US).await.unwrap());
}

pub async fn several_limits_let_something_pass_together_or_not_at_all(place: &dyn Place) {
    let store = place.open().await;
    let gate = |key: &str, burst: i64, cost: u32| Gate {
        key: key.to_owned(),
        spacing_us: US,
        burst_us: burst * US - i64::from(cost) * US,
        cost,
    };
    let both =
        async |cost| store.pass(vec![gate("wide", 100, cost), gate("narrow", 10, cost)], NOW * US).await;
    let mut answers = Vec::new();
    for cost in [4, 4, 4, 2, 1] {
        answers.push(both(cost).await.unwrap());
    }
    assert_eq!(answers, [true, true, false, true, false]);
    // Of the wide one no more was taken than what passed.
    assert!(store.pass(vec![gate("wide", 100, 90)], NOW * US).await.unwrap());
    assert!(!store.pass(vec![gate("wide", 100, 1)], NOW * US).await.unwrap());
    // What takes nothing asks alone; what has no limit takes all the same.
    assert!(store.pass(vec![gate("narrow", 10, 0)], NOW * US).await.unwrap());
    let counted = Gate { burst_us: i64::MAX, ..gate("narrow", 0, 5) };
    assert!(store.pass(vec![counted], NOW * US).await.unwrap());
    assert!(!store.pass(vec![gate("narrow", 10, 0)], NOW * US).await.unwrap());
}
