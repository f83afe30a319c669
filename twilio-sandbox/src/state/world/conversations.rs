//! Creating, changing, closing and deleting conversations.

use std::collections::HashMap;

use super::World;
use crate::config::TimerReset;
use crate::error::ApiError;
use crate::state::conversation::{Conversation, ConversationTimers, NewConversation, State};
use crate::state::edit::Edit;
use crate::state::origin::Origin;
use crate::state::participant::Participant;
use crate::state::timers::Due;
use crate::webhook::conversations as payload;

/// Why a conversation's state changed, in the words of `onConversationStateUpdated`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason {
    Api,
    Timer,
    Event,
}

impl Reason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Timer => "TIMER",
            Self::Event => "EVENT",
        }
    }
}

/// The fields of an update that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConversationChange {
    pub(crate) friendly_name: Option<String>,
    pub(crate) unique_name: Option<String>,
    pub(crate) attributes: Option<String>,
    pub(crate) state: Option<State>,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) email: Option<crate::state::conversation::Email>,
    pub(crate) inactive: Edit<i64>,
    pub(crate) closed: Edit<i64>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

impl World {
    /// Refuses a unique name that is taken in a service, but by its owner, or looks like a SID.
    pub(crate) fn check_unique_name(
        &self,
        service: &str,
        name: Option<&str>,
        owner: &str,
    ) -> Result<(), ApiError> {
        let Some(name) = name else { return Ok(()) };
        let hex = name.strip_prefix("CH").unwrap_or_default();
        if hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ApiError::bad(50390, "UniqueName must not have the form of a Conversation SID"));
        }
        match self.find_service(service)?.unique_names.get(name) {
            Some(sid) if sid != owner => {
                Err(ApiError::conflict(50353, "Conversation with provided unique name already exists"))
            }
            _ => Ok(()),
        }
    }

    /// Adds a conversation and publishes `onConversationAdded`.
    pub(crate) fn create_conversation(
        &mut self,
        new: NewConversation,
        origin: Origin,
    ) -> Result<String, ApiError> {
        self.check_messaging_service(new.messaging_service_sid.as_deref())?;
        self.check_unique_name(&new.service_sid, new.unique_name.as_deref(), "")?;
        let conversation = self.build_conversation(new);
        self.open_conversation(conversation, origin)
    }

    pub(super) fn build_conversation(&mut self, new: NewConversation) -> Conversation {
        let (now, seq, sid) = (self.now(), self.next_seq(), self.sids.sid("CH"));
        let created = new.created.unwrap_or(now);
        let state = new.state.unwrap_or(State::Active);
        let default = |timer: &Option<(String, i64)>| timer.as_ref().map(|(_, after)| *after);
        Conversation {
            seq,
            sid,
            service_sid: new.service_sid,
            friendly_name: new.friendly_name,
            unique_name: new.unique_name,
            attributes: new.attributes,
            state,
            messaging_service_sid: new
                .messaging_service_sid
                .unwrap_or_else(|| self.account.messaging_service_sid.clone()),
            email: new.email,
            timers: ConversationTimers {
                inactive: new.inactive.or_else(|| default(&self.default_timers.inactive)),
                closed: new.closed.or_else(|| default(&self.default_timers.closed)),
                active_since: now,
                inactive_since: (state == State::Inactive).then_some(now),
                key: None,
            },
            created,
            updated: new.updated.unwrap_or(created),
            participants: Vec::new(),
            messages: Vec::new(),
            message_index: HashMap::new(),
            next_index: 0,
            webhooks: Vec::new(),
            pending: None,
        }
    }

    pub(super) fn open_conversation(
        &mut self,
        conversation: Conversation,
        origin: Origin,
    ) -> Result<String, ApiError> {
        let sid = conversation.sid.clone();
        let service = self.find_service_mut(&conversation.service_sid)?;
        if let Some(name) = &conversation.unique_name {
            service.unique_names.insert(name.clone(), sid.clone());
        }
        service.conversations.insert(conversation.seq, sid.clone());
        self.conversations.insert(sid.clone(), conversation);
        self.reschedule(&sid);
        let conversation = self.find(&sid)?;
        let fields = payload::conversation_added(conversation);
        self.publish("onConversationAdded", conversation, fields, origin);
        Ok(sid)
    }

    /// Changes a conversation and publishes `onConversationUpdated`, and the new state if it changed.
    pub(crate) fn update_conversation(
        &mut self,
        sid: &str,
        change: ConversationChange,
        origin: Origin,
    ) -> Result<(), ApiError> {
        self.check_open(sid)?;
        let conversation = self.find(sid)?;
        let (service, old_name) = (conversation.service_sid.clone(), conversation.unique_name.clone());
        self.check_messaging_service(change.messaging_service_sid.as_deref())?;
        self.check_unique_name(&service, change.unique_name.as_deref(), sid)?;
        let now = self.now();
        if let Some(name) = &change.unique_name {
            let names = &mut self.find_service_mut(&service)?.unique_names;
            if let Some(old) = old_name {
                names.remove(&old);
            }
            names.insert(name.clone(), sid.to_owned());
        }
        let any_change = self.behaviour.timer_reset == TimerReset::AnyChange;
        let conversation = self.find_mut(sid)?;
        if any_change || !change.inactive.is_keep() || !change.closed.is_keep() {
            conversation.timers.active_since = now;
        }
        set(&mut conversation.friendly_name, change.friendly_name.map(Some));
        set(&mut conversation.unique_name, change.unique_name.map(Some));
        set(&mut conversation.attributes, change.attributes);
        set(&mut conversation.messaging_service_sid, change.messaging_service_sid);
        set(&mut conversation.email, change.email.map(Some));
        change.inactive.apply(&mut conversation.timers.inactive);
        change.closed.apply(&mut conversation.timers.closed);
        set(&mut conversation.created, change.created);
        conversation.updated = change.updated.unwrap_or(now);
        self.reschedule(sid);
        let conversation = self.find(sid)?;
        let fields = payload::conversation(conversation);
        self.publish("onConversationUpdated", conversation, fields, origin);
        if let Some(state) = change.state {
            self.set_state(sid, state, Reason::Api, origin)?;
        }
        Ok(())
    }

    /// Moves a conversation to a state. Closing releases its address pairs.
    pub(crate) fn set_state(
        &mut self,
        sid: &str,
        to: State,
        reason: Reason,
        origin: Origin,
    ) -> Result<(), ApiError> {
        let now = self.now();
        let conversation = self.find_mut(sid)?;
        let from = conversation.state;
        if from == to {
            return Ok(());
        }
        conversation.state = to;
        conversation.updated = now;
        match to {
            State::Active => conversation.timers.active_since = now,
            State::Inactive => conversation.timers.inactive_since = Some(now),
            State::Initializing | State::Closed => {}
        }
        if to == State::Closed {
            self.release_bindings(sid);
        }
        self.reschedule(sid);
        let conversation = self.find(sid)?;
        let fields = payload::state_updated(conversation, (from, to), reason.as_str(), now);
        self.publish("onConversationStateUpdated", conversation, fields, origin);
        Ok(())
    }

    /// A message resets the inactive timer and wakes an inactive conversation.
    pub(super) fn touch(&mut self, sid: &str, origin: Origin) -> Result<(), ApiError> {
        let now = self.now();
        self.find_mut(sid)?.timers.active_since = now;
        if self.find(sid)?.state == State::Inactive {
            return self.set_state(sid, State::Active, Reason::Event, origin);
        }
        self.reschedule(sid);
        Ok(())
    }

    /// A change that is no message counts as activity only if the sandbox is told so.
    pub(super) fn touch_by_change(&mut self, sid: &str) -> Result<(), ApiError> {
        if self.behaviour.timer_reset == TimerReset::AnyChange {
            self.find_mut(sid)?.timers.active_since = self.now();
            self.reschedule(sid);
        }
        Ok(())
    }

    /// Removes a conversation with all it holds and publishes `onConversationRemoved`.
    pub(crate) fn delete_conversation(&mut self, sid: &str, origin: Origin) -> Result<(), ApiError> {
        let conversation = self.find(sid)?;
        let fields = payload::conversation_removed(conversation, self.now());
        self.publish("onConversationRemoved", conversation, fields, origin);
        self.release_bindings(sid);
        let Some(conversation) = self.conversations.remove(sid) else { return Ok(()) };
        if let Some(key) = conversation.timers.key {
            self.timers.cancel(key);
        }
        let service = self.find_service_mut(&conversation.service_sid)?;
        if let Some(name) = &conversation.unique_name {
            service.unique_names.remove(name);
        }
        service.conversations.remove(&conversation.seq);
        for message in &conversation.messages {
            self.forget(&message.media);
        }
        for participant in &conversation.participants {
            self.forget_membership(participant);
        }
        Ok(())
    }

    /// As [`Conversation::check_open`], by SID.
    pub(crate) fn check_open(&self, sid: &str) -> Result<(), ApiError> {
        self.find(sid)?.check_open()
    }

    fn release_bindings(&mut self, sid: &str) {
        let Some(conversation) = self.conversations.get(sid) else { return };
        let pairs: Vec<_> = conversation.participants.iter().filter_map(Participant::binding).collect();
        for pair in pairs {
            if self.bindings.get(&pair).is_some_and(|holder| holder == sid) {
                self.bindings.remove(&pair);
            }
        }
    }

    fn reschedule(&mut self, sid: &str) {
        let rule = self.behaviour.closed_timer;
        let Some(conversation) = self.conversations.get_mut(sid) else { return };
        let (timers, state) = (&mut conversation.timers, conversation.state);
        let old = timers.key.take();
        let dates = [timers.date_inactive(state), timers.date_closed(state, rule)];
        if let Some(key) = old {
            self.timers.cancel(key);
        }
        if let Some(at) = dates.into_iter().flatten().min() {
            let key = self.schedule(at, Due::Conversation(sid.to_owned()));
            if let Some(conversation) = self.conversations.get_mut(sid) {
                conversation.timers.key = Some(key);
            }
        }
    }

    /// Carries out whichever of a conversation's timers has come.
    pub(super) fn conversation_due(&mut self, sid: &str) {
        let (now, rule) = (self.now(), self.behaviour.closed_timer);
        let Some(conversation) = self.conversations.get_mut(sid) else { return };
        conversation.timers.key = None;
        let state = conversation.state;
        let come = |date: Option<i64>| date.is_some_and(|date| date <= now);
        let to = if come(conversation.timers.date_closed(state, rule)) {
            State::Closed
        } else if come(conversation.timers.date_inactive(state)) {
            State::Inactive
        } else {
            self.reschedule(sid);
            return;
        };
        // The conversation was found above; nothing else can fail.
        let _ = self.set_state(sid, to, Reason::Timer, Origin::Platform);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
