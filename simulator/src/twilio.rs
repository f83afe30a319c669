//! A model of Twilio: conversations, their participants and messages, single texts, blocked pairs, receipts.

mod answer;
mod api;
mod carry;
pub(crate) mod hooks;
pub(crate) mod line;

use std::collections::{BTreeMap, BTreeSet};

use si_channel_core::normalize::Mark;

use crate::draw::Draw;
use crate::installation::{SMS, WHATSAPP};

pub(crate) use carry::text;
use hooks::Hook;

/// How long free text may be sent on WhatsApp after the person wrote.
const WINDOW_MS: i64 = 24 * 3_600_000;

#[derive(Debug)]
pub(crate) struct Twilio {
    conversations: BTreeMap<String, Conversation>,
    texts: Vec<Text>,
    /// Who said STOP to which of our numbers.
    blocked: BTreeSet<(String, String)>,
    /// When people last wrote.
    wrote_at: BTreeMap<String, i64>,
    next_sid: u64,
    echo: bool,
    /// Messages that arrived on phones.
    pub(crate) arrived: u64,
}

#[derive(Debug)]
struct Conversation {
    sid: String,
    unique_name: Option<String>,
    friendly_name: Option<String>,
    attributes: String,
    open: bool,
    participants: Vec<Participant>,
    messages: Vec<Message>,
    next_index: usize,
    created_ms: i64,
}

#[derive(Debug, Clone)]
struct Participant {
    sid: String,
    address: String,
    proxy: String,
}

#[derive(Debug, Clone)]
struct Message {
    sid: String,
    index: usize,
    author: String,
    participant: Option<String>,
    body: String,
    attributes: String,
    created_ms: i64,
}

/// A text past conversations.
#[derive(Debug, Clone)]
struct Text {
    sid: String,
    from: String,
    to: String,
    body: String,
}

/// What follows from something at Twilio.
#[derive(Debug)]
pub(crate) enum Act {
    /// The application is told.
    Tell(Hook),
    /// A phone is written to.
    Carry(Parcel),
}

/// A message on its way to one phone.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    message: String,
    to: String,
    from: String,
    /// Of a conversation: the conversation and the participant. Else the status callback.
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Conversation(String, String),
    Alone(Option<String>),
}

/// Our number on a person's channel.
pub(crate) fn sender_of(address: &str) -> &'static str {
    if address.starts_with("whatsapp:") { WHATSAPP } else { SMS }
}

impl Twilio {
    pub(crate) fn new(draw: &Draw) -> Self {
        Self {
            conversations: BTreeMap::new(),
            texts: Vec::new(),
            blocked: BTreeSet::new(),
            wrote_at: BTreeMap::new(),
            next_sid: 0,
            echo: draw.echo,
            arrived: 0,
        }
    }

    fn sid(&mut self, prefix: &str) -> String {
        self.next_sid += 1;
        format!("{prefix}{:032x}", self.next_sid)
    }

    /// The open conversation of a pair.
    fn open_of(&self, address: &str, proxy: &str) -> Option<&Conversation> {
        let is_in =
            |c: &Conversation| c.participants.iter().any(|p| p.address == address && p.proxy == proxy);
        self.conversations.values().find(|conversation| conversation.open && is_in(conversation))
    }

    /// Takes in a message; its index and what follows.
    fn post(&mut self, conversation: &str, mut message: Message, now: i64) -> (Message, Vec<Act>) {
        let Some(held) = self.conversations.get_mut(conversation) else { return (message, Vec::new()) };
        message.index = held.next_index;
        held.next_index += 1;
        message.created_ms = now;
        held.messages.push(message.clone());
        let carried = held.participants.iter().filter(|p| message.participant.as_ref() != Some(&p.sid));
        let carry = |p: &Participant| {
            let way = Way::Conversation(conversation.to_owned(), p.sid.clone());
            Act::Carry(Parcel {
                message: message.sid.clone(),
                to: p.address.clone(),
                from: p.proxy.clone(),
                way,
            })
        };
        let mut acts: Vec<Act> = carried.map(carry).collect();
        let ours = message.participant.is_none();
        if !ours || self.echo {
            acts.push(Act::Tell(hooks::message("onMessageAdded", conversation, &message, now)));
        }
        (message, acts)
    }

    /// Somebody else edits or deletes a person's message.
    pub(crate) fn change_some_message(&mut self, nth: usize, delete: bool, now: i64) -> Option<Act> {
        let of_people: Vec<(String, usize)> = self
            .conversations
            .values()
            .flat_map(|c| c.messages.iter().enumerate().map(|(at, m)| (c.sid.clone(), at, m)))
            .filter(|(_, _, message)| message.participant.is_some())
            .map(|(sid, at, _)| (sid, at))
            .collect();
        let (sid, at) = of_people.get(nth % of_people.len().max(1))?.clone();
        let conversation = self.conversations.get_mut(&sid)?;
        let event = if delete { "onMessageRemoved" } else { "onMessageUpdated" };
        let message = if delete {
            conversation.messages.remove(at)
        } else {
            let message = conversation.messages.get_mut(at)?;
            message.body = format!("{} (edited)", message.body);
            "{}".clone_into(&mut message.attributes);
            message.clone()
        };
        Some(Act::Tell(hooks::message(event, &sid, &message, now)))
    }

    /// Somebody else ends or deletes a conversation.
    pub(crate) fn end_some_conversation(&mut self, nth: usize, delete: bool, now: i64) -> Option<Act> {
        let open: Vec<String> =
            self.conversations.values().filter(|c| c.open).map(|c| c.sid.clone()).collect();
        let sid = open.get(nth % open.len().max(1))?;
        if delete {
            let gone = self.conversations.remove(sid)?;
            return Some(Act::Tell(hooks::conversation_removed(&gone.sid, now)));
        }
        self.conversations.get_mut(sid)?.open = false;
        Some(Act::Tell(hooks::conversation_closed(sid, now)))
    }

    /// Somebody else takes a person out.
    pub(crate) fn remove_some_person(&mut self, nth: usize, now: i64) -> Option<Act> {
        let all: Vec<(String, String)> = self
            .conversations
            .values()
            .filter(|c| c.open)
            .flat_map(|c| c.participants.iter().map(|p| (c.sid.clone(), p.sid.clone())))
            .collect();
        let (conversation, participant) = all.get(nth % all.len().max(1))?;
        let held = self.conversations.get_mut(conversation)?;
        let at = held.participants.iter().position(|p| p.sid == *participant)?;
        let gone = held.participants.remove(at);
        Some(Act::Tell(hooks::participant("onParticipantRemoved", conversation, &gone, now)))
    }

    /// Conversations that are open and have somebody in them.
    pub(crate) fn open_conversations(&self) -> impl Iterator<Item = &str> {
        let held = self.conversations.values().filter(|c| c.open && !c.participants.is_empty());
        held.map(|c| c.sid.as_str())
    }

    /// Messages of a conversation that we wrote: our ids, in order.
    fn mark_of(attributes: &str) -> Option<String> {
        Mark::take(attributes).0.outbound_id.map(|id| id.to_string())
    }
}
