//! Carries out effects against the small Twilio, step by step as the server does.

use jiff::SignedDuration;
use si_channel_core::content::Utterance;
use si_channel_core::effect::Effect;
use si_channel_core::event::{LeaveReason, Person, Target};
use si_channel_core::id::{OutboundId, SessionId};
use si_channel_core::input::Input;
use si_channel_core::normalize::mark_outbound;
use si_channel_core::outbound::{Claimed, OutboundMessage};
use si_channel_core::rejection::Rejection;
use si_channel_core::session::SessionState;
use twilio_conversations::sid::ConversationSid;

use super::{Cognition, Sim};

/// What goes wrong when a message is handed to Twilio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The answer is lost; Twilio has the message, or not.
    Unclear { taken: bool },
    /// The process dies before it records anything; Twilio has the message, or not.
    Death { taken: bool },
    /// Twilio refuses.
    Refused { code: u32 },
    /// The file of the message cannot be had.
    NoFile,
    /// Twilio is busy.
    Busy,
    /// Twilio cannot be reached.
    Away,
}

/// What becomes of an effect.
enum Done {
    Yes,
    /// Handed out again after so many milliseconds.
    Again(i64),
}

impl Sim {
    /// Carries out the next effect; `false` when there is none.
    pub(crate) fn carry_out(&mut self) -> bool {
        if self.paused {
            return false;
        }
        let Some(row) = self.store.next(self.now) else { return false };
        self.tick();
        match self.perform(&row.planned.effect) {
            Done::Yes => self.store.done(row.order),
            Done::Again(millis) => {
                self.store.put_off(row.order, self.now + SignedDuration::from_millis(millis));
            }
        }
        true
    }

    fn bring_back(&mut self, input: &Input) -> Done {
        match self.decide(input) {
            Err(Rejection::TooEarly(_)) => Done::Again(500),
            _ => Done::Yes,
        }
    }

    fn perform(&mut self, effect: &Effect) -> Done {
        match effect.clone() {
            Effect::EnsureConversation { session_id, person, .. } => self.ensure(session_id, person),
            Effect::LabelConversation { conversation_sid, .. } => {
                let found = self.twilio.conversations.iter_mut().find(|c| c.sid == conversation_sid.as_str());
                found.unwrap().labelled = true;
                Done::Yes
            }
            Effect::AddPerson { session_id, conversation_sid, person } => {
                let (address, reason) = (person.address.clone(), LeaveReason::Removed);
                let input = self.move_in(&conversation_sid, &person).map_or(
                    Input::PersonGone { session_id: session_id.clone(), address, reason },
                    |person| Input::PersonAdded { session_id, person },
                );
                self.bring_back(&input)
            }
            Effect::MovePerson { from_session_id, to_session_id, to_conversation_sid, person, .. } => {
                let moved = self.move_in(&to_conversation_sid, &person);
                let reason = "the conversation is closed".to_owned();
                let input = if let Some(person) = moved {
                    Input::PersonMoved { from_session_id, to_session_id, person }
                } else {
                    Input::MoveFailed { from_session_id, to_session_id, person, reason }
                };
                self.bring_back(&input)
            }
            Effect::RemovePerson { session_id, conversation_sid, person, reason } => {
                if let Some(sid) = conversation_sid {
                    self.twilio.remove(sid.as_str(), &person.address, self.now);
                }
                self.bring_back(&Input::PersonGone { session_id, address: person.address, reason })
            }
            Effect::CloseConversation { session_id, conversation_sid } => {
                let session = &self.store.sessions[&session_id];
                if !matches!(session.state, SessionState::Closing | SessionState::Closed) {
                    return Done::Yes;
                }
                if let Some(sid) = conversation_sid.or(session.conversation_sid.clone()) {
                    self.twilio.close(sid.as_str());
                }
                self.bring_back(&Input::ConversationClosed { session_id })
            }
            Effect::Send { outbound_id, .. } => self.send_out(&outbound_id),
            Effect::Ask { session_id, turn_id, text, .. } => self.ask(session_id, turn_id, text),
            Effect::FetchMedia { media_id, .. } => {
                let outcome = self.files.clone();
                self.bring_back(&Input::MediaFetched { media_id, outcome })
            }
            Effect::Retime { address } => {
                let held = self.store.outbound.values().filter(|message| {
                    let session = &self.store.sessions[&message.session_id];
                    message.postponed.is_some()
                        && match &message.queued.target {
                            Target::Person { address: to, .. } => *to == address,
                            Target::Session => session.is_open() && session.member(&address).is_some(),
                        }
                });
                let outbound_ids = held.map(|message| message.id().clone()).collect();
                let _ = self.decide(&Input::Retime { outbound_ids });
                Done::Yes
            }
            Effect::CancelQueued { address, scope } => {
                let waiting: Vec<OutboundId> = self
                    .store
                    .outbound
                    .values()
                    .filter(|message| match &message.queued.target {
                        Target::Person { address: to, .. } => *to == address,
                        Target::Session => {
                            let session = &self.store.sessions[&message.session_id];
                            session.is_open() && session.is_only(&address)
                        }
                    })
                    .filter(|message| message.queued.exemption.is_none())
                    .filter(|message| {
                        let queued = &message.queued;
                        let purpose = queued.purpose.as_deref().filter(|_| queued.text_id.is_none());
                        let sender = self.policy.senders.of(address.channel());
                        scope.covers(&self.policy.matter(sender, purpose, queued.class))
                    })
                    .map(|message| message.id().clone())
                    .collect();
                for outbound_id in waiting {
                    let _ = self.decide(&Input::Cancel { outbound_id, reason: "opted_out".to_owned() });
                }
                Done::Yes
            }
        }
    }

    fn ask(&mut self, session_id: SessionId, turn_id: si_channel_core::id::TurnId, text: String) -> Done {
        let open = self.store.sessions[&session_id].turns.iter().any(|turn| turn.turn_id == turn_id);
        match self.cognition {
            _ if !open => Done::Yes,
            Cognition::Later => {
                self.asked.push((session_id, turn_id, text));
                Done::Yes
            }
            Cognition::Echo => self.bring_back(&Input::TurnAnswered {
                session_id,
                turn_id,
                part: 0,
                utterance: Utterance::text(format!("You said: {text}")),
                last: true,
                close: false,
            }),
        }
    }

    fn ensure(&mut self, session_id: SessionId, person: Person) -> Done {
        let session = &self.store.sessions[&session_id];
        if session.conversation_sid.is_some() || !session.is_open() {
            return Done::Yes;
        }
        let (sid, adopted) = match self.twilio.of(&person.address, &person.sender) {
            Some(open) => (open.sid.clone(), true),
            None => (self.twilio.create(), false),
        };
        let participant = self.twilio.add(&sid, &person.address, &person.sender, self.now).unwrap();
        self.bring_back(&Input::ConversationReady {
            session_id,
            conversation_sid: sid.parse().unwrap(),
            person: Person { participant_sid: Some(participant.parse().unwrap()), ..person },
            adopted,
        })
    }

    /// Out of wherever they are, then in; repeating it finishes what was begun.
    pub(crate) fn move_in(&mut self, conversation: &ConversationSid, person: &Person) -> Option<Person> {
        for _ in 0..5 {
            match self.twilio.add(conversation.as_str(), &person.address, &person.sender, self.now) {
                Ok(sid) => {
                    return Some(Person { participant_sid: Some(sid.parse().unwrap()), ..person.clone() });
                }
                Err(Some(other)) => self.twilio.remove(&other, &person.address, self.now),
                Err(None) => return None,
            }
        }
        None
    }

    fn send_out(&mut self, id: &OutboundId) -> Done {
        match self.decide(&Input::SendClaimed { outbound_id: id.clone() }) {
            Ok(_) => {}
            Err(Rejection::TooEarly(_)) => return Done::Again(100),
            Err(_) => return Done::Yes,
        }
        let message = self.store.outbound[id].clone();
        match message.claimed(self.now) {
            Claimed::Post => self.post(&message),
            Claimed::Look => self.look(&message),
            Claimed::Wait => Done::Again(50),
            Claimed::Settled => Done::Yes,
        }
    }

    fn post(&mut self, message: &OutboundMessage) -> Done {
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        self.posted(message);
        let outbound_id = message.id().clone();
        let failed = |code, transient, file| Input::SendFailed {
            outbound_id: outbound_id.clone(),
            error_code: code,
            reason: "refused".to_owned(),
            transient,
            outage: fault == Fault::Away,
            retry_after: None,
            file,
        };
        let input = match fault {
            Fault::Unclear { taken } | Fault::Death { taken } => {
                if taken {
                    self.hand_over(message).unwrap();
                }
                if matches!(fault, Fault::Unclear { .. }) {
                    self.decide(&Input::SendUnclear { outbound_id }).unwrap();
                }
                return Done::Again(250);
            }
            Fault::Refused { code } => failed(Some(code), false, false),
            Fault::NoFile => failed(None, false, true),
            Fault::Busy | Fault::Away => failed(None, true, false),
            Fault::None => match self.hand_over(message) {
                Ok((message_sid, index)) => {
                    Input::SendAccepted { outbound_id, message_sid, index, shown: None, at: self.now }
                }
                Err(code) => failed(Some(code), false, false),
            },
        };
        self.settle_send(&input)
    }

    fn hand_over(&mut self, message: &OutboundMessage) -> Result<(String, Option<i64>), u32> {
        let text = message.queued.content.words();
        let session = &self.store.sessions[&message.session_id];
        match (&message.queued.target, &session.conversation_sid) {
            (Target::Person { address, sender }, _) => {
                Ok((self.twilio.send_alone(address, sender, text)?, None))
            }
            (Target::Session, Some(sid)) => {
                let mark = mark_outbound(message.id());
                let (sid, index) = self.twilio.message(sid.as_str(), "system", text, &mark, self.now);
                Ok((sid, Some(index)))
            }
            (Target::Session, None) => {
                let Person { address, sender, .. } = &session.members[0].person.clone();
                Ok((self.twilio.send_alone(address, sender, text)?, None))
            }
        }
    }

    fn look(&mut self, message: &OutboundMessage) -> Done {
        let outbound_id = message.id().clone();
        let session = &self.store.sessions[&message.session_id];
        let found = match (&message.queued.target, &session.conversation_sid) {
            (Target::Session, Some(sid)) => self.twilio.look(sid.as_str(), outbound_id.as_str()),
            _ => self.twilio.alone.iter().find_map(|(sid, _, body)| {
                (*body == message.queued.content.words()).then(|| (sid.clone(), 0))
            }),
        };
        let input = match found {
            Some((message_sid, index)) => Input::SendAccepted {
                outbound_id,
                message_sid,
                index: Some(index),
                shown: None,
                at: self.now,
            },
            None => Input::SendNotFound { outbound_id },
        };
        self.settle_send(&input)
    }

    fn settle_send(&mut self, input: &Input) -> Done {
        match self.decide(input) {
            Err(Rejection::TooEarly(_)) => Done::Again(2_000),
            Err(_) => Done::Yes,
            Ok(outcome) => {
                let deferred = outcome.events.iter().find(|e| e.kind == "si.channel.message.deferred.v1");
                match deferred {
                    Some(event) => {
                        let at: jiff::Timestamp = event.data["retry_at"].as_str().unwrap().parse().unwrap();
                        let wait = at.duration_since(self.now).as_millis();
                        Done::Again(i64::try_from(wait).unwrap().max(0))
                    }
                    None => Done::Yes,
                }
            }
        }
    }
}
