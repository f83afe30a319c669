//! One [`Changes`]: judged as a whole, then written as a whole.

use std::collections::{BTreeMap, BTreeSet};

use si_channel_core::audit::chain::Link;
use si_channel_server::store::{
    Changes, CommitError, Entry, Key, Kind, Put, Source, StoredEvent, TimerChange,
};

use super::tables::{Document, Effect, InputState, Tables};

/// What a commit moved, for those who wait.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Moved {
    pub(super) inputs: bool,
    pub(super) effects: bool,
    pub(super) timers: bool,
    pub(super) events: bool,
}

fn conflict<T>(why: &str) -> Result<T, CommitError> {
    Err(CommitError::Conflict(why.to_owned()))
}

impl Tables {
    /// Writes changes, or says why not and leaves everything as it was.
    pub(super) fn commit(&mut self, changes: &Changes) -> Result<Moved, CommitError> {
        self.judge(changes)?;
        Ok(self.write(changes))
    }

    fn judge(&self, changes: &Changes) -> Result<(), CommitError> {
        self.judge_source(&changes.source)?;
        for (kind, id, version) in &changes.reads {
            if self.version(*kind, id) != *version {
                return conflict("what was read has moved");
            }
        }
        self.judge_puts(&changes.puts)?;
        let mut ids = BTreeSet::new();
        for event in &changes.events {
            let place = (&event.stream, event.sequence);
            let taken = self.streams.get(&event.stream).is_some_and(|taken| taken.contains(&event.sequence));
            if taken || self.event_ids.contains(&event.id) || !ids.insert((&event.id, place)) {
                return conflict("an event is there already");
            }
        }
        if let Some(checkpoint) = &changes.checkpoint {
            let known = self.checkpoints.iter();
            let mut known = known.filter(|(number, (record, _))| {
                **number == checkpoint.number || *record == checkpoint.record
            });
            if known.next().is_some() {
                return conflict("a record is signed once");
            }
        }
        match &changes.answer {
            Some(answer) if self.answers.contains_key(&answer.key) => conflict("an answer is kept already"),
            _ => Ok(()),
        }
    }

    fn judge_source(&self, source: &Source) -> Result<(), CommitError> {
        let holds = match source {
            Source::Direct => true,
            Source::Input { seq, fence } => self.inputs.get(seq).is_some_and(|input| {
                input.state == InputState::Pending && self.input_queue.holds(&input.new.lane, *seq, *fence)
            }),
            Source::Effect { id, fence, .. } => self
                .effect(id)
                .is_some_and(|(seq, effect)| self.effect_queue.holds(&effect.lane, seq, *fence)),
            Source::Timer { key, due_ms } => {
                self.timers.get(key).is_some_and(|(_, timer)| timer.due_ms == *due_ms)
            }
        };
        if holds { Ok(()) } else { Err(CommitError::Overtaken) }
    }

    fn judge_puts(&self, puts: &[Put]) -> Result<(), CommitError> {
        let mut within = BTreeMap::new();
        for put in puts {
            let stored = match within.get(&(put.kind, &put.id)) {
                Some(version) => *version,
                None => self.version(put.kind, &put.id),
            };
            if stored != put.version {
                return conflict("a document is not at the version this was decided on");
            }
            within.insert((put.kind, &put.id), put.version + 1);
        }
        // Who holds a unique key once all keys that are given up are free.
        let mut taken = BTreeMap::new();
        let rekeyed: BTreeSet<_> =
            puts.iter().filter(|put| put.keys.is_some()).map(|put| (put.kind, &put.id)).collect();
        for put in puts {
            for key in put.keys.iter().flatten().filter(|key| key.unique) {
                let name = (put.kind, key.name, key.value.clone());
                if self
                    .unique
                    .get(&name)
                    .is_some_and(|holder| *holder != put.id && !rekeyed.contains(&(put.kind, holder)))
                {
                    return conflict("a unique key is taken");
                }
                if taken.insert(name, &put.id).is_some_and(|other| *other != put.id) {
                    return conflict("a unique key is taken twice");
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, changes: &Changes) -> Moved {
        let mut moved = Moved {
            inputs: matches!(changes.source, Source::Input { .. }),
            effects: matches!(changes.source, Source::Effect { .. }) || !changes.effects.is_empty(),
            timers: false,
            events: !changes.events.is_empty(),
        };
        self.settle(&changes.source);
        for put in &changes.puts {
            self.forget_keys(put);
        }
        for put in &changes.puts {
            self.put(put);
        }
        for event in &changes.events {
            let position = self.number();
            self.event_ids.insert(event.id.clone());
            self.streams.entry(event.stream.clone()).or_default().insert(event.sequence);
            let (stream, body) = (event.stream.clone(), event.body.clone());
            self.events.insert(position, StoredEvent { position, stream, sequence: event.sequence, body });
        }
        for entry in &changes.entries {
            self.enter(entry);
        }
        for effect in &changes.effects {
            if self.effect_ids.contains_key(&effect.id) {
                continue;
            }
            let seq = self.number();
            self.effect_ids.insert(effect.id.clone(), seq);
            self.effect_queue.put(&effect.lane, effect.priority, seq, effect.not_before_ms);
            let kept = Effect {
                id: effect.id.clone(),
                lane: effect.lane.clone(),
                priority: effect.priority,
                body: effect.body.clone(),
                attempts: 0,
                due_ms: effect.not_before_ms,
                passed: 0,
            };
            self.effects.insert(seq, kept);
        }
        for timer in &changes.timers {
            match timer {
                TimerChange::Set(timer) => {
                    moved.timers = true;
                    let place = match self.timers.get(&timer.key) {
                        Some((place, _)) => *place,
                        None => self.number(),
                    };
                    self.timers.insert(timer.key.clone(), (place, timer.clone()));
                }
                TimerChange::Cancel(key) => drop(self.timers.remove(key)),
            }
        }
        for record in &changes.audit {
            let (last, previous) = self.audit_end();
            self.audit.push(Link::new(last + 1, previous, record.body.clone()));
            self.openings.insert(last + 1, (record.address.clone(), record.openings.clone()));
        }
        if let Some(checkpoint) = &changes.checkpoint {
            self.checkpoints.insert(checkpoint.number, (checkpoint.record, checkpoint.body.clone()));
        }
        if let Some(answer) = &changes.answer {
            let place = self.number();
            self.answers.insert(answer.key.clone(), (place, answer.clone()));
        }
        moved
    }

    fn settle(&mut self, source: &Source) {
        match source {
            Source::Direct => {}
            Source::Input { seq, fence } => {
                let Some(input) = self.inputs.get_mut(seq) else { return };
                input.state = InputState::Settled;
                let lane = input.new.lane.clone();
                self.input_queue.release(&lane, *fence);
                self.input_queue.remove(&lane, 0, *seq);
            }
            Source::Effect { id, fence, retry_at_ms } => {
                let Some((seq, effect)) = self.effect(id) else { return };
                let (lane, priority) = (effect.lane.clone(), effect.priority);
                self.effect_queue.release(&lane, *fence);
                match retry_at_ms {
                    Some(due_ms) => {
                        self.effect_queue.put(&lane, priority, seq, *due_ms);
                        if let Some(effect) = self.effects.get_mut(&seq) {
                            effect.attempts += 1;
                            (effect.due_ms, effect.passed) = (*due_ms, 0);
                        }
                    }
                    None => self.forget_effect(seq),
                }
            }
            Source::Timer { key, .. } => drop(self.timers.remove(key)),
        }
    }

    pub(super) fn forget_effect(&mut self, seq: i64) {
        if let Some(effect) = self.effects.remove(&seq) {
            self.effect_ids.remove(&effect.id);
            self.effect_queue.remove(&effect.lane, effect.priority, seq);
        }
    }

    fn effect(&self, id: &str) -> Option<(i64, &Effect)> {
        let seq = self.effect_ids.get(id)?;
        Some((*seq, self.effects.get(seq)?))
    }

    /// The version of a document; 0 when there is none.
    pub fn version(&self, kind: Kind, id: &str) -> u64 {
        self.documents.get(&(kind, id.to_owned())).map_or(0, |document| document.version)
    }

    fn put(&mut self, put: &Put) {
        let place = self.number();
        let keys = put.keys.as_deref().map(key_set);
        let document = self.documents.entry((put.kind, put.id.clone())).or_insert_with(|| Document {
            place,
            version: 0,
            doc: String::new(),
            keys: BTreeMap::new(),
        });
        document.version = put.version + 1;
        document.doc.clone_from(&put.doc);
        let Some(keys) = keys else { return };
        document.keys.clone_from(&keys);
        for ((name, value), (order, unique)) in keys {
            let name = (put.kind, name, value);
            if unique {
                self.unique.insert(name.clone(), put.id.clone());
            }
            self.keys.entry(name).or_default().insert((order, put.id.clone()));
        }
    }

    fn forget_keys(&mut self, put: &Put) {
        if put.keys.is_some() {
            self.drop_keys(put.kind, &put.id);
        }
    }

    /// Takes a document out from under its keys.
    pub(super) fn drop_keys(&mut self, kind: Kind, id: &str) {
        let Some(document) = self.documents.get_mut(&(kind, id.to_owned())) else { return };
        for ((name, value), (order, unique)) in std::mem::take(&mut document.keys) {
            let name = (kind, name, value);
            if unique {
                self.unique.remove(&name);
            }
            if let Some(found) = self.keys.get_mut(&name) {
                found.remove(&(order, id.to_owned()));
                if found.is_empty() {
                    self.keys.remove(&name);
                }
            }
        }
    }

    fn enter(&mut self, entry: &Entry) {
        let key = (entry.session.clone(), entry.id.clone());
        if let Some(number) = self.entry_ids.get(&key) {
            if let Some(known) = self.entries.get_mut(number) {
                known.body.clone_from(&entry.body);
            }
            return;
        }
        let number = self.number();
        self.entry_ids.insert(key, number);
        self.entries.insert(number, entry.clone());
    }
}

fn key_set(keys: &[Key]) -> BTreeMap<(&'static str, String), (i64, bool)> {
    keys.iter().map(|key| ((key.name, key.value.clone()), (key.order, key.unique))).collect()
}
