//! What a batch of commits is decided on, and what it writes.
//!
//! The rows that the batch depends on are locked and read in one go. Then each [`Changes`] is judged in its turn, as if
//! those before it were written, and what all of them write comes together as columns of one statement a table.

use std::collections::{BTreeMap, HashMap};

use super::failure::Failure;
use crate::store::{
    Changes, Entry, KeptAnswer, Key, Kind, NewCheckpoint, NewEffect, NewEvent, NewRecord, Put, Source,
    TimerChange,
};

/// A document's kind and id.
pub(super) type DocId = (&'static str, String);
/// Name and value of a key, and what goes with them.
pub(super) type KeySet = BTreeMap<(String, String), (i64, bool)>;

/// What is stored of that which the batch depends on.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Versions of documents; those that are not here do not exist.
    pub(super) versions: HashMap<DocId, u64>,
    /// The items that are held, by fence: the queue and the item.
    pub(super) held: HashMap<i64, (i16, i64)>,
    /// The places of effects by their ids.
    pub(super) effects: HashMap<String, i64>,
    /// When timers are due.
    pub(super) timers: HashMap<String, i64>,
    /// The keys of documents whose keys may change.
    pub(super) keys: BTreeMap<DocId, KeySet>,
}

/// What became of a timer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TimerNow<'a> {
    Gone,
    Set {
        /// How many were set before it.
        place: usize,
        due_ms: i64,
        body: &'a str,
    },
}

/// A document's new state.
#[derive(Debug)]
pub(super) struct DocNow<'a> {
    /// It did not exist before.
    pub(super) new: bool,
    pub(super) version: u64,
    pub(super) doc: &'a str,
}

/// What a batch writes.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// Fences of the claims that end.
    pub(super) ended: Vec<i64>,
    pub(super) settled_inputs: Vec<i64>,
    pub(super) done_effects: Vec<i64>,
    /// Effects to be tried again, and when.
    pub(super) retried_effects: Vec<(i64, i64)>,
    pub(super) documents: BTreeMap<DocId, DocNow<'a>>,
    /// The complete sets of keys of those documents whose keys were given.
    pub(super) keys: BTreeMap<DocId, KeySet>,
    pub(super) timers: BTreeMap<&'a str, TimerNow<'a>>,
    pub(super) entries: Vec<&'a Entry>,
    pub(super) effects: Vec<&'a NewEffect>,
    pub(super) answers: Vec<&'a KeptAnswer>,
    pub(super) events: Vec<&'a NewEvent>,
    pub(super) records: Vec<&'a NewRecord>,
    pub(super) checkpoints: Vec<&'a NewCheckpoint>,
    /// How often timers were set.
    pub(super) timers_set: usize,
}

/// The id of a document as the maps here have it.
pub(super) fn doc_id(kind: Kind, id: &str) -> DocId {
    (kind.as_str(), id.to_owned())
}

impl<'a> Plan<'a> {
    /// Judges changes and takes them in; a conflict leaves both sides as they were.
    pub(super) fn admit(&mut self, found: &mut Found, changes: &'a Changes) -> Result<(), Failure> {
        let settled = settled(found, &changes.source)?;
        for (kind, id, version) in &changes.reads {
            let stored = found.versions.get(&doc_id(*kind, id)).copied().unwrap_or(0);
            if stored != *version {
                return Err(moved(*kind));
            }
        }
        check_puts(found, &changes.puts)?;
        check_numbers(changes)?;

        self.settle(found, settled, &changes.source);
        for put in &changes.puts {
            self.put(found, put);
        }
        for change in &changes.timers {
            self.time(found, change);
        }
        self.entries.extend(&changes.entries);
        self.effects.extend(&changes.effects);
        self.answers.extend(&changes.answer);
        self.events.extend(&changes.events);
        self.records.extend(&changes.audit);
        self.checkpoints.extend(&changes.checkpoint);
        Ok(())
    }

    fn settle(&mut self, found: &mut Found, item: i64, source: &'a Source) {
        match source {
            Source::Direct => {}
            Source::Input { fence, .. } => {
                found.held.remove(fence);
                self.ended.push(*fence);
                self.settled_inputs.push(item);
            }
            Source::Effect { fence, retry_at_ms, .. } => {
                found.held.remove(fence);
                self.ended.push(*fence);
                match retry_at_ms {
                    None => self.done_effects.push(item),
                    Some(due_ms) => self.retried_effects.push((item, *due_ms)),
                }
            }
            Source::Timer { key, .. } => {
                found.timers.remove(key);
                self.timers.insert(key, TimerNow::Gone);
            }
        }
    }

    fn put(&mut self, found: &mut Found, put: &'a Put) {
        let id = doc_id(put.kind, &put.id);
        let version = put.version + 1;
        found.versions.insert(id.clone(), version);
        if let Some(keys) = &put.keys {
            self.keys.insert(id.clone(), key_set(keys));
        }
        let now = self.documents.entry(id).or_insert(DocNow { new: put.version == 0, version, doc: "" });
        (now.version, now.doc) = (version, &put.doc);
    }

    fn time(&mut self, found: &mut Found, change: &'a TimerChange) {
        match change {
            TimerChange::Set(timer) => {
                found.timers.insert(timer.key.clone(), timer.due_ms);
                let place = match self.timers.get(timer.key.as_str()) {
                    Some(TimerNow::Set { place, .. }) => *place,
                    _ => self.timers_set,
                };
                let (due_ms, body) = (timer.due_ms, timer.body.as_str());
                self.timers.insert(&timer.key, TimerNow::Set { place, due_ms, body });
                self.timers_set += 1;
            }
            TimerChange::Cancel(key) => {
                found.timers.remove(key);
                self.timers.insert(key, TimerNow::Gone);
            }
        }
    }

    /// Whether the queue of effects is another.
    pub(super) fn moves_effects(&self) -> bool {
        !(self.effects.is_empty() && self.done_effects.is_empty() && self.retried_effects.is_empty())
    }

    /// Whether the commit takes its turn with all others that append to the feed or to the audit log.
    pub(super) fn appends(&self) -> bool {
        !(self.events.is_empty() && self.records.is_empty() && self.checkpoints.is_empty())
    }
}

/// The item whose claim the source ends, if it ends one.
fn settled(found: &Found, source: &Source) -> Result<i64, Failure> {
    match source {
        Source::Direct => Ok(0),
        Source::Input { seq, fence } => {
            (found.held.get(fence) == Some(&(0, *seq))).then_some(*seq).ok_or(Failure::Overtaken)
        }
        Source::Effect { id, fence, .. } => {
            let seq = *found.effects.get(id).ok_or(Failure::Overtaken)?;
            (found.held.get(fence) == Some(&(1, seq))).then_some(seq).ok_or(Failure::Overtaken)
        }
        Source::Timer { key, due_ms } => {
            (found.timers.get(key) == Some(due_ms)).then_some(0).ok_or(Failure::Overtaken)
        }
    }
}

fn check_puts(found: &Found, puts: &[Put]) -> Result<(), Failure> {
    let mut within: HashMap<DocId, u64> = HashMap::new();
    for put in puts {
        let id = doc_id(put.kind, &put.id);
        let stored = within.get(&id).or_else(|| found.versions.get(&id)).copied().unwrap_or(0);
        if stored != put.version {
            return Err(moved(put.kind));
        }
        within.insert(id, put.version + 1);
    }
    Ok(())
}

/// No stored number can be greater.
fn check_numbers(changes: &Changes) -> Result<(), Failure> {
    let sequences = changes.events.iter().map(|event| event.sequence);
    let numbers = changes.checkpoint.iter().flat_map(|checkpoint| [checkpoint.number, checkpoint.record]);
    if sequences.chain(numbers).any(|number| i64::try_from(number).is_err()) {
        return Err(Failure::conflict("a sequence is past what can be stored"));
    }
    Ok(())
}

fn key_set(keys: &[Key]) -> KeySet {
    keys.iter().map(|key| ((key.name.to_owned(), key.value.clone()), (key.order, key.unique))).collect()
}

fn moved(kind: Kind) -> Failure {
    Failure::conflict(format!("a {} is not at the version this was decided on", kind.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Timer;

    fn put(id: &str, version: u64) -> Put {
        Put { kind: Kind::Session, id: id.to_owned(), version, doc: format!("after {version}"), keys: None }
    }

    fn puts(puts: Vec<Put>) -> Changes {
        Changes { puts, ..Changes::settle(Source::Direct) }
    }

    #[test]
    fn the_second_of_two_decided_on_the_same_version_conflicts() {
        let mut found = Found::default();
        found.versions.insert(doc_id(Kind::Session, "s"), 4);
        let (first, second, third) =
            (puts(vec![put("s", 4)]), puts(vec![put("t", 0), put("s", 4)]), puts(vec![put("t", 0)]));
        let mut plan = Plan::default();
        plan.admit(&mut found, &first).unwrap();
        assert!(plan.admit(&mut found, &second).is_err());
        plan.admit(&mut found, &third).unwrap();
        let now: Vec<_> =
            plan.documents.iter().map(|(id, now)| (id.1.as_str(), now.new, now.version)).collect();
        assert_eq!(now, [("s", false, 5), ("t", true, 1)]);
    }

    #[test]
    fn a_claim_ends_once_within_a_batch_too() {
        let mut found = Found::default();
        found.held.insert(77, (0, 5));
        let settle = |seq, fence| Changes::settle(Source::Input { seq, fence });
        let (right, wrong_item, wrong_fence) = (settle(5, 77), settle(6, 77), settle(5, 78));
        let mut plan = Plan::default();
        assert!(plan.admit(&mut found, &wrong_item).is_err());
        assert!(plan.admit(&mut found, &wrong_fence).is_err());
        plan.admit(&mut found, &right).unwrap();
        assert!(plan.admit(&mut found, &right).is_err());
        assert_eq!((plan.ended, plan.settled_inputs), (vec![77], vec![5]));
    }

    #[test]
    fn an_effects_claim_does_not_settle_an_input_of_the_same_place() {
        let mut found = Found::default();
        found.held.insert(77, (1, 5));
        let settle = Changes::settle(Source::Input { seq: 5, fence: 77 });
        assert!(Plan::default().admit(&mut found, &settle).is_err());
    }

    #[test]
    fn a_timer_is_as_it_was_left_last() {
        let timer = |due_ms| TimerChange::Set(Timer { key: "t".to_owned(), due_ms, body: String::new() });
        let mut found = Found::default();
        found.timers.insert("t".to_owned(), 1);
        let fired = Changes {
            timers: vec![timer(2), TimerChange::Cancel("t".to_owned()), timer(3)],
            ..Changes::settle(Source::Timer { key: "t".to_owned(), due_ms: 1 })
        };
        let mut plan = Plan::default();
        plan.admit(&mut found, &fired).unwrap();
        assert!(plan.admit(&mut found, &fired).is_err());
        assert_eq!(plan.timers["t"], TimerNow::Set { place: 1, due_ms: 3, body: "" });
    }
}
