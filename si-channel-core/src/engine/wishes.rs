//! What Si and the API want, what their effects bring back, and time.

use serde_json::Value;
use std::sync::Arc;

use crate::address::Address;
use crate::consent::{Act, Breadth};
use crate::content::Utterance;
use crate::effect::{Reaction, TimerKind, TimerPlan, writes};
use crate::engine::{Desk, Stop};
use crate::event::{CloseReason, Origin, Person, Target};
use crate::id::{SessionId, TurnId};
use crate::input::{Input, SendMessage};
use crate::language::LanguageBasis;
use crate::outbound::{self, OutboundState, Step};
use crate::rejection::Rejection;
use crate::session::{self, Command, NewSession, Say, Session};
use crate::world::Want;

impl Desk<'_> {
    pub(super) fn wish(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::SendToAddress { to, send, correlation_id } => {
                let session = self.session_for(to)?;
                self.speak(&session.id, to, send.locale.as_ref(), LanguageBasis::Choice)?;
                self.say(&session.id, send, correlation_id.clone(), Some(to))
            }
            Input::SendToSession { session_id, send, correlation_id } => {
                let basis = match send.in_reply_to {
                    Some(_) => LanguageBasis::Answer,
                    None => LanguageBasis::Choice,
                };
                // In a group it is the language of the message, and not of everybody.
                if let [only] = &self.existing(session_id)?.members[..] {
                    self.speak(session_id, &only.person.address, send.locale.as_ref(), basis)?;
                }
                match &send.in_reply_to {
                    Some(turn_id) => self.late_answer(session_id, turn_id, &send.utterance),
                    None => self.say(session_id, send, correlation_id.clone(), None),
                }
            }
            Input::OpenSession { address, name, language, attributes } => {
                let id = self.open(address, name.clone(), attributes.clone())?;
                self.speak(&id, address, language.as_ref(), LanguageBasis::Choice)
            }
            Input::LanguageTold { session_id, address, spoken } => {
                let session = self.existing(session_id)?;
                self.learn(session, address, spoken.clone())
            }
            Input::IssueCode { session_id } => {
                self.outcome.session_id = Some(session_id.clone());
                self.command(session_id, &Command::IssueCode).map(drop)
            }
            Input::CloseSession { session_id } => {
                self.command(session_id, &Command::Close { reason: CloseReason::Requested }).map(drop)
            }
            Input::RecordConsent { address, granted, scope, everywhere, method, evidence } => {
                let act = Act::Told {
                    granted: *granted,
                    scope: scope.clone(),
                    breadth: if *everywhere { Breadth::All } else { Breadth::Channel },
                    method: *method,
                    evidence: evidence.clone(),
                };
                self.act(address, &act, None)?;
                if *granted { self.release(address) } else { self.leave_groups(address) }
            }
            Input::ForgetPerson { address } => self.act(address, &Act::Erased, None).map(drop),
            Input::LocatePerson { address, evidence, place, time_zone } => {
                let (evidence, place, time_zone) = (*evidence, *place, *time_zone);
                self.act(address, &Act::Located { evidence, place, time_zone }, None).map(drop)
            }
            Input::MergePerson { address, account_id, visitor_id, name } => {
                self.merge(address, account_id, visitor_id, name.as_deref())
            }
            Input::ConversationReady { .. } => self.ready(input),
            Input::ConversationFailed { session_id, reason } => {
                self.command(session_id, &Command::FailToOpen { reason: reason.clone() }).map(drop)
            }
            // Resumed while it was being closed, it ends all the same: Twilio opens no conversation again.
            Input::ConversationClosed { session_id } => {
                self.command(session_id, &Command::Closed { reason: CloseReason::Twilio }).map(drop)
            }
            Input::TurnAnswered { session_id, turn_id, part, utterance, last, close } => {
                self.answered_to(session_id, turn_id)?;
                match self.command(session_id, &Command::Answer { turn_id, part: *part, utterance }) {
                    // Another attempt has said its last part already, and was overtaken before it could say so.
                    Err(Stop::Rejected(Rejection::AlreadySo, _)) if *last => {}
                    answered => drop(answered?),
                }
                if *last {
                    self.try_command(session_id, &Command::Complete { turn_id })?;
                }
                if *close {
                    self.try_command(session_id, &Command::Close { reason: CloseReason::Requested })?;
                }
                Ok(())
            }
            Input::TurnCompleted { session_id, turn_id, close } => {
                self.answered_to(session_id, turn_id)?;
                self.command(session_id, &Command::Complete { turn_id })?;
                if *close {
                    self.try_command(session_id, &Command::Close { reason: CloseReason::Requested })?;
                }
                Ok(())
            }
            Input::TurnFailed { session_id, turn_id, reason } => {
                self.answered_to(session_id, turn_id)?;
                self.command(session_id, &Command::FailTurn { turn_id, reason }).map(drop)
            }
            Input::TimerFired { kind } => self.timer(kind),
            _ => Err(Rejection::AlreadySo.into()),
        }
    }

    /// What follows goes back to the message that the question is about.
    fn answered_to(&mut self, id: &SessionId, turn_id: &TurnId) -> Result<(), Stop> {
        let session = self.existing(id)?;
        self.correlation =
            session.turns.iter().find(|t| t.turn_id == *turn_id).map(|t| t.message_sid.clone());
        Ok(())
    }

    fn late_answer(&mut self, id: &SessionId, turn_id: &TurnId, utterance: &Utterance) -> Result<(), Stop> {
        let session = self.existing(id)?;
        if session.is_erased() {
            return Err(Rejection::NotFound("its people were erased").into());
        }
        self.answered_to(id, turn_id)?;
        let part = session.turns.iter().find(|t| t.turn_id == *turn_id).map_or(0, |t| t.parts);
        self.command(id, &Command::Answer { turn_id, part, utterance })?;
        self.try_command(id, &Command::Complete { turn_id }).map(drop)
    }

    /// Answers what waited for a consent that was recorded elsewhere.
    fn release(&mut self, address: &Address) -> Result<(), Stop> {
        let Ok(sender) = self.sender_for(address) else { return Ok(()) };
        match self.open_session(address, &sender)? {
            Some(session) => self.try_command(&session.id, &Command::Release { address }).map(drop),
            None => Ok(()),
        }
    }

    fn say(
        &mut self,
        id: &SessionId,
        send: &SendMessage,
        correlation_id: Option<String>,
        only: Option<&Address>,
    ) -> Result<(), Stop> {
        let say = Say {
            utterance: send.utterance.clone(),
            class: send.class,
            purpose: send.purpose.clone(),
            not_before: send.not_before,
            expires_at: send.expires_at,
            language: send.locale.clone(),
            turn_id: None,
            correlation_id,
        };
        self.command(id, &Command::Say { say: &say, only }).map(drop)
    }

    /// The open session with an address, begun if need be.
    fn session_for(&mut self, address: &Address) -> Result<Arc<Session>, Stop> {
        let sender = self.sender_for(address)?;
        self.world.need([Want::Binding(address.clone(), sender.clone()), Want::Ledger(address.clone())])?;
        if let Some(open) = self.open_session(address, &sender)? {
            return Ok(open);
        }
        self.consenting(address)?;
        self.begin_unbound(address, &sender, Origin::Requested)
    }

    fn open(
        &mut self,
        address: &Address,
        name: Option<String>,
        attributes: Value,
    ) -> Result<SessionId, Stop> {
        let sender = self.sender_for(address)?;
        if let Some(open) = self.open_session(address, &sender)? {
            self.outcome.session_id = Some(open.id.clone());
            return Ok(open.id.clone());
        }
        self.consenting(address)?;
        let previous = self.session_by(&Want::Newest(address.clone()))?.map(|s| s.id.clone());
        let transport = self.context.policy.transport;
        let new = NewSession { origin: Origin::Requested, transport, previous, attributes };
        Ok(self.begin_with(address, &sender, name, new)?.id.clone())
    }

    fn ready(&mut self, input: &Input) -> Result<(), Stop> {
        let Input::ConversationReady { session_id, conversation_sid, person, adopted } = input else {
            return Err(Rejection::AlreadySo.into());
        };
        let owner = self.session_by(&Want::Conversation(conversation_sid.clone()))?;
        match owner.filter(|owner| owner.id != *session_id) {
            Some(owner) if owner.is_open() => {
                // The person is in another session's conversation, so that is their session.
                return self.person_in_conversation(conversation_sid, person, self.context.now);
            }
            Some(over) => return self.ensure_anew(session_id, &over, person),
            None => {}
        }
        let bind = Command::Bind { conversation_sid: conversation_sid.clone(), adopted: *adopted };
        self.try_command(session_id, &bind)?;
        let person = Person { name: None, ..person.clone() };
        let see = Command::SeePerson { person, at: self.context.now };
        self.try_command(session_id, &see).map(drop)
    }

    /// The conversation that was found belongs to a session that is over: it is closed, and another one made.
    fn ensure_anew(&mut self, id: &SessionId, over: &Session, person: &Person) -> Result<(), Stop> {
        let session = self.existing(id)?;
        if !session.is_unbound() || !session.is_open() {
            return Err(Rejection::AlreadySo.into());
        }
        let lane = writes(id);
        let mut closing = session::close(over, session::PRIORITY_FIRST);
        if let Reaction::Do(planned) = &mut closing {
            planned.lane = lane;
        }
        self.react(vec![closing, session::ensure(&session, person)]);
        Ok(())
    }

    fn timer(&mut self, kind: &TimerKind) -> Result<(), Stop> {
        match kind {
            TimerKind::Inactivity { session_id } => {
                let session = self.existing(session_id)?;
                let events = self.command(session_id, &Command::Tick)?;
                if events.is_empty() {
                    // Somebody has written since it was set: look again when that is long ago.
                    self.react(session::inactivity(&session, self.context.policy));
                }
                Ok(())
            }
            TimerKind::Window { session_id, address } => self.remind(kind, session_id, address),
            TimerKind::Scheduled { outbound_id, .. } => {
                let message = self.message(outbound_id)?;
                let message = message.ok_or(Rejection::NotFound("no such outbound message"))?;
                if message.state != OutboundState::Queued {
                    return Err(Rejection::AlreadySo.into());
                }
                if let Some(at) = message.not_before().filter(|at| *at > self.context.now) {
                    self.react(vec![Reaction::Timer(TimerPlan::Set { kind: kind.clone(), at })]);
                    return Ok(());
                }
                let session = self.existing(&message.session_id)?;
                let alone = matches!(message.queued.target, Target::Person { .. });
                if session.is_open() || alone {
                    self.react(vec![outbound::send(&message)]);
                    return Ok(());
                }
                if let Some((successor, target)) = self.successor(&session, &message)? {
                    self.carry_over(&message, &successor, target)?;
                    let moved = self.message(outbound_id)?.unwrap_or(message);
                    self.react(vec![outbound::send(&moved)]);
                    return Ok(());
                }
                let step = Step::Cancel { reason: "session_closed".to_owned() };
                self.step(outbound_id, &step).map(drop)
            }
        }
    }
}
