//! Documents and their versions.

use super::{
    Changes, Entry, Kind, NewEffect, Place, Put, Want, changes, claim_effects, effect, entry, event,
    is_conflict, keyed, put, puts, timer, unique, version,
};
use crate::store::{KeptAnswer, Record};

pub async fn a_document_is_created_once_and_counts_its_versions(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![put("s", 0)])).await.unwrap();
    assert!(is_conflict(&store.commit(puts(vec![put("s", 0)])).await), "it exists");
    store.commit(puts(vec![put("s", 1)])).await.unwrap();
    store.commit(puts(vec![put("s", 2)])).await.unwrap();
    let found = store.load(vec![Want::Id(Kind::Session, "s".to_owned())]).await.unwrap();
    let doc = "{\"after\":2}".to_owned();
    assert_eq!(found, [Some(Record { kind: Kind::Session, id: "s".to_owned(), version: 3, doc })]);
}

pub async fn a_conflict_changes_nothing(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![put("s", 0)])).await.unwrap();
    let effects: Vec<NewEffect> = vec![effect("e", "l", 0)];
    let entries: Vec<Entry> = vec![entry("s", "m", 1)];
    let answer = KeptAnswer {
        key: "k".to_owned(),
        request: "r".to_owned(),
        status: 202,
        body: "{}".to_owned(),
        at_ms: 1,
    };
    let everything = |version| Changes {
        puts: vec![keyed("new", 0, vec![unique("sid", "CH1")]), put("s", version)],
        events: vec![event("s", 1)],
        entries: entries.clone(),
        effects: effects.clone(),
        timers: vec![timer("t", 1)],
        answer: Some(answer.clone()),
        ..changes()
    };
    for wrong in [0, 2, u64::MAX] {
        assert!(is_conflict(&store.commit(everything(wrong)).await), "version {wrong}");
    }
    assert_eq!(version(&*store, "s").await, 1);
    assert_eq!(version(&*store, "new").await, 0);
    assert_eq!(store.load(vec![Want::Key(Kind::Session, "sid", "CH1".to_owned())]).await.unwrap(), [None]);
    assert_eq!(store.last_position().await.unwrap(), 0);
    assert!(store.entries("s").await.unwrap().is_empty());
    assert!(claim_effects(&*store, i64::MAX - 1_000_000, 10).await.is_empty());
    assert!(store.due_timers(i64::MAX, 10).await.unwrap().is_empty());
    assert_eq!(store.kept_answer("k").await.unwrap(), None);

    store.commit(everything(1)).await.unwrap();
    assert_eq!(version(&*store, "s").await, 2);
    assert_eq!(store.kept_answer("k").await.unwrap(), Some(answer));
}

pub async fn versions_that_were_read_are_checked(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![put("s", 0)])).await.unwrap();
    for (id, read, agrees) in
        [("s", 1, true), ("s", 0, false), ("s", 2, false), ("none", 0, true), ("none", 1, false)]
    {
        let reads = vec![(Kind::Session, id.to_owned(), read)];
        let outcome = store.commit(Changes { reads, ..changes() }).await;
        assert_eq!(outcome.is_ok(), agrees, "{id} read at {read}: {outcome:?}");
        assert_eq!(is_conflict(&outcome), !agrees);
    }
}

pub async fn an_answered_commit_is_seen_by_the_next_load(place: &dyn Place) {
    let store = place.open().await;
    for seen in 0..100 {
        store.commit(puts(vec![put("s", seen)])).await.unwrap();
        assert_eq!(version(&*store, "s").await, seen + 1);
    }
}

pub async fn load_answers_each_want_in_its_place(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![keyed("a", 0, vec![unique("sid", "CH1")]), put("b", 0)])).await.unwrap();
    let wants = vec![
        Want::Id(Kind::Session, "b".to_owned()),
        Want::Id(Kind::Session, "none".to_owned()),
        Want::Key(Kind::Session, "sid", "CH1".to_owned()),
        Want::Key(Kind::Session, "sid", "CH2".to_owned()),
        Want::Key(Kind::Session, "other", "CH1".to_owned()),
        Want::Id(Kind::Session, "b".to_owned()),
    ];
    let found = store.load(wants).await.unwrap();
    let ids: Vec<_> = found.iter().map(|found| found.as_ref().map(|record| record.id.as_str())).collect();
    assert_eq!(ids, [Some("b"), None, Some("a"), None, None, Some("b")]);
    assert!(store.load(Vec::new()).await.unwrap().is_empty());
}

pub async fn kinds_are_apart(place: &dyn Place) {
    let store = place.open().await;
    let kinds = [Kind::Session, Kind::Ledger, Kind::Outbound, Kind::Media];
    for kind in kinds {
        let put = Put { kind, ..keyed("x", 0, vec![unique("sid", "CH1")]) };
        store.commit(puts(vec![put])).await.unwrap();
    }
    for kind in kinds {
        let wants = vec![Want::Id(kind, "x".to_owned()), Want::Key(kind, "sid", "CH1".to_owned())];
        let found = store.load(wants).await.unwrap();
        assert!(
            found.iter().all(|found| found.as_ref().is_some_and(|record| record.kind == kind)),
            "{kind:?}"
        );
    }
}

pub async fn text_comes_back_as_it_was(place: &dyn Place) {
    let store = place.open().await;
    let long = "ä".repeat(200_000);
    let hostile = ["", "'; DROP TABLE documents; --", "👩‍👩‍👧 \u{202e}\r\n\t\"\\", "a\0b\u{10ffff}0", &long];
    for (index, text) in hostile.into_iter().enumerate() {
        let id = format!("{index}{}", text.chars().take(20).collect::<String>());
        let put = Put { doc: text.to_owned(), ..put(&id, 0) };
        store.commit(puts(vec![put])).await.unwrap();
        let found = store.load(vec![Want::Id(Kind::Session, id.clone())]).await.unwrap();
        let found = found[0].as_ref().unwrap();
        assert_eq!((&*found.id, &*found.doc), (&*id, text));
    }
}
