//! Limits of how fast messages leave: many effects take their turns in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use si_channel_core::pace::{Gate, LONGEST_US, Throttle, Turn, Wish, walk};

use super::connect::{Link, Params, Slot};
use super::failure::Failure;
use super::flight::{Flight, params};
use super::group::Group;
use super::text::{restored, stored};
use crate::store::wakes::Wakes;
use crate::store::{ClaimedEffect, Wake, due_ms};

/// Begins a transaction that a survey waits for; see `survey`.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 1))";
const LOCK_CLAIMS: &str =
    "SELECT fence, item FROM leases WHERE fence = ANY ($1) AND queue = 1 ORDER BY fence FOR UPDATE";
const FIND_EFFECTS: &str = "SELECT id, seq FROM effects WHERE id = ANY ($1)";
const MAKE: &str = "INSERT INTO throttles (key) SELECT unnest($1::text[]) ON CONFLICT (key) DO NOTHING";
const LOCK: &str =
    "SELECT key, free_us, slow_until_us FROM throttles WHERE key = ANY ($1) ORDER BY key FOR UPDATE";
const SET: &str = "
UPDATE throttles SET free_us = ($2::bigint[])[array_position($1::text[], key)] WHERE key = ANY ($1)";
const END_CLAIMS: &str = "DELETE FROM leases WHERE fence = ANY ($1)";
const HAND_BACK: &str = "
UPDATE effects SET due_ms = ($2::bigint[])[array_position($1::bigint[], seq)],
    passed = ($3::integer[])[array_position($1::bigint[], seq)]
WHERE seq = ANY ($1)";
const HOLD: &str = "
INSERT INTO throttles (key, free_us, slow_until_us) SELECT unnest($1::text[]), $2, $3
ON CONFLICT (key) DO UPDATE SET free_us = greatest(throttles.free_us, excluded.free_us),
    slow_until_us = greatest(throttles.slow_until_us, excluded.slow_until_us)";
/// As [`si_channel_core::pace::passes`].
const PASS: &str = "
WITH held AS MATERIALIZED (SELECT key, free_us FROM throttles WHERE key = ANY ($1) ORDER BY key FOR UPDATE),
asked AS MATERIALIZED (
    SELECT held.key, gate.taken_us, gate.burst_us,
        CASE WHEN held.free_us > $5::bigint THEN $4::bigint ELSE held.free_us END AS free_us
    FROM held JOIN unnest($1::text[], $2::bigint[], $3::bigint[]) AS gate (key, taken_us, burst_us)
        ON gate.key = held.key)
UPDATE throttles SET free_us = greatest(asked.free_us, $4) + asked.taken_us
FROM asked
WHERE throttles.key = asked.key AND NOT EXISTS (SELECT FROM asked WHERE free_us - burst_us > $4)";

/// What [`Turns`] sends.
pub(super) const STATEMENTS: &[&[&str]] =
    &[&[LOCK_CLAIMS, FIND_EFFECTS, MAKE, LOCK, SET, END_CLAIMS, HAND_BACK]];

/// A claimed effect that wishes to pass.
pub(super) struct Claimant {
    id: String,
    fence: i64,
    wish: Wish,
}

impl Claimant {
    pub(super) fn new(claimed: &ClaimedEffect, wish: Wish) -> Self {
        Self { id: claimed.id.clone(), fence: claimed.fence, wish }
    }
}

/// Gives turns.
pub(super) struct Turns {
    pub(super) slot: Slot,
    pub(super) wakes: Arc<Wakes>,
}

impl Group for Turns {
    type Item = Claimant;
    type Answer = Turn;
    const BATCH: usize = 256;

    async fn run(&self, batch: &[Claimant]) -> Result<Vec<Result<Turn, Failure>>, Failure> {
        self.slot.transact(async |link| transact(&link, batch, &self.wakes).await).await
    }
}

async fn transact(
    link: &Link,
    batch: &[Claimant],
    wakes: &Wakes,
) -> Result<Vec<Result<Turn, Failure>>, Failure> {
    let fences: Vec<i64> = batch.iter().map(|claimant| claimant.fence).collect();
    let ids: Vec<_> = batch.iter().map(|claimant| stored(&claimant.id)).collect();
    let gates = batch.iter().flat_map(|claimant| &claimant.wish.gates);
    let keys: BTreeSet<&str> = gates.map(|gate| gate.key.as_str()).collect();
    let keys: Vec<_> = keys.into_iter().map(stored).collect();
    let mut flight = Flight::default();
    flight.plain(BEGIN);
    let claims = flight.add(true, LOCK_CLAIMS, params![fences]);
    let effects = flight.add(true, FIND_EFFECTS, params![ids]);
    // In their order, which every server keeps to.
    flight.add(true, MAKE, params![keys.clone()]);
    let found = flight.add(true, LOCK, params![keys]);
    let mut landed = flight.fly(link).await?;

    let mut held: HashMap<i64, i64> = HashMap::new();
    for row in landed.rows(claims) {
        held.insert(row.try_get(0)?, row.try_get(1)?);
    }
    let mut places: HashMap<String, i64> = HashMap::new();
    for row in landed.rows(effects) {
        places.insert(restored(row.try_get(0)?), row.try_get(1)?);
    }
    let mut throttles = BTreeMap::new();
    for row in landed.rows(found) {
        let throttle = Throttle { free_us: row.try_get(1)?, slow_until_us: row.try_get(2)? };
        throttles.insert(restored(row.try_get(0)?), throttle);
    }

    let (mut ended, mut seqs, mut due, mut passed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let answers = batch.iter().map(|claimant| {
        let place = places.get(&claimant.id).copied();
        if place.is_none() || held.get(&claimant.fence).copied() != place {
            return Err(Failure::Overtaken);
        }
        let turn = walk(&claimant.wish, &mut throttles);
        if let (Turn::At { due_us, passed: so_far }, Some(seq)) = (turn, place) {
            held.remove(&claimant.fence);
            ended.push(claimant.fence);
            seqs.push(seq);
            due.push(due_ms(due_us));
            passed.push(i32::try_from(so_far).unwrap_or(0));
        }
        Ok(turn)
    });
    let answers: Vec<_> = answers.collect();
    let (keys, free): (Vec<_>, Vec<_>) =
        throttles.iter().map(|(key, throttle)| (stored(key), throttle.free_us)).unzip();
    let mut flight = Flight::default();
    flight.add(true, SET, params![keys, free]);
    let handed_back = !ended.is_empty();
    flight.add(handed_back, END_CLAIMS, params![ended]);
    flight.add(handed_back, HAND_BACK, params![seqs, due, passed]);
    flight.plain("COMMIT");
    flight.fly(link).await?;
    if handed_back {
        // What is behind them in other lanes has a place now.
        wakes.wake(Wake::Effects);
    }
    Ok(answers)
}

/// Whether limits let something pass.
pub(super) async fn pass(link: &Link, gates: &[Gate], now_us: i64) -> Result<bool, Failure> {
    let keys: Vec<_> = gates.iter().map(|gate| stored(&gate.key)).collect();
    let taken = gates.iter().map(|gate| gate.spacing_us.saturating_mul(gate.cost.into()));
    let (taken, bursts): (Vec<_>, Vec<_>) = taken.zip(gates.iter().map(|gate| gate.burst_us)).unzip();
    let latest_us = now_us.saturating_add(LONGEST_US);
    // Made first, so that there is something to lock.
    link.execute(MAKE, &[&keys]).await?;
    let params: Params<'_> = &[&keys, &taken, &bursts, &now_us, &latest_us];
    Ok(link.execute(PASS, params).await? > 0)
}

/// Holds limits, and slows them.
pub(super) async fn hold(
    link: &Link,
    keys: &[String],
    not_before_us: i64,
    slow_until_us: i64,
) -> Result<(), Failure> {
    let keys: Vec<_> = keys.iter().map(|key| stored(key)).collect();
    link.execute(HOLD, &[&keys, &not_before_us, &slow_until_us]).await.map(drop)
}
