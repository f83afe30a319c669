//! Effects handed out.

use tokio_postgres::Row;

use super::claim::{Terms, claim};
use super::connect::Link;
use super::failure::Failure;
use super::text::restored;
use crate::store::ClaimedEffect;

pub(super) const CLAIM: &str = claim!(
    queue "1" of "effects",
    pending "true",
    first "true ORDER BY e.priority, e.seq",
    by "i.priority, i.seq",
    giving "id" "lane" "body" "attempts" "due_ms" "passed"
);

pub(super) async fn claim(link: &Link, terms: &Terms) -> Result<Vec<ClaimedEffect>, Failure> {
    terms.rows(link, CLAIM).await?.iter().map(claimed).collect()
}

fn claimed(row: &Row) -> Result<ClaimedEffect, Failure> {
    Ok(ClaimedEffect {
        id: restored(row.try_get(2)?),
        lane: restored(row.try_get(3)?),
        body: restored(row.try_get(4)?),
        attempts: row.try_get::<_, i32>(5)?.unsigned_abs(),
        due_ms: row.try_get(6)?,
        passed: row.try_get::<_, i32>(7)?.unsigned_abs(),
        fence: row.try_get(0)?,
    })
}
