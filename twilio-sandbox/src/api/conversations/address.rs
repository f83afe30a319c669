//! `/Configuration/Addresses[/{Sid}]`.

use serde_json::{Value, json};

use super::scoped_webhook::{check_filters, method, web_url};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address_configuration::{AddressConfiguration, AutoCreation};
use crate::state::validate::{name, required};
use crate::state::webhook_settings::SCOPED_EVENTS;
use crate::state::world::World;

const KINDS: [&str; 8] = ["sms", "whatsapp", "messenger", "gbm", "email", "rcs", "apple", "chat"];

pub(crate) fn render(world: &World, one: &AddressConfiguration) -> Value {
    let auto = &one.auto_creation;
    let mut creation = json!({"enabled": auto.enabled, "type": auto.kind});
    if let Some(service) = &auto.service_sid {
        creation["conversation_service_sid"] = json!(service);
    }
    match auto.kind.as_str() {
        "webhook" => {
            creation["webhook_url"] = json!(auto.webhook_url);
            creation["webhook_method"] = json!(auto.webhook_method.as_str());
            creation["webhook_filters"] = json!(auto.webhook_filters);
        }
        "studio" => {
            creation["studio_flow_sid"] = json!(auto.studio_flow_sid);
            creation["studio_retry_count"] = json!(auto.studio_retry_count);
        }
        _ => {}
    }
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "type": one.kind,
        "address": one.address,
        "friendly_name": one.friendly_name,
        "address_country": one.country,
        "auto_creation": creation,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{}/conversations/v1/Configuration/Addresses/{}", world.base, one.sid),
    })
}

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 50)?;
    let kind = call.query.filled("Type").map(known_kind).transpose()?;
    let world = hub.world();
    let page = paging.take(false, |range| {
        world
            .address_configurations
            .range(range)
            .filter(|(_, one)| kind.as_ref().is_none_or(|kind| &one.kind == kind))
            .map(|(seq, one)| (*seq, one))
    });
    let url = format!("{}/conversations/v1/Configuration/Addresses", world.base);
    Reply::ok(page.v1(call, &url, "address_configurations", |one| render(&world, one)))
}

/// By SID; Twilio takes the address itself as well.
fn find(world: &World, id: &str) -> Result<u64, ApiError> {
    let found = world.address_configurations.values().find(|one| one.sid == id || one.address == id);
    found.map(|one| one.seq).ok_or_else(|| ApiError::not_found(&format!("/Configuration/Addresses/{id}")))
}

pub(crate) fn fetch(hub: &Hub, id: &str) -> Answer {
    let world = hub.world();
    let seq = find(&world, id)?;
    Reply::ok(render(&world, &world.address_configurations[&seq]))
}

pub(crate) fn create(hub: &Hub, call: &Call) -> Answer {
    let form = &call.form;
    let kind = known_kind(required("Type", form.filled("Type"))?)?;
    let address = required("Address", form.filled("Address"))?;
    name("Address", Some(address))?;
    name("FriendlyName", form.get("FriendlyName"))?;
    let country = form.filled("AddressCountry").map(country).transpose()?;
    let auto_creation = creation(form, AutoCreation::default())?;
    let mut world = hub.world();
    check_service(&world, &auto_creation)?;
    if matches!(kind.as_str(), "sms" | "whatsapp") {
        let own = world.number(address).is_some_and(|number| number.channel.lower() == kind);
        if !own {
            return Err(ApiError::bad(50413, format!("{address:?} is not a {kind} sender of this account")));
        }
    }
    if world.address_configurations.values().any(|one| one.address == address) {
        let message = format!("An address configuration for {address} already exists");
        return Err(ApiError::conflict(20409, message));
    }
    let (seq, sid, now) = (world.next_seq(), world.sids.sid("IG"), world.now());
    let one = AddressConfiguration {
        seq,
        sid,
        kind,
        address: address.to_owned(),
        friendly_name: form.filled("FriendlyName").map(str::to_owned),
        country,
        auto_creation,
        created: now,
        updated: now,
    };
    world.address_configurations.insert(seq, one.clone());
    Reply::created(render(&world, &one))
}

pub(crate) fn update(hub: &Hub, call: &Call, id: &str) -> Answer {
    let form = &call.form;
    name("FriendlyName", form.get("FriendlyName"))?;
    let mut world = hub.world();
    let seq = find(&world, id)?;
    let now = world.now();
    let mut one = world.address_configurations[&seq].clone();
    one.auto_creation = creation(form, one.auto_creation)?;
    check_service(&world, &one.auto_creation)?;
    one.friendly_name = form.get("FriendlyName").map(str::to_owned).or(one.friendly_name);
    one.updated = now;
    world.address_configurations.insert(seq, one.clone());
    Reply::ok(render(&world, &one))
}

pub(crate) fn delete(hub: &Hub, id: &str) -> Answer {
    let mut world = hub.world();
    let seq = find(&world, id)?;
    world.address_configurations.remove(&seq);
    Reply::deleted()
}

/// A type in any case, as Twilio takes it.
fn known_kind(text: &str) -> Result<String, ApiError> {
    let kind = text.to_ascii_lowercase();
    if KINDS.contains(&kind.as_str()) {
        return Ok(kind);
    }
    Err(ApiError::bad(20001, format!("Invalid Type {text:?}: expected one of {}", KINDS.join(", "))))
}

/// Two letters of ISO 3166-1.
fn country(text: &str) -> Result<String, ApiError> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(ApiError::bad(20001, format!("AddressCountry {text:?} is not a country code of two letters")))
}

/// Conversations can only be created in a service that exists.
fn check_service(world: &World, auto: &AutoCreation) -> Result<(), ApiError> {
    match auto.service_sid.as_deref().filter(|sid| world.service(sid).is_none()) {
        Some(sid) => {
            let message =
                format!("AutoCreation.ConversationServiceSid {sid:?} is not a service of this account");
            Err(ApiError::bad(20001, message))
        }
        None => Ok(()),
    }
}

/// The `AutoCreation.…` parameters over what was there before.
fn creation(form: &Form, mut auto: AutoCreation) -> Result<AutoCreation, ApiError> {
    if let Some(enabled) = form.flag("AutoCreation.Enabled") {
        auto.enabled = enabled;
    }
    if let Some(kind) = form.filled("AutoCreation.Type") {
        if !matches!(kind, "webhook" | "studio" | "default") {
            let message = format!("Invalid AutoCreation.Type {kind:?}: expected webhook, studio or default");
            return Err(ApiError::bad(20001, message));
        }
        kind.clone_into(&mut auto.kind);
    }
    if let Some(filters) = form.list("AutoCreation.WebhookFilters") {
        check_filters(&filters, &SCOPED_EVENTS)?;
        auto.webhook_filters = filters;
    }
    if let Some(method) = method(form, "AutoCreation.WebhookMethod")? {
        auto.webhook_method = method;
    }
    auto.webhook_url = web_url(form, "AutoCreation.WebhookUrl")?.or(auto.webhook_url);
    let text = |parameter: &str| form.filled(parameter).map(str::to_owned);
    auto.service_sid = text("AutoCreation.ConversationServiceSid").or(auto.service_sid);
    auto.studio_flow_sid = text("AutoCreation.StudioFlowSid").or(auto.studio_flow_sid);
    if let Some(text) = form.filled("AutoCreation.StudioRetryCount") {
        let retries = text.parse::<u32>().map_err(|_| {
            ApiError::bad(20001, format!("AutoCreation.StudioRetryCount {text:?} is not a whole number"))
        })?;
        auto.studio_retry_count = Some(i64::from(retries));
    }
    if auto.kind == "studio" {
        required("AutoCreation.StudioFlowSid", auto.studio_flow_sid.as_deref())?;
    }
    if auto.kind == "webhook" {
        required("AutoCreation.WebhookUrl", auto.webhook_url.as_deref())?;
        if auto.webhook_filters.is_empty() {
            // Without a choice, everything that such a webhook can hear.
            auto.webhook_filters = SCOPED_EVENTS.map(str::to_owned).to_vec();
        }
    }
    Ok(auto)
}
