//! `/Conversations[/{Sid}]`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::scope::Scope;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::conversation::{Conversation, Email, NewConversation, State};
use crate::state::edit::Edit;
use crate::state::origin::Origin;
use crate::state::validate::{attributes, duration, moment, name, time};
use crate::state::world::World;
use crate::state::world::conversations::ConversationChange;
use crate::webhook::conversations as payload;
use crate::webhook::pre::{self, Verdict};

/// Bytes of attributes on a conversation.
const ATTRIBUTES: usize = 16 * 1024;

pub(crate) fn render(world: &World, one: &Conversation, root: &str) -> Value {
    let url = format!("{root}/Conversations/{}", one.sid);
    let email = one.email.as_ref();
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "chat_service_sid": one.service_sid,
        "messaging_service_sid": one.messaging_service_sid,
        "friendly_name": one.friendly_name,
        "unique_name": one.unique_name,
        "attributes": one.attributes,
        "state": one.state.as_str(),
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "timers": one.timers.render(one.state, world.behaviour.closed_timer),
        "bindings": email.map_or(json!({}), |email| json!({
            "email": {"projected_address": email.address, "name": email.name},
        })),
        "url": url,
        "links": {
            "participants": format!("{url}/Participants"),
            "messages": format!("{url}/Messages"),
            "webhooks": format!("{url}/Webhooks"),
            "export": format!("{url}/Export"),
        },
    })
}

pub(crate) fn list(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let paging = Paging::of(call, 100)?;
    let date = |parameter: &str| {
        call.query.filled(parameter).map(|text| {
            moment(text).ok_or_else(|| ApiError::bad(20001, format!("{parameter} {text:?} is not a date")))
        })
    };
    let (start, end) = (date("StartDate").transpose()?, date("EndDate").transpose()?);
    let state = call.query.filled("State").map(parse_state).transpose()?;
    let world = hub.world();
    let service = world.find_service(&scope.service_sid)?;
    let fits = |one: &&Conversation| {
        start.is_none_or(|start| one.created >= start)
            && end.is_none_or(|end| one.created <= end)
            && state.is_none_or(|state| one.state == state)
    };
    let all = |range| {
        let sids = service.conversations.range::<u64, std::ops::Range<u64>>(range).map(|(_, sid)| sid);
        sids.filter_map(|sid| world.conversations.get(sid)).filter(fits)
    };
    let page = if start.or(end).is_none() {
        paging.take(false, |range| all(range).map(|one| (one.seq, one)))
    } else {
        // With dates, Twilio lists the latest first.
        paging.take(true, |range| {
            let mut dated: Vec<_> = all(0..u64::MAX).map(|one| (date_key(one), one)).collect();
            dated.retain(|(key, _)| range.contains(key));
            dated.sort_unstable_by_key(|(key, _)| *key);
            dated.into_iter()
        })
    };
    let url = format!("{}/Conversations", scope.root);
    Reply::ok(page.v1(call, &url, "conversations", |one| render(&world, one, &scope.root)))
}

/// Sorts by seconds of creation, then by the order it happened in.
fn date_key(one: &Conversation) -> u64 {
    let seconds = u64::try_from(one.created / 1000).unwrap_or(0).min((1 << 34) - 1);
    seconds << 30 | one.seq & ((1 << 30) - 1)
}

pub(crate) fn fetch(hub: &Hub, id: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, scope.find(&world, id)?, &scope.root))
}

pub(crate) async fn create(hub: &Arc<Hub>, call: &Call, scope: &Scope) -> Answer {
    let mut new = read(&call.form, scope)?;
    let origin = call.origin();
    hub.world().check_unique_name(&new.service_sid, new.unique_name.as_deref(), "")?;
    ask_to_add(hub, &mut new, origin).await?;
    let mut world = hub.world();
    let sid = world.create_conversation(new, origin)?;
    Reply::created(render(&world, world.find(&sid)?, &scope.root))
}

/// The parameters of a new conversation.
pub(super) fn read(form: &Form, scope: &Scope) -> Result<NewConversation, ApiError> {
    let state = form.get("State").map(parse_state).transpose()?;
    match state {
        Some(State::Closed) => {
            return Err(ApiError::bad(50384, "Conversation state at creation cannot be closed"));
        }
        Some(State::Initializing) => return Err(not_settable()),
        _ => {}
    }
    let (inactive, closed) = timers(form)?;
    let (inactive, closed) = (inactive.into_value(), closed.into_value());
    if (inactive.is_some() || closed.is_some()) && state.is_none() {
        return Err(ApiError::bad(50382, "Timers cannot be set at creation without State"));
    }
    name("FriendlyName", form.get("FriendlyName"))?;
    Ok(NewConversation {
        service_sid: scope.service_sid.clone(),
        friendly_name: form.filled("FriendlyName").map(str::to_owned),
        unique_name: form.filled("UniqueName").map(str::to_owned),
        attributes: attributes(form.get("Attributes"), ATTRIBUTES)?,
        state,
        messaging_service_sid: messaging_service(form)?,
        email: email(form),
        inactive,
        closed,
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    })
}

/// Asks the pre-action webhook, which may change the friendly name.
pub(super) async fn ask_to_add(
    hub: &Arc<Hub>,
    new: &mut NewConversation,
    origin: Origin,
) -> Result<(), ApiError> {
    let fields = payload::conversation_add(&hub.world(), new);
    if let Verdict::Change(keys) =
        pre::ask(hub, &new.service_sid, "onConversationAdd", fields, origin).await?
    {
        let friendly_name = keys.text("friendly_name")?;
        name("friendly_name", friendly_name.as_deref())?;
        new.friendly_name = friendly_name.or(new.friendly_name.take());
    }
    Ok(())
}

pub(crate) async fn update(hub: &Arc<Hub>, call: &Call, id: &str, scope: &Scope) -> Answer {
    let form = &call.form;
    name("FriendlyName", form.get("FriendlyName"))?;
    let (inactive, closed) = timers(form)?;
    let mut change = ConversationChange {
        friendly_name: form.get("FriendlyName").map(str::to_owned),
        unique_name: form.filled("UniqueName").map(str::to_owned),
        attributes: form.get("Attributes").map(|text| attributes(Some(text), ATTRIBUTES)).transpose()?,
        state: form.get("State").map(settable_state).transpose()?,
        messaging_service_sid: messaging_service(form)?,
        email: email(form),
        inactive,
        closed,
        created: time("DateCreated", form.filled("DateCreated"))?,
        updated: time("DateUpdated", form.filled("DateUpdated"))?,
    };
    let origin = call.origin();
    let (sid, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        world.check_open(&conversation.sid)?;
        world.check_unique_name(&scope.service_sid, change.unique_name.as_deref(), &conversation.sid)?;
        let mut proposed = conversation.clone();
        proposed.friendly_name = change.friendly_name.clone().or(proposed.friendly_name);
        proposed.unique_name = change.unique_name.clone().or(proposed.unique_name);
        proposed.attributes = change.attributes.clone().unwrap_or(proposed.attributes);
        (conversation.sid.clone(), payload::conversation(&proposed))
    };
    if let Verdict::Change(keys) =
        pre::ask(hub, &scope.service_sid, "onConversationUpdate", fields, origin).await?
    {
        let friendly_name = keys.text("friendly_name")?;
        name("friendly_name", friendly_name.as_deref())?;
        change.friendly_name = friendly_name.or(change.friendly_name);
    }
    let mut world = hub.world();
    world.update_conversation(&sid, change, origin)?;
    Reply::ok(render(&world, world.find(&sid)?, &scope.root))
}

pub(crate) async fn delete(hub: &Arc<Hub>, call: &Call, id: &str, scope: &Scope) -> Answer {
    let origin = call.origin();
    let (sid, fields) = {
        let world = hub.world();
        let conversation = scope.find(&world, id)?;
        (conversation.sid.clone(), payload::conversation(conversation))
    };
    pre::ask(hub, &scope.service_sid, "onConversationRemove", fields, origin).await?;
    hub.world().delete_conversation(&sid, origin)?;
    Reply::deleted()
}

fn parse_state(text: &str) -> Result<State, ApiError> {
    if text.is_empty() {
        return Err(ApiError::bad(50374, "Conversation state cannot be empty"));
    }
    State::parse(text).ok_or_else(|| {
        let expected = "expected active, inactive, closed, or initializing in lists";
        ApiError::bad(20001, format!("Invalid State {text:?}: {expected}"))
    })
}

fn settable_state(text: &str) -> Result<State, ApiError> {
    parse_state(text)
        .and_then(|state| if state == State::Initializing { Err(not_settable()) } else { Ok(state) })
}

fn not_settable() -> ApiError {
    ApiError::bad(20001, "State initializing is Twilio's own and cannot be set")
}

fn timers(form: &Form) -> Result<(Edit<i64>, Edit<i64>), ApiError> {
    let read = |parameter: &str, minimum: i64, codes: (u32, u32)| {
        Edit::read(form.get(parameter), |text| timer(parameter, text, minimum, codes))
    };
    Ok((read("Timers.Inactive", 60_000, (50375, 50379))?, read("Timers.Closed", 600_000, (50376, 50380))?))
}

/// An ISO 8601 duration of at least `minimum` milliseconds.
pub(crate) fn timer(
    parameter: &str,
    text: &str,
    minimum: i64,
    (invalid, short): (u32, u32),
) -> Result<i64, ApiError> {
    let value = duration(text).ok_or_else(|| {
        ApiError::bad(invalid, format!("{parameter} {text:?} is not an ISO 8601 duration such as PT10M"))
    })?;
    if value < minimum {
        let minutes = minimum / 60_000;
        return Err(ApiError::bad(short, format!("{parameter} must be at least {minutes} minute(s)")));
    }
    Ok(value)
}

fn messaging_service(form: &Form) -> Result<Option<String>, ApiError> {
    let Some(sid) = form.filled("MessagingServiceSid") else { return Ok(None) };
    if sid.len() == 34 && sid.starts_with("MG") {
        return Ok(Some(sid.to_owned()));
    }
    Err(ApiError::bad(20001, format!("Invalid MessagingServiceSid {sid:?}")))
}

fn email(form: &Form) -> Option<Email> {
    let address = form.filled("Bindings.Email.Address")?.to_owned();
    Some(Email { address, name: form.filled("Bindings.Email.Name").map(str::to_owned) })
}
