//! Commits whose answer was lost: the database still knows what became of them.

use std::time::{Duration, Instant};

use super::connect::Server;
use super::failure::Failure;

/// How long is asked for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait between questions.
const PAUSE: Duration = Duration::from_millis(50);

const STATUS: &str = "SELECT pg_xact_status($1::text::xid8)";

/// Whether a transaction was committed; `None` when that cannot be found out soon. Its effects are then found by whoever
/// tries again: what it settled is settled, what it wrote has moved on.
pub(super) async fn resolve(server: &Server, transaction: &str) -> Option<bool> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match ask(server, transaction).await {
            Ok(Some(status)) if status == "committed" => return Some(true),
            Ok(Some(status)) if status == "aborted" => return Some(false),
            // Its connection ends soon, and it with it.
            Ok(Some(_)) | Err(Failure::Unavailable(_)) => tokio::time::sleep(PAUSE).await,
            // Too long ago, or not of this server: it has been restored, or another took its place.
            Ok(None) | Err(_) => return None,
        }
    }
    None
}

async fn ask(server: &Server, transaction: &str) -> Result<Option<String>, Failure> {
    let link = server.connect().await?;
    let rows = link.query(STATUS, &[&transaction]).await?;
    Ok(rows.first().map_or(Ok(None), |row| row.try_get(0))?)
}
