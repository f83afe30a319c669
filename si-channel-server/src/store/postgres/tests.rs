//! The suite on PostgreSQL, and what only PostgreSQL has: its connections, its migrations, its other servers.
//!
//! `SI_CHANNEL_TEST_POSTGRES` names a database whose schemas may be made and dropped; `cargo xtask test` brings one. Without
//! it these tests do nothing, and say so.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Once;

use tokio_postgres::{Client, NoTls};

use super::*;
use crate::store::conformance::Place;
use crate::store::{NewEvent, Put, Source};

const DATABASE: &str = "SI_CHANNEL_TEST_POSTGRES";

/// The database to test on. What is not tested is said past the capture of the test harness.
fn database() -> Option<String> {
    static SAID: Once = Once::new();
    let found = std::env::var(DATABASE).ok();
    if found.is_none() {
        SAID.call_once(|| {
            let said =
                format!("\nSKIPPED: the store in PostgreSQL is not tested, because {DATABASE} is not set\n");
            let _ = std::io::stderr().write_all(said.as_bytes());
        });
    }
    found
}

/// A store in a schema of its own.
struct Schema {
    url: String,
    name: String,
}

impl Schema {
    fn new() -> Option<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let name = format!("test_{:x}", u64::from_le_bytes(bytes));
        database().map(|url| Self { url, name })
    }

    fn options(&self) -> Options {
        Options { schema: self.name.clone(), ..Options::default() }
    }

    async fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.url, self.options()).await.unwrap()
    }

    /// The same through another address of the same server.
    async fn store_by(&self, address: SocketAddr) -> PostgresStore {
        let mut url = url::Url::parse(&self.url).unwrap();
        url.set_ip_host(address.ip()).unwrap();
        url.set_port(Some(address.port())).unwrap();
        PostgresStore::open(url.as_str(), self.options()).await.unwrap()
    }

    /// What the store's connections are made by.
    fn server(&self) -> Arc<Server> {
        Server::new(open::config(&self.url).unwrap(), &self.name, None).unwrap()
    }

    /// A connection without the store's own settings, on its tables.
    async fn raw(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("SET search_path TO \"{}\"", self.name)).await.unwrap();
        client
    }
}

#[async_trait]
impl Place for Schema {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.store().await)
    }

    /// Puts the clock of leases forward.
    async fn pass(&self, ms: i64) {
        let client = self.raw().await;
        client
            .batch_execute(&format!(
                "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 9));
                 CREATE TABLE IF NOT EXISTS passed (ms bigint);
                 INSERT INTO passed VALUES ({ms});
                 CREATE OR REPLACE FUNCTION lease_clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
                     SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + (SELECT sum(ms)::bigint FROM passed)
                 $$;
                 COMMIT"
            ))
            .await
            .unwrap();
    }
}

mod claims;
mod feed;
mod outages;
mod proxy;
mod schema;

/// A place that may not be there: then a check has nothing to do.
mod suite {
    use super::Schema;

    crate::store_conformance!(Schema::new, optional);
}

fn input(key: &str, lane: &str) -> NewInput {
    NewInput { key: key.to_owned(), lane: lane.to_owned(), body: "{}".to_owned(), at_ms: 0 }
}

fn put(id: &str) -> Changes {
    let put = Put { kind: Kind::Session, id: id.to_owned(), version: 0, doc: "{}".to_owned(), keys: None };
    Changes { puts: vec![put], ..Changes::settle(Source::Direct) }
}

fn event(stream: &str, sequence: u64) -> Changes {
    let event = NewEvent {
        id: format!("{stream}-{sequence}"),
        stream: stream.to_owned(),
        sequence,
        body: "{}".to_owned(),
    };
    Changes { events: vec![event], ..Changes::settle(Source::Direct) }
}

async fn exists(store: &PostgresStore, id: &str) -> bool {
    store.load(vec![Want::Id(Kind::Session, id.to_owned())]).await.unwrap()[0].is_some()
}

/// Looks until it is so.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_mins(1);
    while !look().await {
        assert!(std::time::Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_stored_fails_alone() {
    let Some(schema) = Schema::new() else { return };
    let store = Arc::new(schema.store().await);
    // Longer than an index takes, and not to be made shorter.
    let long: String =
        (0..9_000_u32).map(|n| char::from(b'!' + (n.wrapping_mul(2_654_435_761) >> 24) as u8 % 90)).collect();
    let keys: Vec<String> = (0..40).map(|n| if n == 17 { long.clone() } else { format!("k{n}") }).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for key in keys.clone() {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let refused = store.accept(vec![input(&key, "l")]).await.is_err();
            refused.then_some(key)
        });
    }
    let refused: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(refused, [long]);
    assert_eq!(store.depths().await.unwrap().inputs, 39);
}

#[tokio::test]
async fn looking_for_work_reads_indexes_alone() {
    let Some(schema) = Schema::new() else { return };
    drop(schema.store().await);
    let link = schema.server().connect().await.unwrap();
    for (name, sql) in [("inputs", inbox::CLAIM), ("effects", effects::CLAIM)] {
        link.simple(&format!("PREPARE {name} (bigint, bigint, bigint, text, bigint) AS {sql}"))
            .await
            .unwrap();
        let plan = link.lines(&format!("EXPLAIN EXECUTE {name} (0, 64, 0, 'w', 1000)")).await.unwrap();
        assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{plan:#?}");
        // The first ones are found in their order, without looking at all.
        let picked = plan.iter().skip_while(|line| !line.contains("CTE picked"));
        let picked: Vec<_> = picked.take_while(|line| !line.contains("CTE numbered")).collect();
        assert!(picked.iter().any(|line| line.contains(&format!("using {name}_waiting"))), "{plan:#?}");
        assert!(picked.iter().any(|line| line.contains(&format!("using {name}_pending"))), "{plan:#?}");
        assert!(!picked.iter().any(|line| line.contains("Sort")), "{plan:#?}");
    }
}
