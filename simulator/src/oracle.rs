//! What must hold, and is looked at after every step.
//!
//! It knows what was acknowledged, what was committed and what Twilio was handed, and draws its own conclusions from
//! them: the server's own state is what is judged.

mod books;
mod outbound;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use si_channel_server::store::{Changes, Kind, Source};
use si_channel_server::worker::Received;

use crate::rare::{Counts, Rare};
use crate::twilio::hooks::Hook;
use crate::world::{State, World};

pub(crate) use books::balance;
use outbound::{Outbound, Stage};

/// Later than this nothing may be handed to Twilio that was looked at before an opt-out: two seconds between the look and
/// the network, and one on the way.
const IN_FLIGHT_MS: i64 = 3_000;

/// A question is answered, or given up, within this time.
const PATIENCE_MS: i64 = 30 * 60_000;

/// What is known so far.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// The first promise that was broken.
    pub(crate) broken: Option<String>,
    commits: u64,
    streams: BTreeMap<String, u64>,
    /// Inputs that were acknowledged.
    acknowledged: BTreeSet<String>,
    settled: BTreeSet<String>,
    /// Texts of people: who wrote which.
    texts: BTreeMap<String, (String, String)>,
    /// Texts that came into a transcript.
    received: BTreeSet<String>,
    /// Texts that came after they had been taken by the hook.
    overheard: BTreeSet<String>,
    outbound: BTreeMap<String, Outbound>,
    /// What each answer or notice says that no other does, and the message at Twilio that said it.
    said: BTreeMap<String, String>,
    consent: BTreeMap<String, Consent>,
    /// Questions that are open: their session, and when they were asked.
    turns: BTreeMap<String, (String, i64)>,
    ended_turns: BTreeSet<String>,
    /// The last part of each turn that was handed over.
    parts: BTreeMap<String, u64>,
}

/// Where a person's consent stands by what was committed.
#[derive(Debug, Clone, Copy)]
struct Consent {
    given: bool,
    commit: u64,
    at_ms: i64,
}

/// The key under which the server must have a webhook.
fn key_of(world: &World, hook: &Hook) -> Option<String> {
    let pairs = hook.pairs.clone();
    let received = match hook.target.split_once('?') {
        None if hook.target == "/webhooks/sms" => Received::Inbound { pairs, at: None },
        None if hook.target == "/webhooks/conversations" => Received::Conversations { pairs },
        _ => {
            let query = hook.target.split_once('?').map_or("", |(_, query)| query);
            let id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "id");
            Received::Status { pairs, outbound_id: id.map(|(_, value)| value.into_owned()) }
        }
    };
    received.fact(&world.installation().account, world.now()).ok().map(|fact| fact.key)
}

/// A server answered a webhook with 2xx: it must be stored by now.
pub(crate) fn acknowledged(world: &World, hook: &Hook) {
    let Some(key) = key_of(world, hook) else {
        return world.broken("P1", "an acknowledged webhook is not understood");
    };
    let known = world.disk().tables().settled(&key).is_some();
    let mut state = world.lock();
    if !known && !state.oracle.settled.contains(&key) {
        drop(state);
        return world.broken("P1", &format!("acknowledged and not stored: {key}"));
    }
    state.oracle.acknowledged.insert(key);
}

/// A webhook that no server ever took.
pub(crate) fn never_told(world: &World, hook: &Hook) {
    let sid = hook.get("MessageSid").to_owned();
    world.lock().oracle.texts.remove(&sid);
}

/// A transaction is durable.
pub(crate) fn committed(world: &World, changes: &Changes) {
    let now = world.now_ms();
    let settled = match &changes.source {
        Source::Input { seq, .. } => world.disk().tables().input_key(*seq).map(str::to_owned),
        _ => None,
    };
    let mut state = world.lock();
    let State { oracle, counts, trace, .. } = &mut *state;
    oracle.commits += 1;
    let mut wrong = Vec::new();
    if let Some(key) = settled {
        oracle.settle(&key, &mut wrong);
    }
    for event in &changes.events {
        let last = oracle.streams.entry(event.stream.clone()).or_default();
        if event.sequence != *last + 1 {
            wrong.push(("P8", format!("{}: event {} follows {last}", event.stream, event.sequence)));
        }
        *last = event.sequence;
        let Ok(told) = serde_json::from_str::<Value>(&event.body) else {
            wrong.push(("P7", "an event is not JSON".to_owned()));
            continue;
        };
        let kind = told["type"].as_str().unwrap_or_default().trim_start_matches("si.channel.").to_owned();
        let about = ["outbound_id", "message_sid", "turn_id", "address"];
        let about = about.iter().find_map(|name| told["data"][name].as_str()).unwrap_or_default();
        trace.note(now, &kind, about);
        oracle.event(&kind, &told["data"], now, counts, &mut wrong);
    }
    for put in changes.puts.iter().filter(|put| put.kind == Kind::Outbound) {
        if let Ok(doc) = serde_json::from_str::<Value>(&put.doc) {
            oracle.stored(&put.id, &doc, &mut wrong);
        }
    }
    drop(state);
    for (promise, how) in wrong {
        world.broken(promise, &how);
    }
}

type Wrong = Vec<(&'static str, String)>;

impl Oracle {
    /// A person's text got its SID.
    pub(crate) fn wrote(&mut self, sid: &str, from: &str, body: &str) {
        self.texts.insert(sid.to_owned(), (from.to_owned(), body.to_owned()));
    }

    fn settle(&mut self, key: &str, wrong: &mut Wrong) {
        if !self.settled.insert(key.to_owned()) {
            wrong.push(("P2", format!("decided twice: {key}")));
        }
    }

    fn event(&mut self, kind: &str, data: &Value, now: i64, counts: &mut Counts, wrong: &mut Wrong) {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        match kind {
            "message.received.v1" => {
                let sid = text("message_sid");
                if !self.received.insert(sid.clone()) {
                    wrong.push(("P2", format!("received twice: {sid}")));
                }
            }
            "consent.granted.v1" if data["scope"].is_null() => {
                let before = self.consent.get(&text("address")).is_some_and(|consent| !consent.given);
                if before {
                    counts.reach(Rare::OptedInAgain);
                }
                self.consent(&text("address"), true, now);
            }
            "consent.revoked.v1" if data["scope"].is_null() => {
                self.consent(&text("address"), false, now);
            }
            "message.overheard.v1" => {
                self.overheard.insert(text("message_sid"));
            }
            "turn.requested.v1" => {
                let asked = (text("session_id"), now);
                if self.turns.insert(text("turn_id"), asked).is_some() {
                    wrong.push(("P2", format!("asked twice: {}", text("turn_id"))));
                }
            }
            "turn.completed.v1" | "turn.failed.v1" => {
                if kind == "turn.failed.v1" {
                    counts.reach(Rare::NoAnswer);
                }
                self.turns.remove(&text("turn_id"));
                if !self.ended_turns.insert(text("turn_id")) {
                    wrong.push(("P2", format!("a turn ended twice: {}", text("turn_id"))));
                }
            }
            "session.closed.v1" => {
                if text("reason") == "twilio" {
                    counts.reach(Rare::EndedAtTwilio);
                }
                self.closed(&text("session_id"), &text("reason"), now, wrong);
            }
            "session.warned.v1" => counts.reach(Rare::Warned),
            "session.resumed.v1" => counts.reach(Rare::Resumed),
            "session.bound.v1" if data["adopted"] == true => counts.reach(Rare::Adopted),
            "participant.moving.v1" => counts.reach(Rare::Joined),
            "audit.checkpoint.v1" => counts.reach(Rare::Signed),
            _ if kind.starts_with("message.") => self.step(kind, data, counts, wrong),
            _ => {}
        }
    }

    /// A session that is idle has been given every answer, or been told that there is none.
    fn closed(&mut self, session: &str, reason: &str, now: i64, wrong: &mut Wrong) {
        let open: Vec<String> =
            self.turns.iter().filter(|(_, (of, _))| of == session).map(|(turn, _)| turn.clone()).collect();
        for turn in open {
            let asked = self.turns.remove(&turn);
            let waited = asked.map_or(0, |(_, at)| now - at);
            if reason == "inactivity" && waited > PATIENCE_MS {
                wrong.push(("P1", format!("{turn} was asked and never ended")));
            }
        }
    }

    fn consent(&mut self, address: &str, given: bool, at_ms: i64) {
        self.consent.insert(address.to_owned(), Consent { given, commit: self.commits, at_ms });
    }

    /// Twilio was handed a message.
    pub(crate) fn taken(
        &mut self,
        counts: &mut Counts,
        ours: Option<&str>,
        sid: &str,
        recipients: &[String],
        body: &str,
        now: i64,
    ) {
        let mut wrong = Wrong::new();
        match ours {
            None => wrong.push(("P3", format!("{sid} carries no id of ours"))),
            Some(id) => self.handed(counts, id, sid, recipients, now, &mut wrong),
        }
        if let Some(words) = unique_words(body)
            && let Some(other) = self.said.insert(words.clone(), sid.to_owned())
        {
            wrong.push(("P3", format!("said twice, in {other} and {sid}: {words}")));
        }
        for (promise, how) in wrong {
            self.broken.get_or_insert_with(|| format!("{promise}: {how}"));
        }
    }

    fn handed(
        &mut self,
        counts: &mut Counts,
        id: &str,
        sid: &str,
        recipients: &[String],
        now: i64,
        wrong: &mut Wrong,
    ) {
        let Some(message) = self.outbound.get_mut(id) else {
            return wrong.push(("P7", format!("{sid} was sent for {id}, of which nothing is recorded")));
        };
        message.sids.push(sid.to_owned());
        if let [first, .., again] = message.sids.as_slice() {
            wrong.push(("P3", format!("{id} was sent twice, as {first} and {again}")));
        }
        if message.stage == Stage::Queued && message.claimed_at == 0 {
            wrong.push(("P4", format!("{id} was sent without being claimed")));
        }
        if let Some(turn) = &message.turn {
            let last = self.parts.entry(turn.clone()).or_default();
            if message.part < *last {
                wrong.push(("P8", format!("part {} of {turn} was sent after part {last}", message.part)));
            }
            *last = message.part.max(*last);
        }
        if message.exempt {
            return;
        }
        for recipient in recipients {
            match self.consent.get(recipient) {
                None => wrong.push(("P5", format!("{id} was sent to {recipient}, who never consented"))),
                Some(consent) if consent.given => {}
                Some(consent) if message.claimed_at > consent.commit => {
                    wrong.push(("P4", format!("{id} was claimed for {recipient} after their opt-out")));
                }
                Some(consent) if now - consent.at_ms > IN_FLIGHT_MS => {
                    let late = now - consent.at_ms;
                    wrong.push(("P4", format!("{id} was sent to {recipient} {late} ms after their opt-out")));
                }
                Some(_) => counts.reach(Rare::OptOutInFlight),
            }
        }
    }
}

/// What an answer or a notice says that no other does.
fn unique_words(body: &str) -> Option<String> {
    let from = ["Part ", "Notice "].iter().find_map(|word| body.find(word))?;
    let words: Vec<&str> = body[from..].split_whitespace().take(4).collect();
    Some(words.join(" "))
}
