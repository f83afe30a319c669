//! The event feed and the transcript.

use super::{Changes, Entry, NewEvent, Place, changes, entry, event, is_conflict};
use crate::store::{Store, StoredEvent};

async fn append(store: &dyn Store, events: Vec<NewEvent>) {
    store.commit(Changes { events, ..changes() }).await.unwrap();
}

async fn write(store: &dyn Store, entries: Vec<Entry>) {
    store.commit(Changes { entries, ..changes() }).await.unwrap();
}

fn names(events: &[StoredEvent]) -> Vec<(&str, u64)> {
    events.iter().map(|event| (&*event.stream, event.sequence)).collect()
}

pub async fn events_are_positioned_in_commit_order(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.last_position().await.unwrap(), 0);
    assert!(store.events_after(0, None, 10).await.unwrap().is_empty());
    append(&*store, vec![event("a", 1), event("b", 1), event("a", 2)]).await;
    append(&*store, vec![event("b", 2)]).await;
    let events = store.events_after(0, None, 10).await.unwrap();
    assert_eq!(names(&events), [("a", 1), ("b", 1), ("a", 2), ("b", 2)]);
    assert!(events.windows(2).all(|pair| pair[0].position < pair[1].position));
    assert!(events[0].position > 0);
    assert_eq!(events[2].body, "{\"sequence\":2}");
    assert_eq!(store.last_position().await.unwrap(), events[3].position);
}

pub async fn events_are_read_from_a_position_by_stream_and_limit(place: &dyn Place) {
    let store = place.open().await;
    for sequence in 1..=20 {
        append(&*store, vec![event("a", sequence), event("b", sequence)]).await;
    }
    let all = store.events_after(0, None, 100).await.unwrap();
    assert_eq!(all.len(), 40);
    assert_eq!(store.events_after(all[9].position, None, 5).await.unwrap(), all[10..15]);
    assert!(store.events_after(all[39].position, None, 5).await.unwrap().is_empty());
    let of_b: Vec<_> = all.iter().filter(|event| event.stream == "b").cloned().collect();
    assert_eq!(store.events_after(0, Some("b"), 100).await.unwrap(), of_b);
    assert_eq!(store.events_after(of_b[3].position, Some("b"), 4).await.unwrap(), of_b[4..8]);
    assert_eq!(store.events_after(of_b[3].position - 1, Some("b"), 1).await.unwrap(), of_b[3..4]);
    assert!(store.events_after(0, Some("c"), 10).await.unwrap().is_empty());
    // It is the position that counts, not the sequence.
    append(&*store, vec![event("d", 2)]).await;
    append(&*store, vec![event("d", 1)]).await;
    assert_eq!(names(&store.events_after(0, Some("d"), 1).await.unwrap()), [("d", 2)]);
}

pub async fn an_event_is_appended_once(place: &dyn Place) {
    let store = place.open().await;
    append(&*store, vec![event("a", 1)]).await;
    let same_place = NewEvent { id: "other".to_owned(), ..event("a", 1) };
    let same_id = NewEvent { sequence: 2, ..event("a", 1) };
    for again in [same_place, same_id] {
        let events = vec![event("b", 1), again];
        assert!(is_conflict(&store.commit(Changes { events, ..changes() }).await));
    }
    assert_eq!(names(&store.events_after(0, None, 10).await.unwrap()), [("a", 1)]);
}

pub async fn entries_come_by_time_and_then_by_writing(place: &dyn Place) {
    let store = place.open().await;
    write(&*store, vec![entry("s", "late", 9), entry("s", "z", 5), entry("t", "other", 1)]).await;
    write(&*store, vec![entry("s", "a", 5), entry("s", "early", 1)]).await;
    let ids: Vec<_> = store.entries("s").await.unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, ["early", "z", "a", "late"]);
    assert!(store.entries("none").await.unwrap().is_empty());
}

pub async fn an_entry_written_again_keeps_its_place(place: &dyn Place) {
    let store = place.open().await;
    write(&*store, vec![entry("s", "a", 5), entry("s", "b", 5)]).await;
    let again = Entry { body: "new".to_owned(), ..entry("s", "a", 7) };
    write(&*store, vec![again, entry("t", "a", 1)]).await;
    let expected = [Entry { body: "new".to_owned(), ..entry("s", "a", 5) }, entry("s", "b", 5)];
    assert_eq!(store.entries("s").await.unwrap(), expected);
}

pub async fn one_entry_is_read_by_its_id(place: &dyn Place) {
    let store = place.open().await;
    write(&*store, vec![entry("s", "a", 5), entry("t", "b", 5)]).await;
    assert_eq!(store.entry("s", "a").await.unwrap(), Some(entry("s", "a", 5)));
    assert_eq!(store.entry("s", "b").await.unwrap(), None);
}

pub async fn recent_entries_are_the_newest_oldest_first(place: &dyn Place) {
    let store = place.open().await;
    write(&*store, vec![entry("s", "d", 4), entry("s", "a", 1), entry("s", "b", 2), entry("s", "c", 2)])
        .await;
    write(&*store, vec![entry("t", "x", 9)]).await;
    let all = store.entries("s").await.unwrap();
    for limit in 0..6 {
        let newest = &all[all.len().saturating_sub(limit)..];
        assert_eq!(store.recent_entries("s", limit).await.unwrap(), newest, "limit {limit}");
    }
}
