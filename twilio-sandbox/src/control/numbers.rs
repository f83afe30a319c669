//! `/sandbox/numbers` and `/sandbox/keywords`: the account's senders and how they treat keywords.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::accounts::Accounts;
use crate::hub::Hub;
use crate::state::number::{Hook, KeywordHandling};
use crate::state::sender::SenderType;
use crate::state::world::overview::number;

/// What can be set; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    number: String,
    keyword_handling: Option<KeywordHandling>,
    sms_url: Option<String>,
    sms_method: Option<String>,
    sms_fallback_url: Option<String>,
    status_callback: Option<String>,
    /// Whether what leaves from it waits in its queue.
    held: Option<bool>,
    #[serde(rename = "type")]
    kind: Option<SenderType>,
    country: Option<String>,
    a2p_registered: Option<bool>,
    /// Segments per second.
    throughput: Option<f64>,
    daily_limit: Option<u32>,
}

pub(super) fn list(hub: &Hub) -> Value {
    json!({"numbers": hub.world().numbers.values().map(number).collect::<Vec<_>>()})
}

/// Adds a number, or changes one.
pub(super) fn put(accounts: &Accounts, hub: &Arc<Hub>, body: &[u8]) -> Outcome {
    let put: Put = super::read(body)?;
    let method = match put.sms_method.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None => None,
        Some("GET") => Some(Method::GET),
        Some("POST") => Some(Method::POST),
        Some(other) => return Err(Problem::bad(format!("sms_method {other:?} is neither GET nor POST"))),
    };
    if accounts.of_number(&put.number).is_some_and(|owner| !Arc::ptr_eq(&owner, hub)) {
        return Err(Problem::bad(format!("{:?} belongs to another account", put.number)));
    }
    if put.throughput.is_some_and(|rate| !(rate.is_finite() && rate > 0.0)) {
        return Err(Problem::bad("throughput is in segments per second, above 0"));
    }
    let mut world = hub.world();
    let known = world.number(&put.number).is_some();
    let hint = "write E.164, whatsapp: and E.164, or a short code";
    let unknown = || Problem::bad(format!("{:?} is not a number: {hint}", put.number));
    if !world.add_number(&put.number) {
        return Err(unknown());
    }
    let one = world.number_mut(&put.number).ok_or_else(unknown)?;
    let set = |hook: &mut Hook, url: Option<String>| {
        if let Some(url) = url {
            hook.url = url;
        }
    };
    set(&mut one.sms, put.sms_url);
    set(&mut one.sms_fallback, put.sms_fallback_url);
    set(&mut one.status_callback, put.status_callback);
    if let Some(method) = method {
        one.sms.method = method;
    }
    if let Some(handling) = put.keyword_handling {
        one.keywords = handling;
    }
    let profile = &mut one.profile;
    profile.kind = put.kind.or(profile.kind);
    profile.country = put.country.map(|country| country.to_uppercase()).or(profile.country.take());
    profile.a2p_registered = put.a2p_registered.or(profile.a2p_registered);
    profile.throughput = put.throughput.or(profile.throughput);
    profile.daily_limit = put.daily_limit.or(profile.daily_limit);
    match put.held {
        Some(true) => one.held = true,
        Some(false) => world.release(&put.number),
        None => {}
    }
    let one = world.number(&put.number).ok_or_else(unknown)?;
    Ok((if known { StatusCode::OK } else { StatusCode::CREATED }, number(one)))
}
