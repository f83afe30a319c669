//! The API that the server calls.

use serde_json::Value;

use super::{Act, Conversation, Message, Parcel, Participant, Text, Twilio, Way, answer, hooks};
use crate::planted::Planted;
use crate::rare::Rare;
use crate::world::World;

/// A request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) form: Vec<(String, String)>,
}

impl Asked {
    fn get<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
        pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn field(&self, name: &str) -> Option<String> {
        Self::get(&self.form, name).map(str::to_owned)
    }

    /// Whether it hands a message over.
    pub(super) fn sends(&self) -> bool {
        self.method == "POST" && self.path.last().is_some_and(|last| last.starts_with("Messages"))
    }
}

type Answer = (u16, Value, Vec<Act>);

/// Does what is asked.
pub(super) fn serve(world: &World, asked: &Asked) -> Answer {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    let now = world.now_ms();
    if let (true, ["v1", "Conversations", sid, "Messages"]) = (asked.sends(), path.as_slice()) {
        return write(world, sid, asked, now);
    }
    if let (true, ["2010-04-01", "Accounts", _, "Messages.json"]) = (asked.sends(), path.as_slice()) {
        return write_alone(world, asked, now);
    }
    let mut state = world.lock();
    let state = &mut *state;
    let twilio = &mut state.twilio;
    let plain = |(status, body): (u16, Value)| (status, body, Vec::new());
    match (asked.method.as_str(), path.as_slice()) {
        ("GET", ["v1", "ParticipantConversations"]) => {
            let address = Asked::get(&asked.query, "Address").unwrap_or_default();
            let all = twilio.conversations.values().flat_map(|c| c.participants.iter().map(move |p| (c, p)));
            let found = all.filter(|(_, person)| person.address == address);
            plain(answer::page(
                "conversations",
                &found.map(|(c, p)| answer::membership(c, p)).collect::<Vec<_>>(),
            ))
        }
        ("POST", ["v1", "Conversations"]) => plain(twilio.make(asked, now)),
        ("GET", ["v1", "Conversations", name]) => plain(match twilio.named(name) {
            Some(found) => (200, answer::conversation(found)),
            None => answer::not_found(),
        }),
        ("POST", ["v1", "Conversations", sid]) => plain(twilio.update(sid, asked)),
        ("DELETE", ["v1", "Conversations", sid]) => {
            plain(twilio.conversations.remove(*sid).map_or_else(answer::not_found, |_| (204, Value::Null)))
        }
        ("GET", ["v1", "Conversations", sid, "Participants"]) => {
            plain(match twilio.conversations.get(*sid) {
                Some(found) => {
                    let people = found.participants.iter().map(|person| answer::participant(sid, person));
                    answer::page("participants", &people.collect::<Vec<_>>())
                }
                None => answer::not_found(),
            })
        }
        ("POST", ["v1", "Conversations", sid, "Participants"]) => {
            let (status, body, acts) = twilio.put_in(sid, asked, now);
            if status == 409 {
                state.counts.reach(Rare::ParticipantConflict);
            }
            (status, body, acts)
        }
        ("DELETE", ["v1", "Conversations", sid, "Participants", person]) => twilio.take_out(sid, person, now),
        ("GET", ["v1", "Conversations", sid, "Messages"]) => plain(match twilio.conversations.get(*sid) {
            Some(_) if world.has(Planted::BlindLook) => answer::page("messages", &[]),
            Some(found) => {
                let mut all: Vec<Value> =
                    found.messages.iter().map(|one| answer::message(sid, one)).collect();
                if Asked::get(&asked.query, "Order") == Some("desc") {
                    all.reverse();
                }
                answer::page("messages", &all)
            }
            None => answer::not_found(),
        }),
        ("GET", ["2010-04-01", "Accounts", _, "Messages.json"]) => {
            let fits = |name: &str, value: &str| Asked::get(&asked.query, name).is_none_or(|it| it == value);
            let found = twilio.texts.iter().filter(|it| fits("To", &it.to) && fits("From", &it.from));
            plain(answer::page("messages", &found.map(answer::text).collect::<Vec<_>>()))
        }
        _ => plain(answer::error(405, 20004, "the simulation's Twilio does not know this request")),
    }
}

/// A message of ours into a conversation.
fn write(world: &World, sid: &str, asked: &Asked, now: i64) -> Answer {
    let mut state = world.lock();
    let state = &mut *state;
    let Some(conversation) = state.twilio.conversations.get(sid) else {
        let (status, body) = answer::not_found();
        return (status, body, Vec::new());
    };
    if !conversation.open {
        let (status, body) = answer::error(400, 50377, "the conversation is closed");
        return (status, body, Vec::new());
    }
    let recipients: Vec<String> = conversation.participants.iter().map(|p| p.address.clone()).collect();
    let attributes = asked.field("Attributes").unwrap_or_else(|| "{}".to_owned());
    let body = asked.field("Body").unwrap_or_default();
    let message = Message {
        sid: state.twilio.sid("IM"),
        index: 0,
        author: asked.field("Author").unwrap_or_default(),
        participant: None,
        body: body.clone(),
        attributes: attributes.clone(),
        created_ms: now,
    };
    let ours = Twilio::mark_of(&attributes);
    let (message, acts) = state.twilio.post(sid, message, now);
    state.oracle.taken(&mut state.counts, ours.as_deref(), &message.sid, &recipients, &body, now);
    (201, answer::message(sid, &message), acts)
}

/// A message of ours to one phone.
fn write_alone(world: &World, asked: &Asked, now: i64) -> Answer {
    let (to, from) = (asked.field("To").unwrap_or_default(), asked.field("From").unwrap_or_default());
    let mut state = world.lock();
    let state = &mut *state;
    if state.twilio.blocked.contains(&(to.clone(), from.clone())) {
        state.counts.reach(Rare::RefusedByCarrier);
        let (status, body) = answer::error(400, 21610, "the recipient is unsubscribed");
        return (status, body, Vec::new());
    }
    let callback = asked.field("StatusCallback");
    let url = callback.as_deref().and_then(|url| url::Url::parse(url).ok());
    let ours = url.as_ref().and_then(|url| {
        url.query_pairs().find(|(name, _)| name == "id").map(|(_, value)| value.into_owned())
    });
    let target = url.map(|url| format!("{}?{}", url.path(), url.query().unwrap_or_default()));
    let body = asked.field("Body").unwrap_or_default();
    let sid = state.twilio.sid("SM");
    let text = Text { sid: sid.clone(), from: from.clone(), to: to.clone(), body: body.clone() };
    state.twilio.texts.push(text.clone());
    state.oracle.taken(&mut state.counts, ours.as_deref(), &sid, std::slice::from_ref(&to), &body, now);
    let parcel = Parcel { message: sid, to, from, way: Way::Alone(target) };
    (201, answer::text(&text), vec![Act::Carry(parcel)])
}

impl Twilio {
    fn named(&self, name: &str) -> Option<&Conversation> {
        let by_name = || self.conversations.values().find(|c| c.unique_name.as_deref() == Some(name));
        self.conversations.get(name).or_else(by_name)
    }

    fn make(&mut self, asked: &Asked, now: i64) -> (u16, Value) {
        let unique_name = asked.field("UniqueName");
        if unique_name.as_deref().is_some_and(|name| self.named(name).is_some()) {
            return answer::error(409, 50353, "the unique name is taken");
        }
        let sid = self.sid("CH");
        let made = Conversation {
            sid: sid.clone(),
            unique_name,
            friendly_name: asked.field("FriendlyName"),
            attributes: asked.field("Attributes").unwrap_or_else(|| "{}".to_owned()),
            open: true,
            participants: Vec::new(),
            messages: Vec::new(),
            next_index: 0,
            created_ms: now,
        };
        let body = answer::conversation(&made);
        self.conversations.insert(sid, made);
        (201, body)
    }

    fn update(&mut self, sid: &str, asked: &Asked) -> (u16, Value) {
        let unique_name = asked.field("UniqueName");
        let taken = unique_name.as_deref().and_then(|name| self.named(name)).is_some_and(|c| c.sid != sid);
        if taken {
            return answer::error(409, 50353, "the unique name is taken");
        }
        let Some(found) = self.conversations.get_mut(sid) else { return answer::not_found() };
        if !found.open {
            return answer::error(400, 50377, "the conversation is closed");
        }
        if asked.field("State").as_deref() == Some("closed") {
            found.open = false;
        }
        found.unique_name = unique_name.or(found.unique_name.take());
        found.friendly_name = asked.field("FriendlyName").or(found.friendly_name.take());
        if let Some(attributes) = asked.field("Attributes") {
            found.attributes = attributes;
        }
        (200, answer::conversation(found))
    }

    fn put_in(&mut self, sid: &str, asked: &Asked, now: i64) -> Answer {
        let plain = |(status, body): (u16, Value)| (status, body, Vec::new());
        let address = asked.field("MessagingBinding.Address").unwrap_or_default();
        let proxy = asked.field("MessagingBinding.ProxyAddress").unwrap_or_default();
        match self.conversations.get(sid) {
            None => return plain(answer::not_found()),
            Some(found) if !found.open => {
                return plain(answer::error(400, 50377, "the conversation is closed"));
            }
            Some(_) => {}
        }
        if let Some(held) = self.open_of(&address, &proxy) {
            let message = format!(
                "A binding for this participant and proxy address already exists in Conversation {}",
                held.sid
            );
            return plain(answer::error(409, 50416, &message));
        }
        let person = Participant { sid: self.sid("MB"), address, proxy };
        let body = answer::participant(sid, &person);
        if let Some(found) = self.conversations.get_mut(sid) {
            found.participants.push(person.clone());
        }
        let told = self.echo.then(|| Act::Tell(hooks::participant("onParticipantAdded", sid, &person, now)));
        (201, body, told.into_iter().collect())
    }

    fn take_out(&mut self, sid: &str, person: &str, now: i64) -> Answer {
        let found = self.conversations.get_mut(sid);
        let place = found.as_ref().and_then(|c| c.participants.iter().position(|p| p.sid == person));
        let (Some(found), Some(place)) = (found, place) else {
            let (status, body) = answer::not_found();
            return (status, body, Vec::new());
        };
        let gone = found.participants.remove(place);
        let told = self.echo.then(|| Act::Tell(hooks::participant("onParticipantRemoved", sid, &gone, now)));
        (204, Value::Null, told.into_iter().collect())
    }
}
