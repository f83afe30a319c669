//! `/IncomingPhoneNumbers[/{Sid}].json`: the SMS numbers. WhatsApp senders and short codes are elsewhere at Twilio.

mod settings;

use serde_json::{Value, json};

use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::number::Number;
use crate::state::numbering::{NumberKind, inspect, is_short_code, mms_reaches};
use crate::state::validate::required;
use crate::state::world::World;

/// Which numbers a path speaks of: all, or those of one kind.
pub(crate) type Kind = Option<NumberKind>;

/// The kind that a path's last part names.
pub(crate) fn kind(name: &str) -> Kind {
    match name {
        "Local" => Some(NumberKind::Local),
        "Mobile" => Some(NumberKind::Mobile),
        "TollFree" => Some(NumberKind::TollFree),
        _ => None,
    }
}

fn render(account: &str, one: &Number) -> Value {
    let settings = &one.settings;
    json!({
        "sid": one.sid,
        "account_sid": account,
        "friendly_name": one.friendly_name,
        "phone_number": one.address,
        "api_version": "2010-04-01",
        "address_requirements": "none",
        "address_sid": settings.address_sid,
        "beta": false,
        "bundle_sid": settings.bundle_sid,
        "capabilities": {"voice": true, "sms": true, "mms": mms_reaches(&one.address), "fax": false},
        "date_created": rfc2822(one.created),
        "date_updated": rfc2822(one.updated),
        "emergency_address_sid": settings.emergency_address_sid,
        "emergency_address_status": match settings.emergency_address_sid {
            Some(_) => "registered",
            None => "unregistered",
        },
        "emergency_status": if settings.emergency_active { "Active" } else { "Inactive" },
        "identity_sid": settings.identity_sid,
        "origin": "twilio",
        "sms_application_sid": settings.sms_application_sid,
        "sms_fallback_method": one.sms_fallback.method.as_str(),
        "sms_fallback_url": one.sms_fallback.url,
        "sms_method": one.sms.method.as_str(),
        "sms_url": one.sms.url,
        "status": "in-use",
        "status_callback": one.status_callback.url,
        "status_callback_method": one.status_callback.method.as_str(),
        "trunk_sid": settings.trunk_sid,
        "type": NumberKind::of(&one.address).as_str(),
        "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{}.json", one.sid),
        "voice_application_sid": settings.voice_application_sid,
        "voice_caller_id_lookup": settings.voice_caller_id_lookup,
        "voice_fallback_method": one.voice_fallback.method.as_str(),
        "voice_fallback_url": one.voice_fallback.url,
        "voice_method": one.voice.method.as_str(),
        "voice_receive_mode": if settings.receives_fax { "fax" } else { "voice" },
        "voice_url": one.voice.url,
    })
}

fn is_incoming(one: &Number) -> bool {
    one.channel == Channel::Sms && !is_short_code(&one.address)
}

pub(crate) fn list(hub: &Hub, call: &Call, kind: Kind) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let number = call.query.filled("PhoneNumber");
    let name = call.query.filled("FriendlyName");
    // No number here is new to Twilio, so that `Beta` excludes none.
    call.query.flag("Beta");
    let hosted = call.query.filled("Origin") == Some("hosted");
    let world = hub.world();
    let page = paging.take(false, |range| {
        world
            .numbers
            .range(range)
            .filter(|(_, one)| is_incoming(one) && !hosted)
            .filter(|(_, one)| kind.is_none_or(|kind| NumberKind::of(&one.address) == kind))
            .filter(|(_, one)| number.is_none_or(|number| contains(&one.address, number)))
            .filter(|(_, one)| name.is_none_or(|name| one.friendly_name == name))
            .map(|(seq, one)| (*seq, one))
    });
    let account = &world.account.sid;
    let file = call.segments.last().map_or("", String::as_str);
    let below = if kind.is_some() { format!("/{file}") } else { ".json".to_owned() };
    let uri = format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers{below}");
    Reply::ok(page.v2010(call, &uri, "incoming_phone_numbers", |one| render(account, one)))
}

/// Whether a number has a part that fits; `*` is any digit.
fn contains(address: &str, part: &str) -> bool {
    let fits = |window: &[u8]| {
        window.iter().zip(part.bytes()).all(|(digit, wanted)| wanted == b'*' || *digit == wanted)
    };
    !part.is_empty() && address.as_bytes().windows(part.len()).any(fits)
}

fn address(world: &World, sid: &str) -> Result<String, ApiError> {
    let found = world.numbers.values().find(|one| one.sid == sid && is_incoming(one));
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

/// Buys a number: the one that is named, or one of an area code.
pub(crate) fn create(hub: &Hub, call: &Call, kind: Kind) -> Answer {
    let mut world = hub.world();
    let address = match (call.form.filled("AreaCode"), kind) {
        (Some(area), None) if call.form.filled("PhoneNumber").is_none() => of_area(&world, area)?,
        _ => {
            let text = required("PhoneNumber", call.form.filled("PhoneNumber"))?;
            let seen = inspect(text, None);
            if seen.error.is_some() {
                return Err(ApiError::bad(
                    21421,
                    format!("PhoneNumber {text:?} is not a valid phone number"),
                ));
            }
            seen.phone_number
        }
    };
    if kind.is_some_and(|kind| NumberKind::of(&address) != kind) || world.number(&address).is_some() {
        return Err(ApiError::bad(21422, format!("PhoneNumber {address} is not available")));
    }
    world.add_number(&address);
    let account = world.account.sid.clone();
    let Some(number) = world.number_mut(&address) else { return Err(ApiError::not_found(&address)) };
    let read = settings::read(&call.form, number);
    let made = render(&account, number);
    if let Err(error) = read {
        world.remove_number(&address);
        return Err(error);
    }
    Reply::created(made)
}

/// The first free fictional number of an area.
fn of_area(world: &World, area: &str) -> Result<String, ApiError> {
    let number = |line: u32| format!("+1{area}55501{line:02}");
    if area.len() != 3 || inspect(&number(0), None).error.is_some() {
        return Err(ApiError::bad(21451, format!("AreaCode {area:?} is not a North American area code")));
    }
    let free = (0..100).map(number).find(|address| world.number(address).is_none());
    free.ok_or_else(|| ApiError::bad(21452, format!("no number is left in the area {area}")))
}

pub(crate) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let mut world = hub.world();
    let now = world.now();
    let address = address(&world, sid)?;
    let account = world.account.sid.clone();
    let Some(number) = world.number_mut(&address) else { return Err(ApiError::not_found(sid)) };
    let mut changed = number.clone();
    settings::read(&call.form, &mut changed)?;
    changed.updated = now;
    *number = changed;
    Reply::ok(render(&account, number))
}

/// Gives a number back.
pub(crate) fn delete(hub: &Hub, sid: &str) -> Answer {
    let mut world = hub.world();
    let address = address(&world, sid)?;
    world.remove_number(&address);
    Reply::deleted()
}
