//! Accepted inputs: stored, handed out, handed back.

use std::collections::HashSet;
use std::sync::Arc;

use tokio_postgres::Row;

use super::claim::{Terms, claim};
use super::connect::{Link, Slot};
use super::failure::Failure;
use super::group::Group;
use super::text::{restored, stored};
use crate::store::wakes::Wakes;
use crate::store::{Accepted, ClaimedInput, NewInput, Wake};

/// Places are given in the order of acceptance; rows are written in the order of their keys, so that two servers that
/// accept the same ones wait for each other but not both at once.
const ACCEPT: &str = "
WITH given AS MATERIALIZED (
    SELECT nextval('inputs_seq_seq') AS seq, g.*
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS g (key, lane, body, at_ms))
INSERT INTO inputs (seq, key, lane, body, at_ms)
SELECT seq, key, lane, body, at_ms FROM given ORDER BY key
ON CONFLICT (key) DO NOTHING RETURNING key";

const HAS_PENDING: &str = "SELECT EXISTS (SELECT FROM inputs WHERE state = 0 AND lane = ANY ($1))";

pub(super) async fn has_pending(link: &Link, lanes: &[String]) -> Result<bool, Failure> {
    let lanes: Vec<_> = lanes.iter().map(|lane| stored(lane)).collect();
    let rows = link.query(HAS_PENDING, &[&lanes]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

pub(super) const CLAIM: &str = claim!(
    queue "0" of "inputs",
    pending "i.state = 0",
    first "e.state = 0 ORDER BY e.seq",
    by "i.seq",
    giving "seq" "key" "lane" "body" "at_ms" "attempts"
);

const HAND_BACK: &str = "
WITH ended AS (DELETE FROM leases WHERE fence = $2 AND queue = 0 AND item = $1 RETURNING item)
UPDATE inputs SET state = $3, due_ms = coalesce($4, due_ms), attempts = attempts + 1, reason = $5
FROM ended WHERE seq = item AND state = 0";

/// What [`Acceptance`] sends.
pub(super) const STATEMENTS: &[&[&str]] = &[&[ACCEPT]];

/// Accepts what many callers bring.
pub(super) struct Acceptance {
    pub(super) slot: Slot,
    pub(super) wakes: Arc<Wakes>,
}

impl Group for Acceptance {
    type Item = Vec<NewInput>;
    type Answer = Vec<Accepted>;
    const BATCH: usize = 256;

    async fn run(&self, calls: &[Vec<NewInput>]) -> Result<Vec<Result<Vec<Accepted>, Failure>>, Failure> {
        let mut first = HashSet::new();
        let fresh: Vec<&NewInput> =
            calls.iter().flatten().filter(|input| first.insert(input.key.as_str())).collect();
        let keys: Vec<_> = fresh.iter().map(|input| stored(&input.key)).collect();
        let lanes: Vec<_> = fresh.iter().map(|input| stored(&input.lane)).collect();
        let bodies: Vec<_> = fresh.iter().map(|input| stored(&input.body)).collect();
        let times: Vec<_> = fresh.iter().map(|input| input.at_ms).collect();
        let rows =
            self.slot.run(async |link| link.query(ACCEPT, &[&keys, &lanes, &bodies, &times]).await).await?;
        let mut added =
            rows.iter().map(|row| Ok(restored(row.try_get(0)?))).collect::<Result<HashSet<_>, Failure>>()?;
        if !added.is_empty() {
            self.wakes.wake(Wake::Inputs);
        }
        let mut answer =
            |input: &NewInput| if added.remove(&input.key) { Accepted::New } else { Accepted::Duplicate };
        Ok(calls.iter().map(|call| Ok(call.iter().map(&mut answer).collect())).collect())
    }
}

pub(super) async fn claim(link: &Link, terms: &Terms) -> Result<Vec<ClaimedInput>, Failure> {
    terms.rows(link, CLAIM).await?.iter().map(claimed).collect()
}

fn claimed(row: &Row) -> Result<ClaimedInput, Failure> {
    Ok(ClaimedInput {
        seq: row.try_get(2)?,
        key: restored(row.try_get(3)?),
        lane: restored(row.try_get(4)?),
        body: restored(row.try_get(5)?),
        at_ms: row.try_get(6)?,
        attempts: row.try_get::<_, i32>(7)?.unsigned_abs(),
        fence: row.try_get(0)?,
    })
}

/// Defers or quarantines an input, unless another has it by now.
pub(super) async fn hand_back(
    link: &Link,
    seq: i64,
    fence: i64,
    retry_at_ms: Option<i64>,
    reason: &str,
) -> Result<bool, Failure> {
    let state: i16 = if retry_at_ms.is_some() { 0 } else { 2 };
    let returned = link.execute(HAND_BACK, &[&seq, &fence, &state, &retry_at_ms, &stored(reason)]).await?;
    Ok(returned > 0)
}
