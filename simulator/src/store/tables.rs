//! The tables, and the work that lies in them.

use std::collections::{BTreeMap, BTreeSet};

use si_channel_core::audit::chain::{Hash, Link};
use si_channel_core::pace::{Gate, Throttle, Turn, Wish, passes, walk};
use si_channel_server::store::{
    Accepted, ClaimedEffect, ClaimedInput, Depths, Entry, KeptAnswer, Kind, NewInput, StoredEvent, Timer,
};

use super::cursors::HeldCursor;
use super::queue::{Ask, Queue};

/// Everything that is stored.
#[derive(Debug, Default)]
pub struct Tables {
    pub(super) documents: BTreeMap<(Kind, String), Document>,
    /// Who is found under a key: order and id.
    pub(super) keys: BTreeMap<KeyName, BTreeSet<(i64, String)>>,
    pub(super) unique: BTreeMap<KeyName, String>,
    pub(super) inputs: BTreeMap<i64, Input>,
    pub(super) input_keys: BTreeMap<String, i64>,
    pub(super) input_queue: Queue,
    pub(super) effects: BTreeMap<i64, Effect>,
    pub(super) effect_ids: BTreeMap<String, i64>,
    pub(super) effect_queue: Queue,
    pub(super) throttles: BTreeMap<String, Throttle>,
    /// With the order in which they were first set.
    pub(super) timers: BTreeMap<String, (i64, Timer)>,
    pub(super) events: BTreeMap<i64, StoredEvent>,
    pub(super) event_ids: BTreeSet<String>,
    /// The last sequence of each stream.
    pub(super) streams: BTreeMap<String, BTreeSet<u64>>,
    pub(super) entries: BTreeMap<i64, Entry>,
    pub(super) entry_ids: BTreeMap<(String, String), i64>,
    pub(super) answers: BTreeMap<String, (i64, KeptAnswer)>,
    pub(super) audit: Vec<Link>,
    pub(super) openings: BTreeMap<u64, (Option<String>, String)>,
    pub(super) checkpoints: BTreeMap<u64, (u64, String)>,
    pub(super) cursors: BTreeMap<String, HeldCursor>,
    /// The highest number given to anything.
    last: i64,
    fence: i64,
}

/// The kind of document, the key's name and its value.
pub(super) type KeyName = (Kind, &'static str, String);

#[derive(Debug)]
pub(super) struct Document {
    pub(super) place: i64,
    pub(super) version: u64,
    pub(super) doc: String,
    /// Name and value, order and uniqueness.
    pub(super) keys: BTreeMap<(&'static str, String), (i64, bool)>,
}

/// Where an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputState {
    Pending,
    Settled,
    Quarantined,
}

#[derive(Debug)]
pub(super) struct Input {
    pub(super) new: NewInput,
    pub(super) state: InputState,
    pub(super) attempts: u32,
}

#[derive(Debug)]
pub(super) struct Effect {
    pub(super) id: String,
    pub(super) lane: String,
    pub(super) priority: u8,
    pub(super) body: String,
    pub(super) attempts: u32,
    pub(super) due_ms: i64,
    /// Limits that it has passed.
    pub(super) passed: u32,
}

impl Tables {
    /// A number that was never given before.
    pub(super) fn number(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// Stores inputs that are not known yet.
    pub(super) fn accept(&mut self, inputs: Vec<NewInput>) -> Vec<Accepted> {
        let take = |new: NewInput| {
            if self.input_keys.contains_key(&new.key) {
                return Accepted::Duplicate;
            }
            let seq = self.number();
            self.input_keys.insert(new.key.clone(), seq);
            self.input_queue.put(&new.lane, 0, seq, i64::MIN);
            self.inputs.insert(seq, Input { new, state: InputState::Pending, attempts: 0 });
            Accepted::New
        };
        inputs.into_iter().map(take).collect()
    }

    pub(super) fn has_pending_inputs(&self, lanes: &[String]) -> bool {
        let mut inputs = self.inputs.values();
        inputs.any(|input| input.state == InputState::Pending && lanes.contains(&input.new.lane))
    }

    pub(super) fn claim_inputs(&mut self, wish: Ask) -> Vec<ClaimedInput> {
        let picks = self.input_queue.claim(wish, &mut self.fence);
        let told = |(seq, fence)| {
            let input = self.inputs.get(&seq)?;
            let NewInput { key, lane, body, at_ms } = input.new.clone();
            Some(ClaimedInput { seq, key, lane, body, at_ms, attempts: input.attempts, fence })
        };
        picks.into_iter().filter_map(told).collect()
    }

    pub(super) fn claim_effects(&mut self, wish: Ask) -> Vec<ClaimedEffect> {
        let picks = self.effect_queue.claim(wish, &mut self.fence);
        let told = |(seq, fence)| {
            let effect = self.effects.get(&seq)?;
            let (id, lane, body) = (effect.id.clone(), effect.lane.clone(), effect.body.clone());
            let Effect { attempts, due_ms, passed, .. } = *effect;
            Some(ClaimedEffect { id, lane, body, attempts, due_ms, passed, fence })
        };
        picks.into_iter().filter_map(told).collect()
    }

    /// Lets an effect pass its limits, or hands it back until its turn; `None` when its claim has ended.
    pub(super) fn take_turn(&mut self, claimed: &ClaimedEffect, wish: &Wish) -> Option<Turn> {
        let seq = *self.effect_ids.get(&claimed.id)?;
        if !self.effect_queue.holds(&claimed.lane, seq, claimed.fence) {
            return None;
        }
        let turn = walk(wish, &mut self.throttles);
        if let Turn::At { due_us, passed } = turn {
            let effect = self.effects.get_mut(&seq)?;
            effect.due_ms = due_us.div_euclid(1_000) + i64::from(due_us.rem_euclid(1_000) > 0);
            effect.passed = passed;
            self.effect_queue.release(&effect.lane, claimed.fence);
            self.effect_queue.put(&effect.lane, effect.priority, seq, effect.due_ms);
        }
        Some(turn)
    }

    pub(super) fn pass(&mut self, gates: &[Gate], now_us: i64) -> bool {
        passes(gates, now_us, &mut self.throttles)
    }

    pub(super) fn hold_limits(&mut self, keys: Vec<String>, not_before_us: i64, slow_until_us: i64) {
        for key in keys {
            self.throttles.entry(key).or_default().hold(not_before_us, slow_until_us);
        }
    }

    /// Defers or quarantines a claimed input; whether the claim was still in force.
    pub(super) fn return_input(&mut self, seq: i64, fence: i64, retry_at_ms: Option<i64>) -> bool {
        let Some(input) = self.inputs.get_mut(&seq) else { return false };
        let lane = input.new.lane.clone();
        if input.state != InputState::Pending || !self.input_queue.holds(&lane, seq, fence) {
            return false;
        }
        input.attempts += 1;
        self.input_queue.release(&lane, fence);
        if let Some(due_ms) = retry_at_ms {
            self.input_queue.put(&lane, 0, seq, due_ms);
        } else {
            input.state = InputState::Quarantined;
            self.input_queue.remove(&lane, 0, seq);
        }
        true
    }

    pub(super) fn renew(&mut self, fences: &[i64], until_ms: i64) {
        let fences = fences.iter().copied().collect();
        self.input_queue.renew(&fences, until_ms);
        self.effect_queue.renew(&fences, until_ms);
    }

    /// A new process opens the store: the work of the one before is free.
    pub fn free(&mut self) {
        self.input_queue.free();
        self.effect_queue.free();
        self.cursors.values_mut().for_each(HeldCursor::free);
    }

    /// Whether work is pending or somebody is at it.
    pub fn is_busy(&self, now_ms: i64) -> bool {
        let due = |queue: &Queue| queue.next_due().is_some_and(|due| due <= now_ms);
        let held = self.input_queue.is_held() || self.effect_queue.is_held();
        let timer = self.timers.values().any(|(_, timer)| timer.due_ms <= now_ms);
        held || timer || due(&self.input_queue) || due(&self.effect_queue)
    }

    /// When the next piece of work is due.
    pub fn next_due(&self) -> Option<i64> {
        let timers = self.timers.values().map(|(_, timer)| timer.due_ms).min();
        [self.input_queue.next_due(), self.effect_queue.next_due(), timers].into_iter().flatten().min()
    }

    /// Counts of what is pending.
    pub fn depths(&self) -> Depths {
        let count = |state| self.inputs.values().filter(|input| input.state == state).count() as u64;
        Depths {
            inputs: count(InputState::Pending),
            quarantined: count(InputState::Quarantined),
            effects: self.effects.len() as u64,
            timers: self.timers.len() as u64,
        }
    }

    /// Whether an input is known under a key, and if so whether it is settled.
    pub fn settled(&self, key: &str) -> Option<bool> {
        let seq = self.input_keys.get(key)?;
        Some(self.inputs.get(seq)?.state == InputState::Settled)
    }

    /// The key of an input.
    pub fn input_key(&self, seq: i64) -> Option<&str> {
        Some(self.inputs.get(&seq)?.new.key.as_str())
    }

    /// The last sequence of a stream.
    pub fn last_of(&self, stream: &str) -> u64 {
        self.streams.get(stream).and_then(|taken| taken.last().copied()).unwrap_or(0)
    }

    /// A planted bug: what was accepted lately and not decided was never flushed.
    pub fn lose_inputs_since(&mut self, at_ms: i64) {
        let lost: Vec<(i64, String, String)> = self
            .inputs
            .iter()
            .filter(|(_, input)| input.state == InputState::Pending && input.new.at_ms >= at_ms)
            .map(|(seq, input)| (*seq, input.new.lane.clone(), input.new.key.clone()))
            .collect();
        for (seq, lane, key) in lost {
            self.inputs.remove(&seq);
            self.input_keys.remove(&key);
            self.input_queue.remove(&lane, 0, seq);
        }
    }

    /// A planted bug: a record of the audit log is changed.
    pub fn tear_audit(&mut self) {
        if let Some(link) = self.audit.last_mut() {
            link.body.push(' ');
        }
    }

    /// The end of the audit log.
    pub(super) fn audit_end(&self) -> (u64, Hash) {
        self.audit.last().map_or((0, Hash::START), |last| (last.sequence, last.hash))
    }
}
