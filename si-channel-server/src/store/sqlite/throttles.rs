//! Limits of how fast messages leave.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use si_channel_core::pace::{Gate, Throttle, Turn, Wish, passes, walk};

use super::effects;
use super::failure::Failure;
use super::step::{Queue, Step};

/// Lets a claimed effect pass its limits, or hands it back until its turn.
pub(super) fn take_turn(step: &mut Step<'_>, id: &str, fence: i64, wish: &Wish) -> Result<Turn, Failure> {
    let (seq, lane) = effects::place(step, id)?;
    let mut throttles = BTreeMap::new();
    for gate in &wish.gates {
        throttles.insert(gate.key.clone(), throttle(step, &gate.key)?);
    }
    let turn = walk(wish, &mut throttles);
    if let Turn::At { due_us, passed } = turn {
        step.end_claim(Queue::Effects, &lane, seq, fence)?;
        step.execute(
            "UPDATE effects SET due_ms = ?2, passed = ?3 WHERE seq = ?1",
            params![seq, crate::store::due_ms(due_us), passed],
        )?;
    } else {
        step.check_claim(Queue::Effects, &lane, seq, fence)?;
    }
    throttles.iter().try_for_each(|(key, throttle)| set(step, key, *throttle))?;
    Ok(turn)
}

/// Whether limits let something pass.
pub(super) fn pass(step: &mut Step<'_>, gates: &[Gate], now_us: i64) -> Result<bool, Failure> {
    let mut throttles = BTreeMap::new();
    for gate in gates {
        throttles.insert(gate.key.clone(), throttle(step, &gate.key)?);
    }
    let passes = passes(gates, now_us, &mut throttles);
    if passes {
        throttles.iter().try_for_each(|(key, throttle)| set(step, key, *throttle))?;
    }
    Ok(passes)
}

/// Holds limits, and slows them.
pub(super) fn hold(
    step: &mut Step<'_>,
    keys: &[String],
    not_before_us: i64,
    slow_until_us: i64,
) -> Result<(), Failure> {
    for key in keys {
        let mut held = throttle(step, key)?;
        held.hold(not_before_us, slow_until_us);
        set(step, key, held)?;
    }
    Ok(())
}

fn throttle(step: &Step<'_>, key: &str) -> Result<Throttle, Failure> {
    let found = step
        .conn
        .prepare_cached("SELECT free_us, slow_until_us FROM throttles WHERE key = ?1")?
        .query_row([key], |row| Ok(Throttle { free_us: row.get(0)?, slow_until_us: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn set(step: &Step<'_>, key: &str, throttle: Throttle) -> Result<(), Failure> {
    step.execute(
        "INSERT INTO throttles (key, free_us, slow_until_us) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET free_us = excluded.free_us, slow_until_us = excluded.slow_until_us",
        params![key, throttle.free_us, throttle.slow_until_us],
    )?;
    Ok(())
}
