//! Connections: made when needed, given up when they fail, tried again at growing intervals.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

use super::failure::{Failure, told};
use super::open::OpenError;
use super::tls::{self, Tls};

/// How long a connection may take to come about.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long anything asked on one may take; the server gives its statements up a little earlier.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The first wait after a failed attempt, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Set on every connection. Plans are made once and must serve tables of any size: they go by the indexes and in their order.
const SESSION: &str = "
SET statement_timeout = '10s';
SET lock_timeout = '10s';
SET idle_in_transaction_session_timeout = '30s';
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET jit = off;
";

/// The arguments of a statement.
pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The database server, and how it did last.
pub(super) struct Server {
    config: Config,
    /// `None` where connections are not encrypted.
    tls: Option<Tls>,
    schema: String,
    gate: Mutex<Gate>,
}

/// When the next attempt may be made.
#[derive(Debug)]
struct Gate {
    until: Instant,
    wait: Duration,
    /// What the last attempt met; `None` when it went well.
    trouble: Option<String>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Server {
    /// The server that a URL names; what the URL leaves open is set so that a dead connection is noticed.
    pub(super) fn new(
        mut config: Config,
        schema: &str,
        ca_file: Option<&Path>,
    ) -> Result<Arc<Self>, OpenError> {
        tls::settle(&mut config);
        let plain = config.get_ssl_mode() == SslMode::Disable;
        let tls = if plain { None } else { Some(Tls::new(ca_file)?) };
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.keepalives_idle(Duration::from_secs(30));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WITHIN);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(ANSWER_WITHIN);
        }
        if config.get_application_name().is_none() {
            config.application_name("si-channel");
        }
        let gate = Gate { until: Instant::now(), wait: WAITS.0, trouble: None };
        Ok(Arc::new(Self { config, tls, schema: schema.to_owned(), gate: Mutex::new(gate) }))
    }

    /// The schema of the store.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// A connection whose settings are made.
    ///
    /// # Errors
    /// At once while the last attempt has just failed.
    pub(super) async fn connect(&self) -> Result<Link, Failure> {
        if let Gate { until, trouble: Some(trouble), .. } = &*self.gate()
            && *until > Instant::now()
        {
            return Err(Failure::Unavailable(trouble.clone()));
        }
        let attempt = tokio::time::timeout(CONNECT_WITHIN + CONNECT_WITHIN, self.attempt()).await;
        let attempt =
            attempt.unwrap_or_else(|_| Err(Failure::Unavailable("PostgreSQL does not answer".to_owned())));
        let mut gate = self.gate();
        match &attempt {
            Ok(_) => {
                if gate.trouble.take().is_some() {
                    tracing::info!("the database is back");
                }
                gate.wait = WAITS.0;
            }
            Err(error) => {
                if gate.trouble.replace(error.to_string()).is_none() {
                    tracing::warn!(%error, "the database is away");
                }
                // Not all servers at the same moment.
                gate.until = Instant::now() + gate.wait.mul_f64(0.5 + fraction());
                gate.wait = (gate.wait * 2).min(WAITS.1);
            }
        }
        attempt
    }

    async fn attempt(&self) -> Result<Link, Failure> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                drive(connection);
                client
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                drive(connection);
                client
            }
        };
        client.batch_execute(&format!("{SESSION} SET search_path TO \"{}\"", self.schema)).await?;
        Ok(Link { client, statements: Mutex::default() })
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries what is sent and answered on a connection until it ends.
fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = told(&error), "a connection to the database ended");
        }
    });
}

/// From 0 to 1.
fn fraction() -> f64 {
    let mut byte = [0];
    // Without it all wait equally long.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

/// One connection and what was prepared on it. Callers share it without waiting for each other's answers.
pub(super) struct Link {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

impl Link {
    /// Prepares a statement unless it is.
    async fn statement(&self, sql: &'static str) -> Result<Statement, Failure> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(sql, statement.clone());
        Ok(statement)
    }

    /// Prepares statements that a flight is to send.
    pub(super) async fn prepare(&self, statements: &[&'static str]) -> Result<(), Failure> {
        let prepared = statements.iter().map(|sql| self.statement(sql));
        futures_util::future::try_join_all(prepared).await.map(drop)
    }

    /// The rows a statement gives.
    pub(super) async fn query(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, params).await?)
    }

    /// How many rows a statement changed.
    pub(super) async fn execute(&self, sql: &'static str, params: Params<'_>) -> Result<u64, Failure> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, params).await?)
    }

    /// The first column of what a statement without arguments gives.
    #[cfg(test)]
    pub(super) async fn lines(&self, sql: &str) -> Result<Vec<String>, Failure> {
        let messages = self.client.simple_query(sql).await?;
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Statements without arguments.
    pub(super) async fn simple(&self, sql: &str) -> Result<(), Failure> {
        Ok(self.client.batch_execute(sql).await?)
    }
}

/// The place of one connection, which is made anew when it has failed.
pub(super) struct Slot {
    server: Arc<Server>,
    /// Prepared on each new connection, before anything else is sent.
    prepared: &'static [&'static [&'static str]],
    /// Said on each new connection.
    settings: &'static str,
    link: tokio::sync::Mutex<Option<Arc<Link>>>,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Slot {
    pub(super) fn new(server: &Arc<Server>) -> Self {
        Self::with(server, &[], "")
    }

    pub(super) fn with(
        server: &Arc<Server>,
        prepared: &'static [&'static [&'static str]],
        settings: &'static str,
    ) -> Self {
        Self { server: Arc::clone(server), prepared, settings, link: tokio::sync::Mutex::default() }
    }

    /// Does something on the connection. When it fails as the database being away does, the connection is given up.
    pub(super) async fn run<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        work: impl FnOnce(Arc<Link>) -> F,
    ) -> Result<T, Failure> {
        let link = self.link().await?;
        let done = tokio::time::timeout(ANSWER_WITHIN, work(Arc::clone(&link))).await.unwrap_or_else(|_| {
            Err(Failure::Unavailable(format!("PostgreSQL did not answer within {ANSWER_WITHIN:?}")))
        });
        if matches!(done, Err(Failure::Unavailable(_) | Failure::Corrupt(_))) {
            self.link.lock().await.take_if(|held| Arc::ptr_eq(held, &link));
        }
        done
    }

    /// The same for a transaction; the caller is the only one on the connection. What fails is undone.
    pub(super) async fn transact<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        work: impl FnOnce(Arc<Link>) -> F,
    ) -> Result<T, Failure> {
        self.run(async |link| {
            let done = work(Arc::clone(&link)).await;
            if matches!(&done, Err(failure) if failure.is_local()) {
                link.simple("ROLLBACK").await?;
            }
            done
        })
        .await
    }

    async fn link(&self) -> Result<Arc<Link>, Failure> {
        let mut held = self.link.lock().await;
        if let Some(link) = held.as_ref().filter(|link| !link.client.is_closed()) {
            return Ok(Arc::clone(link));
        }
        *held = None;
        let link = self.server.connect().await?;
        link.simple(self.settings).await?;
        for statements in self.prepared {
            link.prepare(statements).await?;
        }
        Ok(Arc::clone(held.insert(Arc::new(link))))
    }
}
