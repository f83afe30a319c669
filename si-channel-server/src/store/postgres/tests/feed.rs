//! The order of the feed and of the audit log, whoever writes.

use si_channel_core::audit::chain::verify;

use super::*;
use crate::store::{NewRecord, StoredEvent};

fn record(text: &str) -> NewRecord {
    NewRecord { body: format!("{{\"kind\":\"{text}\"}}"), address: None, openings: "{}".to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_misses_nothing_while_several_servers_commit() {
    const SERVERS: usize = 3;
    const EACH: u64 = 60;
    let Some(schema) = Schema::new() else { return };
    let mut tasks = tokio::task::JoinSet::new();
    for server in 0..SERVERS {
        let store = Arc::new(schema.store().await);
        for writer in 0..4 {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                for sequence in 1..=EACH {
                    let changes = event(&format!("{server}/{writer}"), sequence);
                    store.commit(Changes { audit: vec![record("a")], ..changes }).await.unwrap();
                }
            });
        }
    }
    let reader = schema.store().await;
    let mut position = 0;
    let all = i64::try_from(SERVERS * 4).unwrap() * i64::try_from(EACH).unwrap();
    while position < all {
        for event in reader.events_after(position, None, 50).await.unwrap() {
            // Without a gap: what is seen later can only come behind.
            assert_eq!(event.position, position + 1);
            position = event.position;
        }
    }
    tasks.join_all().await;
    let records = reader.audit_after(0, &AuditFilter::default(), usize::MAX).await.unwrap();
    let links = records.into_iter().map(|record| Ok::<_, ()>(record.link));
    assert_eq!(verify(links, &[], all.unsigned_abs()).unwrap().unwrap().records, all.unsigned_abs());
}

/// Another server has numbered its event and is not yet through with its commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_position_does_not_show_before_an_earlier_one() {
    let Some(schema) = Schema::new() else { return };
    let store = Arc::new(schema.store().await);
    let slow = schema.raw().await;
    slow.batch_execute(
        "BEGIN; SELECT position FROM heads FOR UPDATE;
         INSERT INTO events VALUES (1, 'slow', 'slow', 1, '{}'); UPDATE heads SET position = 1",
    )
    .await
    .unwrap();
    let quick = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(event("quick", 1)).await }
    });
    let watcher = schema.raw().await;
    until("the quick one waits for its turn", async || {
        let sql = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                   WHERE NOT l.granted AND l.locktype IN ('tuple', 'transactionid') AND a.query LIKE '%FROM heads FOR UPDATE%'
                   AND EXISTS (SELECT FROM pg_locks h WHERE h.pid = l.pid AND h.relation = 'heads'::regclass)";
        watcher.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) > 0
    })
    .await;
    assert!(store.events_after(0, None, 10).await.unwrap().is_empty());
    slow.batch_execute("COMMIT").await.unwrap();
    quick.await.unwrap().unwrap();
    let seen: Vec<(i64, String)> = store
        .events_after(0, None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|StoredEvent { position, stream, .. }| (position, stream))
        .collect();
    assert_eq!(seen, [(1, "slow".to_owned()), (2, "quick".to_owned())]);
}

/// What is being written when a survey passes is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_passes_no_row_that_appears_later() {
    let Some(schema) = Schema::new() else { return };
    let store = Arc::new(schema.store().await);
    let slow = schema.raw().await;
    slow.batch_execute(
        "BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 1));
         INSERT INTO entries (session, id, at_ms, body) VALUES ('slow', 'e', 0, '{}')",
    )
    .await
    .unwrap();
    let entry = Entry { session: "quick".to_owned(), id: "e".to_owned(), at_ms: 0, body: "{}".to_owned() };
    store.commit(Changes { entries: vec![entry], ..Changes::settle(Source::Direct) }).await.unwrap();
    let survey = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.survey(Table::Entries, 0, 10).await.unwrap() }
    });
    let watcher = schema.raw().await;
    until("the survey waits", async || {
        let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND mode = 'ExclusiveLock'
                   AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(current_schema(), 1)";
        watcher.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) > 0
    })
    .await;
    slow.batch_execute("COMMIT").await.unwrap();
    let sessions: Vec<_> = survey.await.unwrap().into_iter().map(|line| line.wording.name).collect();
    assert_eq!(sessions, ["slow", "quick"]);
}

#[tokio::test]
async fn the_audit_log_is_copied_whole_and_tampering_shows() {
    let Some(schema) = Schema::new() else { return };
    let store = schema.store().await;
    let audit = (0..5).map(|n| NewRecord { address: Some(format!("+{n}")), ..record("a") }).collect();
    store.commit(Changes { audit, ..Changes::settle(Source::Direct) }).await.unwrap();
    let copied = async || audit_log(&schema.url, &schema.options()).await.unwrap();
    let verified = copied().await.verify(&[]).unwrap().unwrap();
    let head = store.audit_head().await.unwrap();
    assert_eq!((verified.records, verified.head), (5, head.hash));
    let mut opened = Vec::new();
    copied().await.openings(|row| opened.push((row.record, row.address.unwrap()))).unwrap();
    assert_eq!(opened[4], (5, "+4".to_owned()));

    let client = schema.raw().await;
    client.batch_execute("DELETE FROM audit WHERE sequence = 5").await.unwrap();
    assert!(copied().await.verify(&[]).unwrap().is_err(), "the end was cut off");
    client.batch_execute("UPDATE audit SET body = '{}' WHERE sequence = 2").await.unwrap();
    assert!(copied().await.verify(&[]).unwrap().unwrap_err().to_string().contains('2'));
}
