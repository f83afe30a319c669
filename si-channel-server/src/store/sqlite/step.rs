//! One caller's part of a transaction.

use std::collections::HashMap;

use rusqlite::Connection;

use super::failure::Failure;
use super::lanes::{Lanes, Pick};
use super::{effects, inbox};
use crate::store::Claim;

/// The two kinds of work that are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    Inputs,
    Effects,
}

/// The lanes of both queues.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    inputs: Lanes,
    effects: Lanes,
}

impl Schedule {
    fn lanes(&self, queue: Queue) -> &Lanes {
        match queue {
            Queue::Inputs => &self.inputs,
            Queue::Effects => &self.effects,
        }
    }

    fn lanes_mut(&mut self, queue: Queue) -> &mut Lanes {
        match queue {
            Queue::Inputs => &mut self.inputs,
            Queue::Effects => &mut self.effects,
        }
    }

    /// Learns from the file what is pending.
    pub(super) fn rebuild(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        self.inputs.rebuild(inbox::heads(conn)?);
        self.effects.rebuild(effects::heads(conn)?);
        Ok(())
    }

    /// Follows what a committed transaction moved.
    pub(super) fn follow(&mut self, conn: &Connection, moved: &Moved) -> rusqlite::Result<()> {
        for (lane, fence) in &moved.inputs {
            let head = inbox::head(conn, lane)?;
            self.inputs.follow(lane, head, *fence);
        }
        for (lane, fence) in &moved.effects {
            let head = effects::head(conn, lane)?;
            self.effects.follow(lane, head, *fence);
        }
        Ok(())
    }

    pub(super) fn claim(&mut self, queue: Queue, claim: &Claim, fence: &mut i64) -> Vec<Pick> {
        self.lanes_mut(queue).claim(claim, fence)
    }

    pub(super) fn release(&mut self, queue: Queue, lane: &str, fence: i64) {
        self.lanes_mut(queue).release(lane, fence);
    }
}

/// What a transaction moved, to be told once it is durable.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Lanes to look at again, with the claim that ended.
    inputs: HashMap<String, Option<i64>>,
    effects: HashMap<String, Option<i64>>,
    /// A timer was set.
    pub(super) timers: bool,
    /// An event was appended.
    pub(super) events: bool,
}

impl Moved {
    pub(super) fn any(&self, queue: Queue) -> bool {
        !self.lanes(queue).is_empty()
    }

    fn lanes(&self, queue: Queue) -> &HashMap<String, Option<i64>> {
        match queue {
            Queue::Inputs => &self.inputs,
            Queue::Effects => &self.effects,
        }
    }

    /// Adds what another step moved.
    pub(super) fn merge(&mut self, other: Self) {
        for (lane, fence) in other.inputs {
            note(&mut self.inputs, &lane, fence);
        }
        for (lane, fence) in other.effects {
            note(&mut self.effects, &lane, fence);
        }
        self.timers |= other.timers;
        self.events |= other.events;
    }
}

fn note(lanes: &mut HashMap<String, Option<i64>>, lane: &str, fence: Option<i64>) {
    match lanes.get_mut(lane) {
        Some(noted) => *noted = fence.or(*noted),
        None => drop(lanes.insert(lane.to_owned(), fence)),
    }
}

/// One caller's part of a transaction: it sees what earlier parts wrote, and undoes nothing but itself.
pub(super) struct Step<'a> {
    pub(super) conn: &'a Connection,
    schedule: &'a Schedule,
    earlier: &'a Moved,
    pub(super) moved: Moved,
}

impl<'a> Step<'a> {
    pub(super) fn new(conn: &'a Connection, schedule: &'a Schedule, earlier: &'a Moved) -> Self {
        Self { conn, schedule, earlier, moved: Moved::default() }
    }

    /// Runs one statement; how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, Failure> {
        Ok(self.conn.prepare_cached(sql)?.execute(params)?)
    }

    /// Notes that a lane has another first item.
    pub(super) fn moved(&mut self, queue: Queue, lane: &str) {
        self.note(queue, lane, None);
    }

    /// Ends a claim, or says that it has ended before.
    pub(super) fn end_claim(
        &mut self,
        queue: Queue,
        lane: &str,
        seq: i64,
        fence: i64,
    ) -> Result<(), Failure> {
        self.check_claim(queue, lane, seq, fence)?;
        self.note(queue, lane, Some(fence));
        Ok(())
    }

    /// Says when a claim has ended.
    pub(super) fn check_claim(&self, queue: Queue, lane: &str, seq: i64, fence: i64) -> Result<(), Failure> {
        let ended = self.earlier.lanes(queue).get(lane).is_some_and(|ended| *ended == Some(fence));
        if ended || !self.schedule.lanes(queue).holds(lane, seq, fence) {
            return Err(Failure::Overtaken);
        }
        Ok(())
    }

    fn note(&mut self, queue: Queue, lane: &str, fence: Option<i64>) {
        let lanes = match queue {
            Queue::Inputs => &mut self.moved.inputs,
            Queue::Effects => &mut self.moved.effects,
        };
        note(lanes, lane, fence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NewInput;
    use crate::store::sqlite::schema;

    #[test]
    fn a_claim_ends_once_within_a_transaction_too() {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::migrate(&mut conn, schema::MIGRATIONS).unwrap();
        let new = NewInput { key: "a".to_owned(), lane: "1".to_owned(), body: "{}".to_owned(), at_ms: 0 };
        inbox::accept(&mut Step::new(&conn, &Schedule::default(), &Moved::default()), &[new]).unwrap();
        let mut schedule = Schedule::default();
        schedule.rebuild(&conn).unwrap();
        let claim = Claim { owner: "w".into(), now_ms: 0, lease_until_ms: 10, limit: 1 };
        let pick = schedule.claim(Queue::Inputs, &claim, &mut 0).remove(0);

        let mut earlier = Moved::default();
        let mut first = Step::new(&conn, &schedule, &earlier);
        inbox::hand_back(&mut first, pick.seq, pick.fence, Some(5), "later").unwrap();
        let moved = first.moved;
        earlier.merge(moved);
        let mut second = Step::new(&conn, &schedule, &earlier);
        let again = inbox::settle(&mut second, pick.seq, pick.fence);
        assert!(matches!(again, Err(Failure::Overtaken)), "{again:?}");
        assert!(second.moved.lanes(Queue::Inputs).is_empty());

        schedule.follow(&conn, &earlier).unwrap();
        assert!(schedule.claim(Queue::Inputs, &Claim { now_ms: 4, ..claim.clone() }, &mut 1).is_empty());
        assert_eq!(schedule.claim(Queue::Inputs, &Claim { now_ms: 5, ..claim }, &mut 1).len(), 1);
    }
}
