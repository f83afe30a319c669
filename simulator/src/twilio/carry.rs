//! Between phones and Twilio: what people write, and what reaches them.

use std::time::Duration;

use serde_json::Value;

use super::hooks::{self, Hook};
use super::{Act, Conversation, Message, Parcel, Participant, Text, WINDOW_MS, Way, sender_of};
use crate::installation::ACCOUNT;
use crate::rare::Rare;
use crate::world::{World, pass};

const STOPS: [&str; 6] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"];
const STARTS: [&str; 3] = ["START", "YES", "UNSTOP"];

/// Does what follows.
pub(crate) fn carry_out(world: &World, acts: Vec<Act>) {
    for act in acts {
        let of = world.clone();
        match act {
            Act::Tell(hook) => world.later(0, hooks::tell(of, hook)),
            Act::Carry(parcel) => world.later(0, carry(of, parcel)),
        }
    }
}

/// A person writes to us.
pub(crate) async fn text(world: World, from: String, body: String) {
    let to = sender_of(&from);
    let now = world.now_ms();
    world.note("writes", &format!("{from}: {body}"));
    {
        let mut state = world.lock();
        state.twilio.wrote_at.insert(from.clone(), now);
        let said = body.trim().to_uppercase();
        let pair = (from.clone(), to.to_owned());
        if to.starts_with('+') && STOPS.contains(&said.as_str()) {
            state.twilio.blocked.insert(pair);
        } else if to.starts_with('+') && STARTS.contains(&said.as_str()) {
            state.twilio.blocked.remove(&pair);
        }
    }
    if world.draw().messaging {
        return text_alone(&world, from, to, body);
    }
    let (conversation, person) = conversation_of(&world, &from, to, now);
    let mut shown = (body.clone(), "{}".to_owned());
    if world.draw().hook {
        let hook = hooks::offered(&conversation, &person.sid, &from, &body);
        let key = world.installation().twilio_key.clone();
        let answered = hooks::post(&world, &hook, &key, Duration::from_secs(5)).await;
        world.note("offered", &format!("{from}: {}", answered.as_ref().map_or(0, |it| it.status)));
        match answered {
            Some(answer) if answer.status >= 400 => {
                world.reach(Rare::Withheld);
                return;
            }
            Some(answer) => {
                if let Ok(Value::Object(fields)) = serde_json::from_slice(&answer.body) {
                    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
                    shown = (text("body").unwrap_or(shown.0), text("attributes").unwrap_or(shown.1));
                }
            }
            None => {}
        }
    }
    let now = world.now_ms();
    // It may have been closed, or they may have been moved, while Twilio asked.
    let (conversation, person) = conversation_of(&world, &from, to, now);
    let acts = {
        let mut state = world.lock();
        let sid = state.twilio.sid("IM");
        state.oracle.wrote(&sid, &from, &body);
        let message = Message {
            sid,
            index: 0,
            author: from,
            participant: Some(person.sid),
            body: shown.0,
            attributes: shown.1,
            created_ms: now,
        };
        state.twilio.post(&conversation, message, now).1
    };
    carry_out(&world, acts);
}

/// The open conversation of a person, which Twilio makes if there is none.
fn conversation_of(world: &World, from: &str, to: &str, now: i64) -> (String, Participant) {
    let mut state = world.lock();
    let person_in = |c: &Conversation| c.participants.iter().find(|p| p.address == from).cloned();
    if let Some(open) = state.twilio.open_of(from, to)
        && let Some(person) = person_in(open)
    {
        return (open.sid.clone(), person);
    }
    let (sid, participant) = (state.twilio.sid("CH"), state.twilio.sid("MB"));
    let person = Participant { sid: participant, address: from.to_owned(), proxy: to.to_owned() };
    let conversation = Conversation {
        sid: sid.clone(),
        unique_name: None,
        friendly_name: None,
        attributes: "{}".to_owned(),
        open: true,
        participants: vec![person.clone()],
        messages: Vec::new(),
        next_index: 0,
        created_ms: now,
    };
    state.twilio.conversations.insert(sid.clone(), conversation);
    drop(state);
    let acts = vec![
        Act::Tell(hooks::conversation_added(&sid, &person, now)),
        Act::Tell(hooks::participant("onParticipantAdded", &sid, &person, now)),
    ];
    carry_out(world, acts);
    (sid, person)
}

fn text_alone(world: &World, from: String, to: &str, body: String) {
    let hook = {
        let mut state = world.lock();
        let sid = state.twilio.sid("SM");
        state.oracle.wrote(&sid, &from, &body);
        let pairs = vec![
            ("MessageSid", sid.clone()),
            ("AccountSid", ACCOUNT.to_owned()),
            ("From", from.clone()),
            ("To", to.to_owned()),
            ("Body", body.clone()),
            ("NumMedia", "0".to_owned()),
            ("NumSegments", "1".to_owned()),
        ];
        state.twilio.texts.push(Text { sid, from, to: to.to_owned(), body });
        Hook::of_messaging("/webhooks/sms".to_owned(), pairs)
    };
    carry_out(world, vec![Act::Tell(hook)]);
}

/// A message on its way to a phone, and the receipts of it.
async fn carry(world: World, parcel: Parcel) {
    pass(100 + world.below(900)).await;
    let now = world.now_ms();
    let receipt = {
        let mut state = world.lock();
        let blocked = state.twilio.blocked.contains(&(parcel.to.clone(), parcel.from.clone()));
        let late = parcel.to.starts_with("whatsapp:")
            && state.twilio.wrote_at.get(&parcel.to).is_none_or(|at| now - at > WINDOW_MS);
        let receipt = state.twilio.sid("DY");
        if blocked {
            state.counts.reach(Rare::RefusedByCarrier);
            Err((receipt, "failed", 21610))
        } else if late {
            Err((receipt, "failed", 63016))
        } else {
            Ok(receipt)
        }
    };
    let receipt = match receipt {
        Ok(receipt) => receipt,
        Err((receipt, status, code)) => return tell_of(&world, &parcel, &receipt, (status, code)),
    };
    tell_of(&world, &parcel, &receipt, ("sent", 0));
    pass(200 + world.below(4_000)).await;
    if world.goes_wrong(30, 1_000) {
        return tell_of(&world, &parcel, &receipt, ("undelivered", 30003));
    }
    world.lock().twilio.arrived += 1;
    world.note("arrives", &format!("{} {}", parcel.to, parcel.message));
    tell_of(&world, &parcel, &receipt, ("delivered", 0));
    if world.below(4) == 0 {
        pass(world.below(20_000)).await;
        tell_of(&world, &parcel, &receipt, ("read", 0));
    }
}

fn tell_of(world: &World, parcel: &Parcel, receipt: &str, (status, code): (&str, u32)) {
    let now = world.now_ms();
    let hook = match &parcel.way {
        Way::Conversation(conversation, participant) => {
            hooks::delivery(conversation, &parcel.message, participant, receipt, (status, code), now)
        }
        Way::Alone(Some(callback)) => {
            let mut pairs = vec![
                ("MessageSid", parcel.message.clone()),
                ("MessageStatus", status.to_owned()),
                ("AccountSid", ACCOUNT.to_owned()),
                ("From", parcel.from.clone()),
                ("To", parcel.to.clone()),
            ];
            if code != 0 {
                pairs.push(("ErrorCode", code.to_string()));
            }
            Hook::of_messaging(callback.clone(), pairs)
        }
        Way::Alone(None) => return,
    };
    carry_out(world, vec![Act::Tell(hook)]);
}
