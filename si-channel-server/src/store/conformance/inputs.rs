//! The inbox: acceptance, lanes, leases, settling.

use super::{
    Changes, LEASE, NOW, NewInput, Place, accept, claim, claim_inputs, input, input_keys, is_conflict,
    is_overtaken, put, puts,
};
use crate::store::Accepted::{Duplicate, New};
use crate::store::{ClaimedInput, Source};

pub async fn each_input_is_answered_in_order(place: &dyn Place) {
    let store = place.open().await;
    let inputs = vec![input("a", "1"), input("b", "1"), input("a", "2")];
    assert_eq!(store.accept(inputs).await.unwrap(), [New, New, Duplicate]);
    assert_eq!(store.accept(vec![input("b", "1"), input("c", "1")]).await.unwrap(), [Duplicate, New]);
    assert!(store.accept(Vec::new()).await.unwrap().is_empty());
}

pub async fn a_duplicate_has_no_effect_even_when_settled(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1")]).await;
    let again = NewInput { body: "other".to_owned(), ..input("a", "2") };
    assert_eq!(store.accept(vec![again.clone()]).await.unwrap(), [Duplicate]);
    let claimed = claim_inputs(&*store, NOW, 10).await;
    assert_eq!(
        claimed.iter().map(|input| (&*input.lane, &*input.body)).collect::<Vec<_>>(),
        [("1", "{\"key\":\"a\"}")]
    );
    store.commit(Changes::settle(claimed[0].source())).await.unwrap();
    assert_eq!(store.accept(vec![again]).await.unwrap(), [Duplicate]);
    assert!(input_keys(&*store, NOW + LEASE).await.is_empty());
}

pub async fn what_is_not_decided_is_pending_whoever_has_it(place: &dyn Place) {
    let store = place.open().await;
    let is_pending = async |lanes: &[&str]| {
        store.has_pending_inputs(lanes.iter().map(ToString::to_string).collect()).await.unwrap()
    };
    assert!(!is_pending(&["1"]).await);
    accept(&*store, &[("a", "1"), ("b", "2")]).await;
    assert!(is_pending(&["1"]).await);
    assert!(is_pending(&["0", "2"]).await);
    assert!(!is_pending(&[]).await);
    assert!(!is_pending(&["0"]).await);
    let claimed = claim_inputs(&*store, NOW, 10).await;
    assert!(is_pending(&["1"]).await, "it is in somebody's hands");
    store.return_input(claimed[0].seq, claimed[0].fence, Some(NOW + 1_000), "not yet").await.unwrap();
    assert!(is_pending(&["1"]).await, "it is tried again later");
    store.return_input(claimed[1].seq, claimed[1].fence, None, "never").await.unwrap();
    assert!(!is_pending(&["2"]).await, "it was set aside");
    let again = claim_inputs(&*store, NOW + 1_000, 10).await;
    store.commit(Changes::settle(again[0].source())).await.unwrap();
    assert!(!is_pending(&["1"]).await);
}

pub async fn a_claim_carries_the_input(place: &dyn Place) {
    let store = place.open().await;
    store.accept(vec![NewInput { at_ms: 42, ..input("a", "1") }]).await.unwrap();
    let claimed = claim_inputs(&*store, NOW, 10).await.remove(0);
    let expected = ClaimedInput {
        seq: claimed.seq,
        key: "a".to_owned(),
        lane: "1".to_owned(),
        body: "{\"key\":\"a\"}".to_owned(),
        at_ms: 42,
        attempts: 0,
        fence: claimed.fence,
    };
    assert_eq!(claimed, expected);
    assert_eq!(claimed.source(), Source::Input { seq: claimed.seq, fence: claimed.fence });
}

pub async fn a_lane_gives_one_input_at_a_time_in_order_of_acceptance(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    accept(&*store, &[("c", "1")]).await;
    let mut last = i64::MIN;
    for expected in ["a", "b", "c"] {
        let claimed = claim_inputs(&*store, NOW, 10).await;
        assert_eq!(claimed.iter().map(|input| &*input.key).collect::<Vec<_>>(), [expected]);
        assert!(claimed[0].seq > last);
        last = claimed[0].seq;
        assert!(input_keys(&*store, NOW).await.is_empty(), "the lane is held");
        store.commit(Changes::settle(claimed[0].source())).await.unwrap();
    }
    assert!(input_keys(&*store, NOW).await.is_empty());
}

pub async fn the_longest_waiting_lanes_go_first_up_to_the_limit(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "z"), ("b", "z"), ("c", "y"), ("d", "x"), ("e", "w")]).await;
    let keys = |claimed: Vec<ClaimedInput>| claimed.into_iter().map(|input| input.key).collect::<Vec<_>>();
    assert!(claim_inputs(&*store, NOW, 0).await.is_empty());
    assert_eq!(keys(claim_inputs(&*store, NOW, 2).await), ["a", "c"]);
    assert_eq!(keys(claim_inputs(&*store, NOW, 2).await), ["d", "e"]);
    assert!(claim_inputs(&*store, NOW, 2).await.is_empty());
}

pub async fn a_held_lane_is_claimed_again_when_its_lease_ends(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    let first = claim_inputs(&*store, NOW, 10).await.remove(0);
    assert!(claim_inputs(&*store, NOW + LEASE - 1, 10).await.is_empty());
    place.pass(LEASE).await;
    let second = store.claim_inputs(claim("two", NOW + LEASE, 10)).await.unwrap().remove(0);
    assert_eq!((second.seq, &*second.key), (first.seq, "a"));
    assert_ne!(second.fence, first.fence);
    assert!(claim_inputs(&*store, NOW + LEASE, 10).await.is_empty(), "held for the second");
}

pub async fn an_expired_claim_settles_until_another_claims(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1"), ("c", "2")]).await;
    let claimed = claim_inputs(&*store, NOW, 1).await.remove(0);
    place.pass(LEASE).await;
    // Leases are looked through, and other lanes claimed: this one is not.
    assert!(claim_inputs(&*store, NOW + LEASE, 0).await.is_empty());
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    assert_eq!(input_keys(&*store, NOW + LEASE).await, ["b", "c"]);
}

pub async fn an_overtaken_claim_neither_settles_nor_returns(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    let first = claim_inputs(&*store, NOW, 10).await.remove(0);
    place.pass(LEASE).await;
    // By the same owner: the name alone does not tell two claims apart.
    let second = claim_inputs(&*store, NOW + LEASE, 10).await.remove(0);
    let changes = Changes { source: first.source(), ..puts(vec![put("s", 0)]) };
    assert!(is_overtaken(&store.commit(changes.clone()).await));
    store.return_input(first.seq, first.fence, Some(0), "late").await.unwrap();
    store.return_input(first.seq, first.fence, None, "late").await.unwrap();
    assert_eq!(store.depths().await.unwrap().quarantined, 0);
    assert!(input_keys(&*store, NOW + LEASE).await.is_empty(), "the lane stays with the second");
    store.commit(Changes { source: second.source(), ..changes }).await.unwrap();
    assert_eq!(input_keys(&*store, NOW + LEASE).await, ["b"]);
}

pub async fn an_input_is_settled_once(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1")]).await;
    let claimed = claim_inputs(&*store, NOW, 10).await.remove(0);
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    assert!(is_overtaken(&store.commit(Changes::settle(claimed.source())).await));
    store.return_input(claimed.seq, claimed.fence, Some(0), "late").await.unwrap();
    assert!(input_keys(&*store, NOW + LEASE).await.is_empty());
    let unknown = Source::Input { seq: claimed.seq + 1_000, fence: claimed.fence };
    assert!(is_overtaken(&store.commit(Changes::settle(unknown)).await));
}

pub async fn a_conflict_leaves_the_claim_in_force(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    let claimed = claim_inputs(&*store, NOW, 10).await.remove(0);
    let wrong = Changes { source: claimed.source(), ..puts(vec![put("s", 7)]) };
    assert!(is_conflict(&store.commit(wrong).await));
    assert!(input_keys(&*store, NOW).await.is_empty(), "still held");
    let right = Changes { source: claimed.source(), ..puts(vec![put("s", 0)]) };
    store.commit(right).await.unwrap();
    assert_eq!(input_keys(&*store, NOW).await, ["b"]);
}

pub async fn a_deferred_input_holds_up_its_lane(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1"), ("c", "2")]).await;
    let claimed = claim_inputs(&*store, NOW, 1).await.remove(0);
    store.return_input(claimed.seq, claimed.fence, Some(NOW + 500), "not now").await.unwrap();
    assert_eq!(input_keys(&*store, NOW + 499).await, ["c"]);
    accept(&*store, &[("d", "1")]).await;
    assert!(input_keys(&*store, NOW + 499).await.is_empty());
    let again = claim_inputs(&*store, NOW + 500, 10).await.remove(0);
    assert_eq!((&*again.key, again.attempts), ("a", 1));
    store.return_input(again.seq, again.fence, Some(NOW + 600), "not now").await.unwrap();
    let again = claim_inputs(&*store, NOW + 600, 10).await.remove(0);
    assert_eq!((&*again.key, again.attempts), ("a", 2));
    store.commit(Changes::settle(again.source())).await.unwrap();
    assert_eq!(input_keys(&*store, NOW + 600).await, ["b"]);
}

pub async fn a_quarantined_input_lets_its_lane_go_on(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "1")]).await;
    let poison = claim_inputs(&*store, NOW, 10).await.remove(0);
    store.return_input(poison.seq, poison.fence, None, "poison").await.unwrap();
    assert_eq!(input_keys(&*store, NOW).await, ["b"]);
    assert!(input_keys(&*store, NOW + LEASE - 1).await.is_empty());
    assert_eq!(store.depths().await.unwrap().quarantined, 1);
    assert_eq!(store.accept(vec![input("a", "1")]).await.unwrap(), [Duplicate], "its key is known");
    assert!(is_overtaken(&store.commit(Changes::settle(poison.source())).await));
}

pub async fn a_returned_claim_is_over(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1")]).await;
    let claimed = claim_inputs(&*store, NOW, 10).await.remove(0);
    store.return_input(claimed.seq, claimed.fence, Some(NOW), "try again").await.unwrap();
    assert!(is_overtaken(&store.commit(Changes::settle(claimed.source())).await));
    store.return_input(claimed.seq, claimed.fence, None, "twice").await.unwrap();
    let again = claim_inputs(&*store, NOW, 10).await.remove(0);
    assert_eq!((&*again.key, again.attempts), ("a", 1));
}
