//! Timers.

use super::{Changes, NOW, Place, TimerChange, changes, is_overtaken, timer};
use crate::store::{Source, Store, Timer};

async fn set(store: &dyn Store, timers: Vec<TimerChange>) {
    store.commit(Changes { timers, ..changes() }).await.unwrap();
}

async fn due(store: &dyn Store, now: i64) -> Vec<(String, i64)> {
    store.due_timers(now, 100).await.unwrap().into_iter().map(|timer| (timer.key, timer.due_ms)).collect()
}

fn fired(key: &str, due_ms: i64) -> Changes {
    Changes::settle(Source::Timer { key: key.to_owned(), due_ms })
}

pub async fn due_timers_come_earliest_first_and_stay_set(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("b", NOW + 2), timer("c", NOW + 3), timer("a", NOW + 1)]).await;
    assert!(due(&*store, NOW).await.is_empty());
    for _ in 0..2 {
        assert_eq!(due(&*store, NOW + 2).await, [("a".to_owned(), NOW + 1), ("b".to_owned(), NOW + 2)]);
    }
    let first = store.due_timers(NOW + 9, 1).await.unwrap();
    assert_eq!(first, [Timer { key: "a".to_owned(), due_ms: NOW + 1, body: "{\"key\":\"a\"}".to_owned() }]);
}

pub async fn timers_due_at_once_come_in_the_order_in_which_they_were_set(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("m", NOW), timer("z", NOW), timer("b", NOW + 1)]).await;
    set(&*store, vec![timer("a", NOW)]).await;
    let keys = async |now| due(&*store, now).await.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(NOW + 1).await, ["m", "z", "a", "b"]);
    // Set anew, it keeps its place.
    set(&*store, vec![timer("m", NOW + 1)]).await;
    assert_eq!(keys(NOW + 1).await, ["z", "a", "m", "b"]);
}

pub async fn a_timer_is_replaced_and_cancelled(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("a", NOW)]).await;
    let body = "other".to_owned();
    set(&*store, vec![TimerChange::Set(Timer { key: "a".to_owned(), due_ms: NOW + 5, body: body.clone() })])
        .await;
    assert!(due(&*store, NOW).await.is_empty());
    let replaced = store.due_timers(NOW + 5, 10).await.unwrap();
    assert_eq!(replaced, [Timer { key: "a".to_owned(), due_ms: NOW + 5, body }]);
    let gone = vec![TimerChange::Cancel("a".to_owned()), TimerChange::Cancel("never".to_owned())];
    set(&*store, gone).await;
    assert!(due(&*store, NOW + 5).await.is_empty());
    // Changes apply in their order.
    set(&*store, vec![timer("b", 1), TimerChange::Cancel("b".to_owned()), timer("b", 2)]).await;
    assert_eq!(due(&*store, NOW).await, [("b".to_owned(), 2)]);
}

pub async fn a_fired_timer_is_settled_once(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("a", NOW), timer("b", NOW)]).await;
    store.commit(fired("a", NOW)).await.unwrap();
    assert_eq!(due(&*store, NOW).await, [("b".to_owned(), NOW)]);
    assert!(is_overtaken(&store.commit(fired("a", NOW)).await));
}

pub async fn a_timer_set_to_another_time_does_not_settle(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("a", NOW)]).await;
    for other in [NOW - 5, NOW + 5] {
        set(&*store, vec![timer("a", other)]).await;
        assert!(is_overtaken(&store.commit(fired("a", NOW)).await), "set to {other}");
    }
    assert_eq!(due(&*store, NOW + 5).await, [("a".to_owned(), NOW + 5)]);
}

pub async fn a_fired_timer_may_set_itself_again(place: &dyn Place) {
    let store = place.open().await;
    set(&*store, vec![timer("a", NOW)]).await;
    store.commit(Changes { timers: vec![timer("a", NOW + 5)], ..fired("a", NOW) }).await.unwrap();
    assert_eq!(due(&*store, NOW + 5).await, [("a".to_owned(), NOW + 5)]);
}
