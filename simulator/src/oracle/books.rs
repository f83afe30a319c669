//! When all has come to rest: everything that came in went somewhere, and everything that went out came from somewhere.

use std::collections::BTreeMap;

use serde_json::Value;
use si_channel_core::audit::chain::verify;
use si_channel_core::audit::checkpoint::Checkpoint;
use si_channel_server::audit::key::is_signed;
use si_channel_server::store::Kind;

use super::{Oracle, Stage, Wrong};
use crate::store::Tables;
use crate::world::World;

/// Balances the books.
pub(crate) fn balance(world: &World) {
    let mut wrong = Wrong::new();
    {
        let state = world.lock();
        let tables = world.disk().tables();
        let oracle = &state.oracle;
        oracle.inputs(&tables, &mut wrong);
        oracle.messages(&tables, &mut wrong);
        sessions(&tables, oracle, &mut wrong);
        audit(&tables, &mut wrong);
        if state.lost_webhooks == 0 {
            // Who closes a conversation closes it at Twilio too.
            for sid in state.twilio.open_conversations() {
                if !has_open_session(&tables, sid) {
                    wrong.push(("P9", format!("{sid} is open at Twilio and its session is not")));
                }
            }
        }
    }
    for (promise, how) in wrong {
        world.broken(promise, &how);
    }
}

fn documents(tables: &Tables, kind: Kind) -> Vec<(String, Value)> {
    let read = |(id, doc): (&str, &str)| Some((id.to_owned(), serde_json::from_str(doc).ok()?));
    tables.documents(kind).filter_map(read).collect()
}

fn has_open_session(tables: &Tables, conversation: &str) -> bool {
    let sessions = documents(tables, Kind::Session);
    sessions.iter().any(|(_, doc)| doc["conversation_sid"] == conversation && doc["state"] != "closed")
}

impl Oracle {
    fn inputs(&self, tables: &Tables, wrong: &mut Wrong) {
        for key in &self.acknowledged {
            // What was pruned was settled before.
            if tables.settled(key) != Some(true) && !self.settled.contains(key) {
                wrong.push(("P1", format!("acknowledged and never decided: {key}")));
            }
        }
        let depths = tables.depths();
        if depths.inputs + depths.effects > 0 {
            wrong.push(("P6", format!("work is left when all has come to rest: {depths:?}")));
        }
        if depths.quarantined > 0 {
            wrong.push(("P1", format!("{} accepted inputs were set aside", depths.quarantined)));
        }
        for (sid, (from, body)) in &self.texts {
            let acknowledged = self.acknowledged.iter().any(|key| key.ends_with(sid.as_str()));
            if acknowledged && !self.received.contains(sid) && !self.overheard.contains(sid) {
                wrong.push((
                    "P1",
                    format!("{sid} of {from} ({body}) was acknowledged and is in no transcript"),
                ));
            }
        }
    }

    fn messages(&self, tables: &Tables, wrong: &mut Wrong) {
        for (id, message) in &self.outbound {
            let count = message.sids.len();
            match message.stage {
                Stage::Queued | Stage::Sending | Stage::Unclear => {
                    wrong
                        .push(("P6", format!("{id} is still {:?} when all has come to rest", message.stage)));
                }
                Stage::Accepted if count != 1 => {
                    wrong.push(("P3", format!("{id} counts as accepted and is {count} times at Twilio")));
                }
                Stage::NotSent if count != 0 => {
                    wrong.push(("P3", format!("{id} counts as not sent and is at Twilio")));
                }
                _ => {}
            }
            if message.requests > 20 {
                wrong.push(("P6", format!("{id} was tried {} times", message.requests)));
            }
        }
        for (id, doc) in documents(tables, Kind::Outbound) {
            if !self.outbound.contains_key(&id) {
                wrong.push(("P7", format!("{id} is stored ({}) and no event tells of it", doc["state"])));
            }
        }
    }
}

fn sessions(tables: &Tables, oracle: &Oracle, wrong: &mut Wrong) {
    let mut conversations: BTreeMap<String, String> = BTreeMap::new();
    for (id, doc) in documents(tables, Kind::Session) {
        if doc["state"] != "closed" {
            wrong.push(("P6", format!("{id} is {} when all has come to rest", doc["state"])));
        }
        if let Some(sid) = doc["conversation_sid"].as_str()
            && let Some(other) = conversations.insert(sid.to_owned(), id.clone())
        {
            wrong.push(("P9", format!("{sid} belongs to {other} and to {id}")));
        }
        let mut indexes = BTreeMap::new();
        for entry in tables.entries(&id) {
            let Ok(entry) = serde_json::from_str::<Value>(&entry.body) else { continue };
            let (Some(index), Some(sid)) = (entry["index"].as_i64(), entry["message_sid"].as_str()) else {
                continue;
            };
            if let Some(other) = indexes.insert(index, sid.to_owned()).filter(|other| other != sid) {
                wrong.push(("P8", format!("{id}: {other} and {sid} have the index {index}")));
            }
        }
        let sequence = doc["sequence"].as_u64().unwrap_or(0);
        let told = oracle.streams.get(&id).copied().unwrap_or(0);
        if sequence != told {
            wrong.push(("P8", format!("{id} is at {sequence} and its events at {told}")));
        }
    }
}

fn audit(tables: &Tables, wrong: &mut Wrong) {
    let mut signed = Vec::new();
    for body in tables.checkpoints() {
        match serde_json::from_str::<Checkpoint>(body) {
            Ok(checkpoint) if is_signed(&checkpoint) => signed.push((checkpoint.record, checkpoint.hash)),
            _ => wrong.push(("P7", "a checkpoint of the audit log is not signed".to_owned())),
        }
    }
    signed.sort_unstable();
    let links = tables.audit().iter().map(|link| Ok::<_, std::convert::Infallible>(link.clone()));
    let highest = tables.audit().len() as u64;
    match verify(links, &signed, highest) {
        Ok(Ok(_)) => {}
        Ok(Err(fault)) => wrong.push(("P7", format!("the audit log does not verify: {fault}"))),
        Err(never) => match never {},
    }
}
