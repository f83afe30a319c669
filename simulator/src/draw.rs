//! What kind of run a seed is.

use fastrand::Rng;

/// How much goes on and how much goes wrong.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    /// When it begins, milliseconds since the epoch.
    pub(crate) start_ms: i64,
    /// Servers; more than one share the store.
    pub(crate) servers: usize,
    /// The store is one that servers can share.
    pub(crate) shared: bool,
    /// Texts go by Programmable Messaging.
    pub(crate) messaging: bool,
    /// Who writes is asked for consent first.
    pub(crate) double_opt_in: bool,
    /// Twilio asks before it relays.
    pub(crate) hook: bool,
    /// Twilio also tells of what was written by REST.
    pub(crate) echo: bool,
    pub(crate) people: usize,
    /// Things that happen.
    pub(crate) steps: usize,
    /// Of a thousand requests to Twilio, so many go wrong.
    pub(crate) twilio_trouble: u32,
    /// Of a thousand calls of the store, so many go wrong.
    pub(crate) store_trouble: u32,
    /// Of a hundred turns, so many go wrong.
    pub(crate) mind_trouble: u32,
    /// Of a hundred webhooks, so many come twice.
    pub(crate) duplicates: u32,
    /// Of a hundred webhooks, so many come late.
    pub(crate) delays: u32,
    /// Of a hundred steps, so many are faults of a machine.
    pub(crate) machine_trouble: u32,
    /// Clocks jump.
    pub(crate) jumps: bool,
}

/// 2026-06-01T00:00:00Z.
const FIRST_DAY_MS: i64 = 1_780_272_000_000;
const DAY_MS: i64 = 86_400_000;

impl Draw {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let shared = rng.u32(..100) < 55;
        let calm = rng.u32(..100) < 10;
        let level = |rng: &mut Rng, levels: [u32; 4]| if calm { 0 } else { levels[rng.usize(..4)] };
        Self {
            start_ms: FIRST_DAY_MS + rng.i64(0..400 * DAY_MS),
            servers: if shared && rng.u32(..100) < 85 { 2 } else { 1 },
            shared,
            messaging: rng.u32(..100) < 20,
            double_opt_in: rng.u32(..100) < 20,
            hook: rng.u32(..100) < 60,
            echo: rng.u32(..100) < 30,
            people: rng.usize(1..=4),
            steps: rng.usize(4..=16),
            twilio_trouble: level(rng, [0, 30, 100, 250]),
            store_trouble: level(rng, [0, 0, 5, 25]),
            mind_trouble: level(rng, [0, 10, 30, 60]),
            duplicates: level(rng, [0, 10, 30, 60]),
            delays: level(rng, [0, 10, 30, 60]),
            machine_trouble: level(rng, [0, 10, 20, 35]),
            jumps: !calm && rng.u32(..100) < 25,
        }
    }
}
