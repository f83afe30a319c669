//! Secondary keys and the lists made of them.

use super::{Kind, Place, Put, holder, is_conflict, key, keyed, put, puts, unique, version};
use crate::store::Page;

pub async fn a_key_finds_the_document_of_the_greatest_order(place: &dyn Place) {
    let store = place.open().await;
    for (id, order) in [("b", 5), ("a", 7), ("c", -1)] {
        store.commit(puts(vec![keyed(id, 0, vec![key("binding", "x", order)])])).await.unwrap();
    }
    assert_eq!(holder(&*store, "binding", "x").await.as_deref(), Some("a"));
    store.commit(puts(vec![keyed("c", 1, vec![key("binding", "x", 8)])])).await.unwrap();
    assert_eq!(holder(&*store, "binding", "x").await.as_deref(), Some("c"));
}

pub async fn a_unique_key_has_one_holder(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![keyed("a", 0, vec![unique("sid", "CH1")])])).await.unwrap();
    let taken = store.commit(puts(vec![keyed("b", 0, vec![unique("sid", "CH1")])])).await;
    assert!(is_conflict(&taken));
    assert_eq!(version(&*store, "b").await, 0);
    let two = vec![keyed("c", 0, vec![unique("sid", "CH2")]), keyed("d", 0, vec![unique("sid", "CH2")])];
    assert!(is_conflict(&store.commit(puts(two)).await));
    // Another value, another name, and not unique: all free.
    let free = vec![unique("sid", "CH2"), unique("code", "CH1"), key("binding", "CH1", 0)];
    store.commit(puts(vec![keyed("b", 0, free)])).await.unwrap();
    assert_eq!(holder(&*store, "sid", "CH1").await.as_deref(), Some("a"));
}

pub async fn a_unique_key_changes_hands_in_one_commit(place: &dyn Place) {
    let store = place.open().await;
    store.commit(puts(vec![keyed("a", 0, vec![unique("sid", "CH1")]), put("b", 0)])).await.unwrap();
    let taker_first = vec![keyed("b", 1, vec![unique("sid", "CH1")]), keyed("a", 1, Vec::new())];
    store.commit(puts(taker_first)).await.unwrap();
    assert_eq!(holder(&*store, "sid", "CH1").await.as_deref(), Some("b"));
    let giver_first = vec![keyed("b", 2, Vec::new()), keyed("a", 2, vec![unique("sid", "CH1")])];
    store.commit(puts(giver_first)).await.unwrap();
    assert_eq!(holder(&*store, "sid", "CH1").await.as_deref(), Some("a"));
}

pub async fn keys_are_replaced_as_a_set_or_left_alone(place: &dyn Place) {
    let store = place.open().await;
    let first = vec![unique("sid", "CH1"), key("state", "open", 1), key("binding", "x", 1)];
    store.commit(puts(vec![keyed("a", 0, first)])).await.unwrap();
    store.commit(puts(vec![put("a", 1)])).await.unwrap();
    for (name, value) in [("sid", "CH1"), ("state", "open"), ("binding", "x")] {
        assert_eq!(holder(&*store, name, value).await.as_deref(), Some("a"), "{name} is left alone");
    }
    let second = vec![unique("sid", "CH1"), key("state", "closed", 1), key("binding", "x", 9)];
    store.commit(puts(vec![keyed("a", 2, second)])).await.unwrap();
    assert_eq!(holder(&*store, "state", "open").await, None);
    assert_eq!(holder(&*store, "state", "closed").await.as_deref(), Some("a"));
    let listed = store.list(Kind::Session, ("binding", "x"), Page::first(10)).await.unwrap();
    assert_eq!(listed.iter().map(|(order, record)| (*order, &*record.id)).collect::<Vec<_>>(), [(9, "a")]);
    store.commit(puts(vec![keyed("a", 3, Vec::new())])).await.unwrap();
    assert_eq!(holder(&*store, "sid", "CH1").await, None);
    store.commit(puts(vec![keyed("b", 0, vec![unique("sid", "CH1")])])).await.unwrap();
}

pub async fn a_key_given_twice_counts_as_the_later(place: &dyn Place) {
    let store = place.open().await;
    let twice =
        vec![unique("sid", "CH1"), unique("sid", "CH1"), key("binding", "x", 1), key("binding", "x", 2)];
    store.commit(puts(vec![keyed("a", 0, twice)])).await.unwrap();
    let listed = store.list(Kind::Session, ("binding", "x"), Page::first(10)).await.unwrap();
    assert_eq!(listed.iter().map(|(order, _)| *order).collect::<Vec<_>>(), [2]);
}

pub async fn a_list_pages_from_the_greatest_order_down(place: &dyn Place) {
    let store = place.open().await;
    // Equal orders, told apart by id.
    let mut expected: Vec<(i64, String)> = (0..25).map(|n| (n / 3, format!("s{n:02}"))).collect();
    for (order, id) in &expected {
        let other = Put { kind: Kind::Outbound, ..keyed(id, 0, vec![key("state", "open", *order)]) };
        let keys = vec![key("state", "open", *order), key("state", "any", 0)];
        store.commit(puts(vec![keyed(id, 0, keys), other])).await.unwrap();
    }
    expected.sort();
    expected.reverse();
    for limit in [1, 4, 25, 100] {
        let mut listed: Vec<(i64, String)> = Vec::new();
        loop {
            let before = listed.last().cloned();
            let page = store.list(Kind::Session, ("state", "open"), Page { before, limit }).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            assert!(page.iter().all(|(_, record)| record.kind == Kind::Session && record.version == 1));
            listed.extend(page.into_iter().map(|(order, record)| (order, record.id)));
        }
        assert_eq!(listed, expected, "pages of {limit}");
    }
    assert!(store.list(Kind::Session, ("state", "open"), Page::first(0)).await.unwrap().is_empty());
    assert!(store.list(Kind::Session, ("state", "shut"), Page::first(10)).await.unwrap().is_empty());
}
