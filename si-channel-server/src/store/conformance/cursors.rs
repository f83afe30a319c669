//! Places in the feed that readers hold.

use super::{LEASE, NOW, Place};
use crate::store::{Cursor, CursorClaim, CursorMove, Store};

fn by(owner: &str, now_ms: i64) -> CursorClaim {
    CursorClaim { owner: owner.into(), now_ms, lease_until_ms: now_ms + LEASE }
}

async fn claim(store: &dyn Store, owner: &str, now: i64) -> Option<Cursor> {
    store.claim_cursor("feed", by(owner, now)).await.unwrap()
}

fn to(fence: i64, position: i64, note: &str) -> CursorMove {
    CursorMove { fence, position, note: note.to_owned(), now_ms: NOW, lease_until_ms: NOW + LEASE }
}

pub async fn a_cursor_is_held_by_one(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.cursor("feed").await.unwrap(), None);
    let held = claim(&*store, "one", NOW).await.unwrap();
    assert_eq!((held.position, &*held.note), (0, ""));
    assert_eq!(claim(&*store, "two", NOW).await, None);
    assert!(store.move_cursor("feed", to(held.fence, 7, "seven")).await.unwrap());
    assert_eq!(claim(&*store, "two", NOW).await, None, "to move is to go on holding");
    assert!(store.claim_cursor("another", by("two", NOW)).await.unwrap().is_some());
    let found = store.cursor("feed").await.unwrap().unwrap();
    assert_eq!((found.position, &*found.note), (7, "seven"));
}

pub async fn a_cursor_whose_lease_has_ended_is_taken_over_where_it_was(place: &dyn Place) {
    let store = place.open().await;
    let first = claim(&*store, "one", NOW).await.unwrap();
    assert!(store.move_cursor("feed", to(first.fence, 7, "seven")).await.unwrap());
    place.pass(LEASE + 1).await;
    assert!(store.move_cursor("feed", to(first.fence, 8, "eight")).await.unwrap(), "nobody has claimed it");
    place.pass(LEASE + 1).await;
    let second = claim(&*store, "two", NOW + 2 * LEASE + 2).await.unwrap();
    assert_eq!((second.position, &*second.note), (8, "eight"));
    assert!(!store.move_cursor("feed", to(first.fence, 9, "nine")).await.unwrap());
    assert_eq!(store.cursor("feed").await.unwrap(), Some(second));
}

pub async fn a_cursor_that_is_let_go_is_free_at_once(place: &dyn Place) {
    let store = place.open().await;
    let first = claim(&*store, "one", NOW).await.unwrap();
    let again = claim(&*store, "one", NOW).await.unwrap();
    assert!(again.fence > first.fence, "who holds it may claim it again");
    assert!(!store.move_cursor("feed", to(first.fence, 1, "")).await.unwrap());
    let gone = CursorMove { lease_until_ms: NOW, ..to(again.fence, 7, "seven") };
    assert!(store.move_cursor("feed", gone).await.unwrap());
    assert_eq!(claim(&*store, "two", NOW).await.unwrap().position, 7);
}

pub async fn a_cursor_that_is_rewound_is_taken_from_its_holder(place: &dyn Place) {
    let store = place.open().await;
    let held = claim(&*store, "one", NOW).await.unwrap();
    assert!(store.move_cursor("feed", to(held.fence, 7, "seven")).await.unwrap());
    store.rewind_cursor("feed", 3).await.unwrap();
    assert!(!store.move_cursor("feed", to(held.fence, 8, "eight")).await.unwrap());
    let next = claim(&*store, "two", NOW).await.unwrap();
    assert_eq!((next.position, &*next.note), (3, "seven"));
    store.rewind_cursor("unknown", 5).await.unwrap();
    let unknown = store.claim_cursor("unknown", by("one", NOW)).await.unwrap().unwrap();
    assert_eq!(unknown.position, 5);
}

pub async fn a_cursor_is_kept_over_reopening_and_its_old_holder_is_not(place: &dyn Place) {
    let store = place.open().await;
    let old = claim(&*store, "one", NOW).await.unwrap();
    assert!(store.move_cursor("feed", to(old.fence, 7, "seven")).await.unwrap());
    drop(store);
    let store = place.open().await;
    place.pass(LEASE + 1).await;
    let new = claim(&*store, "two", NOW + LEASE + 1).await.unwrap();
    assert_eq!((new.position, &*new.note), (7, "seven"));
    assert!(!store.move_cursor("feed", to(old.fence, 8, "eight")).await.unwrap());
}

pub async fn a_cursor_wanted_by_many_at_once_is_held_by_one(place: &dyn Place) {
    let store = place.open().await;
    let claims = (0..20).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            store.claim_cursor("feed", by(&format!("worker {number}"), NOW)).await.unwrap()
        })
    });
    let claims: Vec<_> = claims.collect();
    let mut held = 0;
    for claim in claims {
        held += usize::from(claim.await.unwrap().is_some());
    }
    assert_eq!(held, 1);
}
