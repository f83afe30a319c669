//! As much of Twilio as the journeys need: conversations, phones, webhooks, the carrier's block list.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use si_channel_core::address::{Address, Channel};
use si_channel_core::keyword::{Keyword, carrier_would_match};
use si_channel_core::normalize::Mark;
use si_channel_core::screen::Verdict;

pub(crate) type Pairs = Vec<(String, String)>;

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) sid: String,
    pub(crate) open: bool,
    /// Participant SID, person, sender.
    pub(crate) people: Vec<(String, Address, Address)>,
    /// SID, author, body, attributes.
    pub(crate) messages: Vec<(String, String, String, String)>,
    /// The friendly name and attributes given by a label, if any.
    pub(crate) labelled: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Twilio {
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) webhooks: VecDeque<Pairs>,
    pub(crate) blocked: BTreeSet<(Address, Address)>,
    /// Refuses to put anybody into this conversation.
    pub(crate) refuses: Option<String>,
    phones: BTreeMap<Address, Vec<String>>,
    /// What was sent past conversations: SID, to, body.
    pub(crate) alone: Vec<(String, Address, String)>,
    count: u32,
}

impl Twilio {
    fn sid(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{:032x}", self.count)
    }

    pub(crate) fn phone(&self, address: &Address) -> Vec<String> {
        self.phones.get(address).cloned().unwrap_or_default()
    }

    pub(crate) fn find(&self, sid: &str) -> &Conversation {
        self.conversations.iter().find(|c| c.sid == sid).unwrap()
    }

    fn find_mut(&mut self, sid: &str) -> &mut Conversation {
        self.conversations.iter_mut().find(|c| c.sid == sid).unwrap()
    }

    /// The open conversation of a pair.
    pub(crate) fn of(&self, person: &Address, sender: &Address) -> Option<&Conversation> {
        self.conversations
            .iter()
            .find(|c| c.open && c.people.iter().any(|(_, p, s)| p == person && s == sender))
    }

    /// The default keyword handling of an SMS number: blocks and unblocks; its own answer is not ours to see.
    pub(crate) fn carrier_keyword(&mut self, person: &Address, body: &str) {
        if person.channel() != Channel::Sms {
            return;
        }
        let sender: Address = super::SMS.parse().unwrap();
        match carrier_would_match(body) {
            Some(Keyword::Stop) => {
                self.blocked.insert((person.clone(), sender));
            }
            Some(Keyword::Start | Keyword::Yes) => {
                self.blocked.remove(&(person.clone(), sender));
            }
            _ => {}
        }
    }

    /// The conversation that a text goes to, made if there is none.
    pub(crate) fn conversation_for(&mut self, person: &Address, sender: &Address, now: Timestamp) -> String {
        if let Some(open) = self.of(person, sender) {
            return open.sid.clone();
        }
        let sid = self.create();
        let mut pairs = event("onConversationAdded", &sid);
        pairs.extend(binding(person, sender));
        pairs.push(pair("DateCreated", &now.to_string()));
        self.webhooks.push_back(pairs);
        self.add(&sid, person, sender, now).unwrap();
        sid
    }

    pub(crate) fn create(&mut self) -> String {
        let sid = self.sid("CH");
        self.conversations.push(Conversation {
            sid: sid.clone(),
            open: true,
            people: Vec::new(),
            messages: Vec::new(),
            labelled: false,
        });
        sid
    }

    /// Adds a participant; the conversation they are in instead when they cannot be.
    pub(crate) fn add(
        &mut self,
        conversation: &str,
        person: &Address,
        sender: &Address,
        now: Timestamp,
    ) -> Result<String, Option<String>> {
        if !self.find(conversation).open || self.refuses.as_deref() == Some(conversation) {
            return Err(None);
        }
        match self.of(person, sender) {
            Some(here) if here.sid == conversation => {
                let participant = here.people.iter().find(|(_, p, _)| p == person).unwrap().0.clone();
                return Ok(participant);
            }
            Some(other) => return Err(Some(other.sid.clone())),
            None => {}
        }
        let participant = self.sid("MB");
        self.find_mut(conversation).people.push((participant.clone(), person.clone(), sender.clone()));
        self.participant_event("onParticipantAdded", conversation, &participant, person, sender, now);
        Ok(participant)
    }

    pub(crate) fn remove(&mut self, conversation: &str, person: &Address, now: Timestamp) {
        let people = &mut self.find_mut(conversation).people;
        let Some(place) = people.iter().position(|(_, p, _)| p == person) else { return };
        let (participant, person, sender) = people.remove(place);
        self.participant_event("onParticipantRemoved", conversation, &participant, &person, &sender, now);
    }

    fn participant_event(
        &mut self,
        kind: &str,
        conversation: &str,
        participant: &str,
        person: &Address,
        sender: &Address,
        now: Timestamp,
    ) {
        let mut pairs = event(kind, conversation);
        pairs.push(pair("ParticipantSid", participant));
        pairs.extend(binding(person, sender));
        pairs.push(pair("DateCreated", &now.to_string()));
        self.webhooks.push_back(pairs);
    }

    pub(crate) fn close(&mut self, conversation: &str) {
        let conversation = self.find_mut(conversation);
        if !std::mem::replace(&mut conversation.open, false) {
            return;
        }
        let sid = conversation.sid.clone();
        let mut pairs = event("onConversationStateUpdated", &sid);
        pairs.push(pair("StateFrom", "active"));
        pairs.push(pair("StateTo", "closed"));
        self.webhooks.push_back(pairs);
    }

    /// A person's text: relayed to the others, then told.
    pub(crate) fn inbound(
        &mut self,
        conversation: &str,
        author: &Address,
        body: &str,
        verdict: Option<Verdict>,
        now: Timestamp,
    ) {
        let (body, attributes) = match verdict {
            Some(Verdict::Relabelled { body, attributes }) => (body, attributes),
            _ => (body.to_owned(), "{}".to_owned()),
        };
        self.message(conversation, &author.to_string(), &body, &attributes, now);
    }

    /// A message in a conversation, shown on every phone but the author's.
    pub(crate) fn message(
        &mut self,
        conversation: &str,
        author: &str,
        body: &str,
        attributes: &str,
        now: Timestamp,
    ) -> (String, i64) {
        let sid = self.sid("IM");
        let message = (sid.clone(), author.to_owned(), body.to_owned(), attributes.to_owned());
        let found = self.find_mut(conversation);
        found.messages.push(message);
        let index = i64::try_from(found.messages.len()).unwrap() - 1;
        let people = found.people.clone();
        for (_, person, sender) in &people {
            if person.to_string() != author && !self.blocked.contains(&(person.clone(), sender.clone())) {
                self.phones.entry(person.clone()).or_default().push(body.to_owned());
            }
        }
        let mut pairs = event("onMessageAdded", conversation);
        pairs.push(pair("MessageSid", &sid));
        pairs.push(pair("Index", &index.to_string()));
        pairs.push(pair("Author", author));
        pairs.push(pair("Body", body));
        pairs.push(pair("Attributes", attributes));
        pairs.push(pair("DateCreated", &now.to_string()));
        if let Some((participant, ..)) = people.iter().find(|(_, p, _)| p.to_string() == author) {
            pairs.push(pair("ParticipantSid", participant));
        }
        self.webhooks.push_back(pairs);
        (sid, index)
    }

    /// A text past any conversation; Twilio's error code when it is refused.
    pub(crate) fn send_alone(&mut self, to: &Address, from: &Address, body: &str) -> Result<String, u32> {
        if self.blocked.contains(&(to.clone(), from.clone())) {
            return Err(21610);
        }
        let sid = self.sid("SM");
        self.phones.entry(to.clone()).or_default().push(body.to_owned());
        self.alone.push((sid.clone(), to.clone(), body.to_owned()));
        Ok(sid)
    }

    /// The message in a conversation that carries our id.
    pub(crate) fn look(&self, conversation: &str, id: &str) -> Option<(String, i64)> {
        self.find(conversation).messages.iter().zip(0..).find_map(|((sid, _, _, attributes), index)| {
            let ours = Mark::take(attributes).0.outbound_id?;
            (ours.as_str() == id).then(|| (sid.clone(), index))
        })
    }

    pub(crate) fn receipt(
        conversation: &str,
        message: &str,
        participant: &str,
        status: &str,
        error: u32,
    ) -> Pairs {
        let mut pairs = event("onDeliveryUpdated", conversation);
        pairs.push(pair("MessageSid", message));
        let own = &message[message.len() - 16..];
        pairs.push(pair("DeliveryReceiptSid", &format!("DY{}{own}", &participant[participant.len() - 16..])));
        pairs.push(pair("ParticipantSid", participant));
        pairs.push(pair("Status", status));
        pairs.push(pair("ErrorCode", &error.to_string()));
        pairs
    }
}

pub(crate) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

pub(crate) fn event(kind: &str, conversation: &str) -> Pairs {
    vec![pair("AccountSid", super::ACCOUNT), pair("EventType", kind), pair("ConversationSid", conversation)]
}

fn binding(person: &Address, sender: &Address) -> Pairs {
    vec![
        pair("MessagingBinding.Address", &person.to_string()),
        pair("MessagingBinding.ProxyAddress", &sender.to_string()),
    ]
}
