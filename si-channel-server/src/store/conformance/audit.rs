//! The audit log.

use si_channel_core::audit::chain::{Hash, Link, verify};

use super::{Changes, Place, changes, is_conflict, put, puts};
use crate::store::{AuditFilter, AuditHead, AuditRecord, NewCheckpoint, NewRecord, Store};

pub(super) fn record(kind: &str, address: Option<&str>) -> NewRecord {
    NewRecord {
        body: format!("{{\"kind\":\"{kind}\"}}"),
        address: address.map(str::to_owned),
        openings: format!("{{\"of\":\"{kind}\"}}"),
    }
}

async fn append(store: &dyn Store, audit: Vec<NewRecord>) {
    store.commit(Changes { audit, ..changes() }).await.unwrap();
}

async fn all(store: &dyn Store) -> Vec<AuditRecord> {
    store.audit_after(0, &AuditFilter::default(), 1_000).await.unwrap()
}

async fn numbers(
    store: &dyn Store,
    after: u64,
    address: Option<&str>,
    kind: Option<&'static str>,
) -> Vec<u64> {
    let filter = AuditFilter { address: address.map(str::to_owned), kind };
    let found = store.audit_after(after, &filter, 2).await.unwrap();
    found.iter().map(|record| record.link.sequence).collect()
}

fn links(records: &[AuditRecord]) -> impl Iterator<Item = Result<Link, ()>> {
    records.iter().map(|record| Ok(record.link.clone()))
}

pub async fn records_are_chained_in_commit_order(place: &dyn Place) {
    let store = place.open().await;
    assert!(all(&*store).await.is_empty());
    append(&*store, vec![record("a", None), record("b", Some("+1"))]).await;
    append(&*store, vec![record("c", None)]).await;
    let escaped = "{\"kind\":\"d\",\"text\":\"\\u0000\"}".to_owned();
    append(&*store, vec![NewRecord { body: escaped.clone(), ..record("d", None) }]).await;
    let mut records = all(&*store).await;
    assert_eq!(records.pop().unwrap().link.body, escaped);
    let kinds: Vec<_> = records.iter().map(|record| record.link.body.as_str()).collect();
    assert_eq!(kinds, [r#"{"kind":"a"}"#, r#"{"kind":"b"}"#, r#"{"kind":"c"}"#]);
    assert_eq!(records[0].link, Link::new(1, Hash::START, r#"{"kind":"a"}"#.to_owned()));
    assert_eq!(records[1].openings.as_deref(), Some(r#"{"of":"b"}"#));
    let verified = verify(links(&records), &[], 3).unwrap().unwrap();
    assert_eq!((verified.records, verified.head), (3, records[2].link.hash));
}

pub async fn a_commit_that_fails_leaves_no_record(place: &dyn Place) {
    let store = place.open().await;
    append(&*store, vec![record("a", None)]).await;
    store.commit(puts(vec![put("s", 0)])).await.unwrap();
    let late = Changes { audit: vec![record("b", Some("+1"))], ..puts(vec![put("s", 0)]) };
    assert!(is_conflict(&store.commit(late).await));
    append(&*store, vec![record("c", None)]).await;
    let records = all(&*store).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1].link.sequence, 2);
    assert!(
        store
            .audit_after(0, &AuditFilter { address: Some("+1".to_owned()), kind: None }, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn records_of_many_at_once_make_one_chain(place: &dyn Place) {
    let store = place.open().await;
    let tasks = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { append(&*store, vec![record("a", None), record("b", None)]).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let records = all(&*store).await;
    assert_eq!(verify(links(&records), &[], 40).unwrap().unwrap().records, 40);
}

pub async fn records_are_found_by_address_and_kind(place: &dyn Place) {
    let store = place.open().await;
    let (ann, bob) = (Some("+1"), Some("+2"));
    append(
        &*store,
        vec![record("a", ann), record("a", bob), record("b", ann), record("b", None), record("a", ann)],
    )
    .await;
    assert_eq!(numbers(&*store, 0, None, None).await, [1, 2]);
    assert_eq!(numbers(&*store, 2, None, None).await, [3, 4]);
    assert_eq!(numbers(&*store, 0, ann, None).await, [1, 3]);
    assert_eq!(numbers(&*store, 1, None, Some("b")).await, [3, 4]);
    assert_eq!(numbers(&*store, 1, None, Some("a")).await, [2, 5]);
    assert_eq!(numbers(&*store, 0, ann, Some("a")).await, [1, 5]);
    assert!(numbers(&*store, 0, Some("+3"), None).await.is_empty());
}

pub async fn erased_openings_are_gone_and_the_chain_stays(place: &dyn Place) {
    let store = place.open().await;
    append(&*store, vec![record("a", Some("+1")), record("b", Some("+2")), record("c", Some("+1"))]).await;
    let before = all(&*store).await;
    assert_eq!(store.erase_openings("+1").await.unwrap(), 2);
    assert_eq!(store.erase_openings("+1").await.unwrap(), 0);
    let after = all(&*store).await;
    assert!(links(&before).eq(links(&after)));
    let open: Vec<_> = after.iter().map(|record| record.openings.is_some()).collect();
    assert_eq!(open, [false, true, false]);
    assert!(numbers(&*store, 0, Some("+1"), None).await.is_empty());
}

pub async fn a_record_is_signed_once(place: &dyn Place) {
    let store = place.open().await;
    let nothing = AuditHead { record: 0, hash: Hash::START, signed: 0, checkpoints: 0 };
    assert_eq!(store.audit_head().await.unwrap(), nothing);
    append(&*store, vec![record("a", None), record("b", None)]).await;
    let sign = |number, record| Changes {
        checkpoint: Some(NewCheckpoint { number, record, body: "{}".to_owned() }),
        ..changes()
    };
    store.commit(sign(1, 1)).await.unwrap();
    store.commit(sign(2, 2)).await.unwrap();
    for (number, record) in [(2, 2), (3, 2), (2, 3)] {
        assert!(is_conflict(&store.commit(sign(number, record)).await));
    }
    let hash = all(&*store).await[1].link.hash;
    assert_eq!(store.audit_head().await.unwrap(), AuditHead { record: 2, hash, signed: 2, checkpoints: 2 });
}

pub async fn the_chain_goes_on_after_reopening(place: &dyn Place) {
    let store = place.open().await;
    append(&*store, vec![record("a", None)]).await;
    drop(store);
    let store = place.open().await;
    append(&*store, vec![record("b", Some("+1"))]).await;
    let records = all(&*store).await;
    assert_eq!(verify(links(&records), &[], 2).unwrap().unwrap().records, 2);
}
