//! `/IncomingPhoneNumbers[/{Sid}].json`: the SMS numbers. WhatsApp senders are elsewhere at Twilio.

use serde_json::{Value, json};

use crate::api::conversations::scoped_webhook::method;
use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::number::{Hook, Number};
use crate::state::validate::is_web_url;
use crate::state::world::World;

fn render(account: &str, one: &Number) -> Value {
    json!({
        "sid": one.sid,
        "account_sid": account,
        "friendly_name": one.friendly_name,
        "phone_number": one.address,
        "api_version": "2010-04-01",
        "address_requirements": "none",
        "address_sid": null,
        "beta": false,
        "bundle_sid": null,
        "capabilities": {"voice": true, "sms": true, "mms": true, "fax": false},
        "date_created": rfc2822(one.created),
        "date_updated": rfc2822(one.updated),
        "emergency_address_sid": null,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "identity_sid": null,
        "origin": "twilio",
        "sms_application_sid": "",
        "sms_fallback_method": one.sms_fallback.method.as_str(),
        "sms_fallback_url": one.sms_fallback.url,
        "sms_method": one.sms.method.as_str(),
        "sms_url": one.sms.url,
        "status": "in-use",
        "status_callback": one.status_callback.url,
        "status_callback_method": one.status_callback.method.as_str(),
        "trunk_sid": null,
        "type": "local",
        "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{}.json", one.sid),
        "voice_application_sid": "",
        "voice_caller_id_lookup": false,
        "voice_fallback_method": one.voice_fallback.method.as_str(),
        "voice_fallback_url": one.voice_fallback.url,
        "voice_method": one.voice.method.as_str(),
        "voice_receive_mode": "voice",
        "voice_url": one.voice.url,
    })
}

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let number = call.query.filled("PhoneNumber");
    let name = call.query.filled("FriendlyName");
    let world = hub.world();
    let page = paging.take(false, |range| {
        world
            .numbers
            .range(range)
            .filter(|(_, one)| one.channel == Channel::Sms)
            // Twilio finds parts of a number as well.
            .filter(|(_, one)| number.is_none_or(|number| one.address.contains(number)))
            .filter(|(_, one)| name.is_none_or(|name| one.friendly_name == name))
            .map(|(seq, one)| (*seq, one))
    });
    let account = &world.account.sid;
    let uri = format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json");
    Reply::ok(page.v2010(call, &uri, "incoming_phone_numbers", |one| render(account, one)))
}

fn address(world: &World, sid: &str) -> Result<String, ApiError> {
    let found = world.numbers.values().find(|one| one.sid == sid && one.channel == Channel::Sms);
    found
        .map(|one| one.address.clone())
        .ok_or_else(|| ApiError::not_found(&format!("/IncomingPhoneNumbers/{sid}.json")))
}

pub(crate) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    let address = address(&world, sid)?;
    let found = world.number(&address).map(|one| render(&world.account.sid, one));
    found.map_or_else(|| Err(ApiError::not_found(sid)), Reply::ok)
}

pub(crate) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let mut world = hub.world();
    let now = world.now();
    let address = address(&world, sid)?;
    let account = world.account.sid.clone();
    let Some(number) = world.number_mut(&address) else { return Err(ApiError::not_found(sid)) };
    let mut changed = number.clone();
    hook(call, "Sms", &mut changed.sms)?;
    hook(call, "SmsFallback", &mut changed.sms_fallback)?;
    hook(call, "Voice", &mut changed.voice)?;
    hook(call, "VoiceFallback", &mut changed.voice_fallback)?;
    let callback = &mut changed.status_callback;
    set(call, "StatusCallback", "StatusCallbackMethod", callback)?;
    if let Some(name) = call.form.get("FriendlyName") {
        name.clone_into(&mut changed.friendly_name);
    }
    changed.updated = now;
    *number = changed;
    Reply::ok(render(&account, number))
}

fn hook(call: &Call, prefix: &str, hook: &mut Hook) -> Result<(), ApiError> {
    set(call, &format!("{prefix}Url"), &format!("{prefix}Method"), hook)
}

fn set(call: &Call, url: &str, verb: &str, hook: &mut Hook) -> Result<(), ApiError> {
    if let Some(text) = call.form.get(url) {
        if !text.is_empty() && !is_web_url(text) {
            return Err(ApiError::bad(21205, format!("{url} {text:?} is not an http or https address")));
        }
        text.clone_into(&mut hook.url);
    }
    if let Some(method) = method(&call.form, verb)? {
        hook.method = method;
    }
    Ok(())
}
