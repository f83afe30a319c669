//! Conversations: their state, timers, and what they hold.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::message::{Message, count_after};
use super::participant::{NewParticipant, Participant};
use super::timers::TimerKey;
use super::webhook_settings::ScopedWebhook;
use crate::clock::iso;
use crate::config::ClosedTimer;
use crate::error::ApiError;

/// A conversation and everything under it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Conversation {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    /// The Conversation Service it belongs to (`IS…`).
    pub(crate) service_sid: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) unique_name: Option<String>,
    pub(crate) attributes: String,
    pub(crate) state: State,
    pub(crate) messaging_service_sid: String,
    pub(crate) email: Option<Email>,
    pub(crate) timers: ConversationTimers,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) participants: Vec<Participant>,
    /// In order of `index`.
    pub(crate) messages: Vec<Message>,
    pub(crate) message_index: HashMap<String, u64>,
    pub(crate) next_index: u64,
    pub(crate) webhooks: Vec<ScopedWebhook>,
    pub(crate) pending: Option<Pending>,
}

/// The default sender for email, kept as it was given.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Email {
    pub(crate) address: String,
    pub(crate) name: Option<String>,
}

/// A conversation's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum State {
    /// Its participants are still being added, after `ConversationWithParticipants`.
    Initializing,
    Active,
    Inactive,
    Closed,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Initializing, Self::Active, Self::Inactive, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// The two timers, in milliseconds, and from when they count.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct ConversationTimers {
    pub(crate) inactive: Option<i64>,
    pub(crate) closed: Option<i64>,
    /// The last message or change of the timers.
    pub(crate) active_since: i64,
    /// When the conversation last became inactive.
    pub(crate) inactive_since: Option<i64>,
    pub(crate) key: Option<TimerKey>,
}

impl ConversationTimers {
    pub(crate) fn date_inactive(&self, state: State) -> Option<i64> {
        (state == State::Active).then_some(self.inactive?).map(|after| self.active_since + after)
    }

    pub(crate) fn date_closed(&self, state: State, rule: ClosedTimer) -> Option<i64> {
        let after = self.closed?;
        let from = match (rule, state) {
            (_, State::Initializing | State::Closed) => return None,
            (ClosedTimer::FromActivity, _) => self.active_since,
            (ClosedTimer::FromInactive, State::Inactive) => self.inactive_since.unwrap_or(self.active_since),
            // Nothing would ever start the count of an active conversation without an inactive timer.
            (ClosedTimer::FromInactive, State::Active) if self.inactive.is_none() => self.active_since,
            (ClosedTimer::FromInactive, State::Active) => return None,
        };
        Some(from + after)
    }

    /// The `timers` object: absolute times, `{}` when there is none.
    pub(crate) fn render(&self, state: State, rule: ClosedTimer) -> Value {
        let mut timers = Map::new();
        for (name, date) in
            [("date_inactive", self.date_inactive(state)), ("date_closed", self.date_closed(state, rule))]
        {
            if let Some(date) = date {
                timers.insert(name.to_owned(), Value::String(iso(date)));
            }
        }
        Value::Object(timers)
    }
}

/// A conversation to be created, already read from its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewConversation {
    pub(crate) service_sid: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) unique_name: Option<String>,
    pub(crate) attributes: String,
    pub(crate) state: Option<State>,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) email: Option<Email>,
    pub(crate) inactive: Option<i64>,
    pub(crate) closed: Option<i64>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

/// What is still to be done for a conversation that is initializing.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Pending {
    pub(crate) participants: Vec<NewParticipant>,
    /// The state it then gets.
    pub(crate) state: State,
    /// Whether webhooks hear of it.
    pub(crate) announce: bool,
}

impl Conversation {
    /// A closed conversation accepts no writes (50377), nor does one that is initializing.
    pub(crate) fn check_open(&self) -> Result<(), ApiError> {
        match self.state {
            State::Closed => Err(ApiError::bad(50377, "Conversation is closed and cannot be changed")),
            State::Initializing => {
                Err(ApiError::conflict(20409, "Conversation is initializing; try again when it is active"))
            }
            State::Active | State::Inactive => Ok(()),
        }
    }

    pub(crate) fn participant(&self, sid: &str) -> Option<&Participant> {
        self.participants.iter().find(|participant| {
            participant.sid == sid || (!sid.is_empty() && participant.identity.as_deref() == Some(sid))
        })
    }

    pub(crate) fn participant_mut(&mut self, sid: &str) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|participant| participant.sid == sid)
    }

    /// How many messages lie behind a participant's read horizon; unknown before the first reading.
    pub(crate) fn unread(&self, participant: &Participant) -> Option<usize> {
        let read = u64::try_from(participant.last_read_index?).ok()?;
        Some(count_after(&self.messages, read))
    }

    pub(crate) fn author(&self, author: &str) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.is_author(author))
    }

    fn position(&self, sid: &str) -> Option<usize> {
        let index = self.message_index.get(sid)?;
        self.messages.binary_search_by_key(index, |message| message.index).ok()
    }

    pub(crate) fn message(&self, sid: &str) -> Option<&Message> {
        self.position(sid).map(|position| &self.messages[position])
    }

    pub(crate) fn message_mut(&mut self, sid: &str) -> Option<&mut Message> {
        self.position(sid).map(|position| &mut self.messages[position])
    }

    pub(crate) fn push_message(&mut self, message: Message) {
        self.message_index.insert(message.sid.clone(), message.index);
        self.messages.push(message);
    }

    pub(crate) fn remove_message(&mut self, sid: &str) -> Option<Message> {
        let position = self.position(sid)?;
        self.message_index.remove(sid);
        Some(self.messages.remove(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timers() -> ConversationTimers {
        ConversationTimers {
            inactive: Some(60_000),
            closed: Some(600_000),
            active_since: 1000,
            inactive_since: Some(61_000),
            key: None,
        }
    }

    #[test]
    fn both_timers_count_from_the_last_activity_by_default() {
        let timers = timers();
        assert_eq!(timers.date_inactive(State::Active), Some(61_000));
        assert_eq!(timers.date_closed(State::Active, ClosedTimer::FromActivity), Some(601_000));
        assert_eq!(timers.date_closed(State::Inactive, ClosedTimer::FromActivity), Some(601_000));
        assert_eq!(timers.render(State::Closed, ClosedTimer::FromActivity), Value::Object(Map::new()));
    }

    #[test]
    fn the_closed_timer_can_count_from_becoming_inactive() {
        let mut timers = timers();
        assert_eq!(timers.date_closed(State::Active, ClosedTimer::FromInactive), None);
        assert_eq!(timers.date_closed(State::Inactive, ClosedTimer::FromInactive), Some(661_000));
        timers.inactive = None;
        assert_eq!(timers.date_closed(State::Active, ClosedTimer::FromInactive), Some(601_000));
    }
}
