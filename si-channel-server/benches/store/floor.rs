//! The least that a database with this promise must do: bodies appended in batches, each batch flushed.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::{Client, NoTls};

use crate::{Error, Length, measure};

/// Bodies that share a transaction, and connections that do so: as in the store.
const BATCH: usize = 256;
const CONNECTIONS: usize = 2;

type Line = (String, oneshot::Sender<()>);

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Appends what waits until nobody is left who waits.
async fn append(
    client: Client,
    waiting: Arc<Mutex<mpsc::Receiver<Line>>>,
) -> Result<(), tokio_postgres::Error> {
    let statement = client.prepare("INSERT INTO bench_floor (body) SELECT * FROM unnest($1::text[])").await?;
    let mut batch = Vec::new();
    while waiting.lock().await.recv_many(&mut batch, BATCH).await > 0 {
        let (bodies, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        client.execute(&statement, &[&bodies]).await?;
        for reply in replies {
            let _gone = reply.send(());
        }
    }
    Ok(())
}

pub(crate) async fn measure_floor(url: &str, callers: usize, length: &Length) -> Result<(), Error> {
    let client = connect(url).await?;
    client
        .batch_execute(
            "DROP TABLE IF EXISTS bench_floor; CREATE TABLE bench_floor (seq bigserial PRIMARY KEY, body text)",
        )
        .await?;
    let (lines, waiting) = mpsc::channel(1_024);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..CONNECTIONS {
        tokio::spawn(append(connect(url).await?, Arc::clone(&waiting)));
    }
    measure(&format!("floor of PostgreSQL, {callers} callers"), callers, length, move |_, _| {
        let lines = lines.clone();
        async move {
            let (reply, answer) = oneshot::channel();
            lines.send(("x".repeat(1_200), reply)).await.map_err(|error| error.to_string())?;
            answer.await.map_err(|error| error.to_string())
        }
    })
    .await
}
