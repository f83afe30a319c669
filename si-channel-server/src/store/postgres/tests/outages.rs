//! A database that goes away, cuts connections, or cannot be written.

use super::proxy::Proxy;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f69_a_commit_whose_answer_was_lost_is_resolved_by_asking() {
    let Some(schema) = Schema::new() else { return };
    let proxy = Proxy::start(&schema.url).await;
    let store = schema.store_by(proxy.address).await;
    store.commit(put("before")).await.unwrap();
    for (id, changes) in
        [("plain", put("plain")), ("numbered", Changes { puts: put("numbered").puts, ..event("s", 1) })]
    {
        proxy.cut_at_commit();
        store.commit(changes).await.unwrap();
        assert!(proxy.has_cut(), "{id}");
        assert!(exists(&store, id).await);
    }
    assert_eq!(store.last_position().await.unwrap(), 1);
}

#[tokio::test]
async fn f69_a_transaction_in_doubt_is_told_by_its_number() {
    let Some(schema) = Schema::new() else { return };
    let store = schema.store().await;
    let client = schema.raw().await;
    for (end, committed) in [("COMMIT", true), ("ROLLBACK", false)] {
        client.batch_execute("BEGIN; UPDATE pings SET count = count + 1").await.unwrap();
        let row = client.query_one("SELECT pg_current_xact_id()::text", &[]).await.unwrap();
        let name: String = row.get(0);
        client.batch_execute(end).await.unwrap();
        assert_eq!(doubt::resolve(&store.server, &name).await, Some(committed));
    }
    assert_eq!(doubt::resolve(&store.server, "999999999999").await, None, "of another server");
}

/// Connections that are ended at any moment: what was answered is there, what was not is there once or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f69_cut_connections_lose_nothing_that_was_answered() {
    let Some(schema) = Schema::new() else { return };
    let proxy = Proxy::start(&schema.url).await;
    let store = Arc::new(schema.store_by(proxy.address).await);
    let done = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..6 {
        let (store, done) = (Arc::clone(&store), Arc::clone(&done));
        tasks.spawn(async move {
            let mut answered = Vec::new();
            for n in 0..60 {
                let id = format!("{task}-{n}");
                // As a caller does whose call failed: again, until it is answered.
                while store.accept(vec![input(&id, &id)]).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                // A conflict: it was made, and nobody could tell.
                let both = Changes { puts: put(&id).puts, ..event(&id, 1) };
                while let Err(CommitError::Store(_)) = store.commit(both.clone()).await {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                answered.push(id);
                done.fetch_add(1, Ordering::SeqCst);
            }
            answered
        });
    }
    // After each few that went through, so that there is progress between two cuts.
    let cuts = async {
        for cut in 1.. {
            until("progress", async || done.load(Ordering::SeqCst) >= 15 * cut).await;
            proxy.close();
            proxy.open();
        }
    };
    let answered = tokio::select! {
        answered = tasks.join_all() => answered.concat(),
        () = cuts => Vec::new(),
    };
    assert_eq!(answered.len(), 360);
    until("all is calm", async || store.ping().await.is_ok()).await;
    let wants = answered.iter().map(|id| Want::Id(Kind::Session, id.clone())).collect();
    assert!(store.load(wants).await.unwrap().iter().all(Option::is_some));
    assert_eq!(store.depths().await.unwrap().inputs, 360);
    let events = store.events_after(0, None, 1_000).await.unwrap();
    let positions: Vec<_> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=360).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_unavailable_and_comes_back() {
    let Some(schema) = Schema::new() else { return };
    let proxy = Proxy::start(&schema.url).await;
    let store = schema.store_by(proxy.address).await;
    store.accept(vec![input("a", "1")]).await.unwrap();
    proxy.close();
    until("the first call meets the end of its connection", async || store.ping().await.is_err()).await;
    let claim = Claim { owner: "w".into(), now_ms: 0, lease_until_ms: 10, limit: 1 };
    for _ in 0..20 {
        assert!(matches!(store.accept(vec![input("b", "1")]).await, Err(StoreError::Unavailable(_))));
        assert!(matches!(store.commit(put("s")).await, Err(CommitError::Store(StoreError::Unavailable(_)))));
        assert!(matches!(
            store.load(vec![Want::Id(Kind::Session, "s".to_owned())]).await,
            Err(StoreError::Unavailable(_))
        ));
        assert!(store.claim_inputs(claim.clone()).await.is_err());
        assert!(store.ping().await.is_err());
    }
    proxy.open();
    until("it is back", async || store.ping().await.is_ok()).await;
    until("it accepts", async || store.accept(vec![input("b", "1")]).await.is_ok()).await;
    until("it commits", async || store.commit(put("s")).await.is_ok()).await;
    assert_eq!(store.depths().await.unwrap().inputs, 2);
}

#[tokio::test]
async fn f69_a_replica_that_only_reads_is_refused() {
    let Some(schema) = Schema::new() else { return };
    let mut url = url::Url::parse(&schema.url).unwrap();
    url.query_pairs_mut().append_pair("options", "-c default_transaction_read_only=on");
    let error = PostgresStore::open(url.as_str(), schema.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn f60_no_error_names_the_password() {
    for url in [
        "postgres://si:hunter2@127.0.0.1:1/x",
        "postgres://si:hunter2@127.0.0.1:port/x",
        "postgres://si:hunter2@nowhere.invalid/x?application_name=hunter2",
    ] {
        let error = PostgresStore::open(url, Options::default()).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

/// `SI_CHANNEL_TEST_POSTGRES_CA` names the file of the certificate that the database of the tests shows as `localhost`.
#[tokio::test]
async fn an_encrypted_connection_wants_a_certificate_that_is_known() {
    let Some(schema) = Schema::new() else { return };
    let Ok(ca_file) = std::env::var("SI_CHANNEL_TEST_POSTGRES_CA") else {
        let said = "\nSKIPPED: encrypted connections, because SI_CHANNEL_TEST_POSTGRES_CA is not set\n";
        let _ = std::io::stderr().write_all(said.as_bytes());
        return;
    };
    let mut url = url::Url::parse(&schema.url).unwrap();
    url.query_pairs_mut().append_pair("sslmode", "require").append_pair("hostaddr", "127.0.0.1");
    for (host, known, serves) in
        [("localhost", true, true), ("localhost", false, false), ("elsewhere.example", true, false)]
    {
        url.set_host(Some(host)).unwrap();
        let ca_file = known.then(|| ca_file.clone().into());
        let opened = PostgresStore::open(url.as_str(), Options { ca_file, ..schema.options() }).await;
        assert_eq!(opened.is_ok(), serves, "{host}: {opened:?}");
        let Ok(store) = opened else { continue };
        let link = store.server.connect().await.unwrap();
        let encrypted = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        assert_eq!(link.lines(encrypted).await.unwrap(), ["true"]);
        store.commit(put("s")).await.unwrap();
    }
}
