//! Effects: priorities, lanes, retries, settling.

use super::{
    Changes, LEASE, NOW, NewEffect, Place, claim_effects, effect, effect_ids, is_overtaken, with_effects,
};
use crate::store::{ClaimedEffect, Source};

pub async fn a_claim_carries_the_effect(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 3)])).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await.remove(0);
    let expected = ClaimedEffect {
        id: "a".to_owned(),
        lane: "1".to_owned(),
        body: "{\"id\":\"a\"}".to_owned(),
        attempts: 0,
        due_ms: NOW,
        passed: 0,
        fence: claimed.fence,
    };
    assert_eq!(claimed, expected);
    let source = Source::Effect { id: "a".to_owned(), fence: claimed.fence, retry_at_ms: Some(7) };
    assert_eq!(claimed.source(Some(7)), source);
}

pub async fn a_lane_gives_one_effect_at_a_time_smallest_priority_first(place: &dyn Place) {
    let store = place.open().await;
    store
        .commit(with_effects(vec![effect("c", "1", 5), effect("d", "1", 5), effect("b", "1", 4)]))
        .await
        .unwrap();
    let first = claim_effects(&*store, NOW, 10).await;
    assert_eq!(first.iter().map(|effect| &*effect.id).collect::<Vec<_>>(), ["b"]);
    // More urgent, but never two of one lane at once.
    store.commit(with_effects(vec![effect("a", "1", 0)])).await.unwrap();
    assert!(effect_ids(&*store, NOW).await.is_empty());
    store.commit(Changes::settle(first[0].source(None))).await.unwrap();
    for expected in ["a", "c", "d"] {
        let claimed = claim_effects(&*store, NOW, 10).await;
        assert_eq!(claimed.iter().map(|effect| &*effect.id).collect::<Vec<_>>(), [expected]);
        assert!(effect_ids(&*store, NOW).await.is_empty(), "the lane is held");
        store.commit(Changes::settle(claimed[0].source(None))).await.unwrap();
    }
    assert!(effect_ids(&*store, NOW).await.is_empty());
}

pub async fn urgent_lanes_go_first_up_to_the_limit(place: &dyn Place) {
    let store = place.open().await;
    let effects = vec![effect("c", "1", 9), effect("d", "2", 9), effect("b", "3", 5), effect("a", "4", 0)];
    store.commit(with_effects(effects)).await.unwrap();
    let ids = |claimed: Vec<ClaimedEffect>| claimed.into_iter().map(|effect| effect.id).collect::<Vec<_>>();
    assert!(claim_effects(&*store, NOW, 0).await.is_empty());
    assert_eq!(ids(claim_effects(&*store, NOW, 3).await), ["a", "b", "c"]);
    assert_eq!(ids(claim_effects(&*store, NOW, 3).await), ["d"]);
}

pub async fn an_effect_not_yet_due_holds_up_its_lane(place: &dyn Place) {
    let store = place.open().await;
    let later = NewEffect { not_before_ms: NOW + 100, ..effect("later", "1", 3) };
    store.commit(with_effects(vec![later, effect("behind", "1", 4), effect("other", "2", 4)])).await.unwrap();
    assert_eq!(effect_ids(&*store, NOW + 99).await, ["other"]);
    // What is more urgent than the one that waits goes before it.
    store.commit(with_effects(vec![effect("urgent", "1", 0)])).await.unwrap();
    let urgent = claim_effects(&*store, NOW + 99, 10).await.remove(0);
    assert_eq!(urgent.id, "urgent");
    store.commit(Changes::settle(urgent.source(None))).await.unwrap();
    assert!(effect_ids(&*store, NOW + 99).await.is_empty());
    assert_eq!(effect_ids(&*store, NOW + 100).await, ["later"]);
}

pub async fn a_second_effect_with_the_same_id_is_ignored_until_the_first_is_done(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 0), effect("a", "2", 0)])).await.unwrap();
    store.commit(with_effects(vec![effect("a", "3", 0)])).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await;
    assert_eq!(claimed.iter().map(|effect| &*effect.lane).collect::<Vec<_>>(), ["1"]);
    store.commit(Changes::settle(claimed[0].source(None))).await.unwrap();
    store.commit(with_effects(vec![effect("a", "4", 0)])).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await;
    assert_eq!(claimed.iter().map(|effect| &*effect.lane).collect::<Vec<_>>(), ["4"]);
}

pub async fn a_retry_waits_and_keeps_its_place(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 0), effect("b", "1", 0)])).await.unwrap();
    for attempts in 0..3 {
        let now = NOW + i64::from(attempts) * 100;
        assert!(effect_ids(&*store, now - 1).await.is_empty());
        let claimed = claim_effects(&*store, now, 10).await;
        let seen: Vec<_> = claimed.iter().map(|effect| (&*effect.id, effect.attempts)).collect();
        assert_eq!(seen, [("a", attempts)]);
        store.commit(Changes::settle(claimed[0].source(Some(now + 100)))).await.unwrap();
        assert!(is_overtaken(&store.commit(Changes::settle(claimed[0].source(None))).await), "handed back");
    }
    let claimed = claim_effects(&*store, NOW + 300, 10).await;
    store.commit(Changes::settle(claimed[0].source(None))).await.unwrap();
    assert_eq!(effect_ids(&*store, NOW + 300).await, ["b"]);
}

pub async fn an_overtaken_effect_is_not_settled(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 0), effect("b", "1", 0)])).await.unwrap();
    let first = claim_effects(&*store, NOW, 10).await.remove(0);
    assert!(effect_ids(&*store, NOW + LEASE - 1).await.is_empty());
    place.pass(LEASE).await;
    let second = claim_effects(&*store, NOW + LEASE, 10).await.remove(0);
    assert_eq!(second.id, first.id);
    for retry in [None, Some(NOW)] {
        assert!(is_overtaken(&store.commit(Changes::settle(first.source(retry))).await));
    }
    assert!(effect_ids(&*store, NOW + LEASE).await.is_empty(), "the lane stays with the second");
    store.commit(Changes::settle(second.source(None))).await.unwrap();
    assert_eq!(effect_ids(&*store, NOW + LEASE).await, ["b"]);
}

pub async fn an_effect_is_settled_once(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 0)])).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await.remove(0);
    store.commit(Changes::settle(claimed.source(None))).await.unwrap();
    for retry in [None, Some(NOW)] {
        assert!(is_overtaken(&store.commit(Changes::settle(claimed.source(retry))).await));
    }
    assert!(effect_ids(&*store, NOW + LEASE).await.is_empty());
}

pub async fn a_commit_that_settles_one_effect_may_add_the_next(place: &dyn Place) {
    let store = place.open().await;
    store.commit(with_effects(vec![effect("a", "1", 0)])).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await.remove(0);
    // The same id too: the first is done by then.
    let next = Changes {
        source: claimed.source(None),
        ..with_effects(vec![effect("a", "1", 0), effect("b", "1", 0)])
    };
    store.commit(next).await.unwrap();
    let claimed = claim_effects(&*store, NOW, 10).await.remove(0);
    assert_eq!(claimed.id, "a");
    store.commit(Changes::settle(claimed.source(None))).await.unwrap();
    assert_eq!(effect_ids(&*store, NOW).await, ["b"]);
}
