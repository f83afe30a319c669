//! `/Conversations/{ConversationSid}/Webhooks[/{Sid}]`.

use http::Method;
use serde_json::{Value, json};

use super::scope::{Scope, with_service};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::conversation::Conversation;
use crate::state::validate::{is_web_url, required};
use crate::state::webhook_settings::{SCOPED_EVENTS, ScopedWebhook};
use crate::state::world::World;

/// Webhooks of a conversation, and keywords of a trigger.
const LIMIT: usize = 5;

pub(crate) fn render(world: &World, conversation: &Conversation, one: &ScopedWebhook, root: &str) -> Value {
    let mut configuration = json!({
        "url": one.url,
        "method": one.method.as_str(),
        "filters": one.filters,
    });
    if one.target == "trigger" {
        configuration["triggers"] = json!(one.triggers);
    }
    if let Some(flow) = &one.flow_sid {
        configuration["flow_sid"] = json!(flow);
    }
    if let Some(index) = one.replay_after {
        configuration["replay_after"] = json!(index);
    }
    let resource = json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "conversation_sid": conversation.sid,
        "target": one.target,
        "configuration": configuration,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{root}/Conversations/{}/Webhooks/{}", conversation.sid, one.sid),
    });
    with_service(root, resource)
}

pub(crate) fn list(hub: &Hub, call: &Call, id: &str, scope: &Scope) -> Answer {
    let paging = Paging::of(call, LIMIT)?;
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    let page = paging.take(false, |range| {
        conversation.webhooks.iter().filter(move |one| range.contains(&one.seq)).map(|one| (one.seq, one))
    });
    let url = format!("{}/Conversations/{}/Webhooks", scope.root, conversation.sid);
    Reply::ok(page.v1(call, &url, "webhooks", |one| render(&world, conversation, one, &scope.root)))
}

pub(crate) fn fetch(hub: &Hub, id: &str, sid: &str, scope: &Scope) -> Answer {
    let world = hub.world();
    let conversation = scope.find(&world, id)?;
    let one = conversation.webhooks.iter().find(|one| one.sid == sid);
    let one = one.ok_or_else(|| missing(conversation, sid))?;
    Reply::ok(render(&world, conversation, one, &scope.root))
}

pub(crate) fn create(hub: &Hub, call: &Call, id: &str, scope: &Scope) -> Answer {
    let form = &call.form;
    let target = required("Target", form.filled("Target"))?;
    if !matches!(target, "webhook" | "trigger" | "studio") {
        let message = format!("Invalid Target {target:?}: expected webhook, trigger or studio");
        return Err(ApiError::bad(20001, message));
    }
    let settings = Settings::read(form)?;
    match target {
        "studio" => drop(required("Configuration.FlowSid", settings.flow_sid.as_deref())?),
        _ => drop(required("Configuration.Url", settings.url.as_deref())?),
    }
    let replay_after = form.filled("Configuration.ReplayAfter").map(|text| {
        text.parse::<i64>().map_err(|_| {
            ApiError::bad(20001, format!("Configuration.ReplayAfter {text:?} is not a whole number"))
        })
    });
    let replay_after = replay_after.transpose()?;
    let mut world = hub.world();
    let conversation = scope.find(&world, id)?.sid.clone();
    world.check_open(&conversation)?;
    if world.find(&conversation)?.webhooks.len() >= LIMIT {
        return Err(ApiError::bad(50361, format!("A conversation has at most {LIMIT} webhooks")));
    }
    let (seq, sid, now) = (world.next_seq(), world.sids.sid("WH"), world.now());
    let webhook = ScopedWebhook {
        seq,
        sid: sid.clone(),
        target: target.to_owned(),
        url: settings.url,
        method: settings.method.unwrap_or(Method::POST),
        filters: settings.filters.unwrap_or_default(),
        triggers: settings.triggers.unwrap_or_default(),
        flow_sid: settings.flow_sid,
        replay_after,
        created: now,
        updated: now,
    };
    if let Some(conversation) = world.conversations.get_mut(&conversation) {
        conversation.webhooks.push(webhook.clone());
    }
    if let Some(index) = replay_after {
        world.replay(&conversation, &webhook, index);
    }
    Reply::created(render(&world, world.find(&conversation)?, &webhook, &scope.root))
}

pub(crate) fn update(hub: &Hub, call: &Call, (id, sid): (&str, &str), scope: &Scope) -> Answer {
    let settings = Settings::read(&call.form)?;
    let mut world = hub.world();
    let now = world.now();
    let id = scope.find(&world, id)?.sid.clone();
    world.check_open(&id)?;
    let found = world
        .conversations
        .get_mut(&id)
        .and_then(|conversation| conversation.webhooks.iter_mut().find(|one| one.sid == sid));
    let Some(one) = found else { return Err(missing(world.find(&id)?, sid)) };
    one.url = settings.url.or(one.url.take());
    one.method = settings.method.unwrap_or_else(|| one.method.clone());
    one.flow_sid = settings.flow_sid.or(one.flow_sid.take());
    if let Some(filters) = settings.filters {
        one.filters = filters;
    }
    if let Some(triggers) = settings.triggers {
        one.triggers = triggers;
    }
    one.updated = now;
    let one = one.clone();
    Reply::ok(render(&world, world.find(&id)?, &one, &scope.root))
}

pub(crate) fn delete(hub: &Hub, id: &str, sid: &str, scope: &Scope) -> Answer {
    let mut world = hub.world();
    let conversation = scope.find(&world, id)?;
    if !conversation.webhooks.iter().any(|one| one.sid == sid) {
        return Err(missing(conversation, sid));
    }
    let id = conversation.sid.clone();
    if let Some(conversation) = world.conversations.get_mut(&id) {
        conversation.webhooks.retain(|one| one.sid != sid);
    }
    Reply::deleted()
}

fn missing(conversation: &Conversation, sid: &str) -> ApiError {
    ApiError::not_found(&format!("/Conversations/{}/Webhooks/{sid}", conversation.sid))
}

/// The `Configuration.…` parameters.
struct Settings {
    url: Option<String>,
    method: Option<Method>,
    filters: Option<Vec<String>>,
    triggers: Option<Vec<String>>,
    flow_sid: Option<String>,
}

impl Settings {
    fn read(form: &Form) -> Result<Self, ApiError> {
        let filters = form.list("Configuration.Filters");
        check_filters(filters.as_deref().unwrap_or_default(), &SCOPED_EVENTS)?;
        let triggers = form.list("Configuration.Triggers");
        if triggers.as_ref().is_some_and(|triggers| triggers.len() > LIMIT) {
            return Err(ApiError::bad(50362, format!("A webhook has at most {LIMIT} triggers")));
        }
        Ok(Self {
            url: web_url(form, "Configuration.Url")?,
            method: method(form, "Configuration.Method")?,
            filters,
            triggers,
            flow_sid: form.filled("Configuration.FlowSid").map(str::to_owned),
        })
    }
}

/// Refuses filters that name no event.
pub(crate) fn check_filters(filters: &[String], known: &[&str]) -> Result<(), ApiError> {
    match filters.iter().find(|filter| !known.contains(&filter.as_str())) {
        Some(filter) => Err(ApiError::bad(20001, format!("Invalid filter {filter:?}"))),
        None => Ok(()),
    }
}

/// A parameter that must be an absolute web address.
pub(crate) fn web_url(form: &Form, parameter: &str) -> Result<Option<String>, ApiError> {
    match form.filled(parameter) {
        Some(url) if !is_web_url(url) => {
            Err(ApiError::bad(20001, format!("{parameter} {url:?} is not an http or https address")))
        }
        url => Ok(url.map(str::to_owned)),
    }
}

/// `get` or `post`, in either case.
pub(crate) fn method(form: &Form, parameter: &str) -> Result<Option<Method>, ApiError> {
    match form.filled(parameter).map(str::to_ascii_uppercase).as_deref() {
        None => Ok(None),
        Some("GET") => Ok(Some(Method::GET)),
        Some("POST") => Ok(Some(Method::POST)),
        Some(other) => {
            Err(ApiError::bad(20001, format!("Invalid {parameter} {other:?}: expected GET or POST")))
        }
    }
}
