//! `/sandbox/handsets`: simulated phones.

use std::collections::BTreeSet;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Outcome, Problem, lookups};
use crate::accounts::Accounts;
use crate::clock::iso_millis;
use crate::state::address::Channel;
use crate::state::handset::Handset;
use crate::state::numbering::is_short_code;
use crate::state::reception::Reception;
use crate::state::validate::is_web_url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    to: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    media: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behaviour {
    reads: Option<bool>,
    reachable: Option<bool>,
    #[serde(default)]
    carrier: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Press {
    /// The message's SID.
    message: String,
    /// What is pressed: its title, or what it sends back.
    action: String,
}

fn phone(address: &str) -> Result<Channel, Problem> {
    Channel::of(address).ok_or_else(|| {
        Problem::bad(format!(
            "{address:?} is not a phone: write E.164, or whatsapp: and E.164 (encode + as %2B)"
        ))
    })
}

/// A phone as its owner sees it, whichever accounts write to it.
fn shown(accounts: &Accounts, address: &str) -> Handset {
    let mut phone = Handset::default();
    for hub in accounts.all() {
        if let Some(handset) = hub.world().handsets.get(address) {
            let (screen, typing) = (std::mem::take(&mut phone.screen), std::mem::take(&mut phone.typing));
            phone = handset.clone();
            phone.screen.splice(0..0, screen);
            phone.typing.extend(typing);
        }
    }
    // Stable, and the times are written alike: what one account did stays in its order.
    phone.screen.sort_by(|a, b| a.at.cmp(&b.at));
    phone
}

fn render(address: &str, handset: &Handset, now: i64) -> Value {
    let typing: Vec<Value> = handset
        .typing_at(now)
        .map(|typing| json!({"peer": typing.peer, "until": iso_millis(typing.until)}))
        .collect();
    json!({
        "address": address,
        "reads": handset.reads,
        "reachable": handset.reachable,
        "carrier": handset.carrier,
        "messages": handset.screen.len(),
        "typing": typing,
    })
}

pub(super) fn list(accounts: &Accounts) -> Value {
    let phones: BTreeSet<String> = accounts
        .all()
        .iter()
        .flat_map(|hub| hub.world().handsets.keys().cloned().collect::<Vec<_>>())
        .collect();
    let handsets: Vec<Value> = phones
        .iter()
        .map(|address| render(address, &shown(accounts, address), accounts.platform.clock.now_ms()))
        .collect();
    json!({"handsets": handsets})
}

pub(super) fn fetch(accounts: &Accounts, address: &str) -> Outcome {
    phone(address)?;
    super::ok(render(address, &shown(accounts, address), accounts.platform.clock.now_ms()))
}

/// Sets how the phone behaves.
pub(super) fn put(accounts: &Accounts, address: &str, body: &[u8]) -> Outcome {
    phone(address)?;
    let mut behaviour: Behaviour = super::read(body)?;
    let line_type = behaviour.carrier.remove("line_type");
    let carrier: Reception = super::changed(&shown(accounts, address).carrier, behaviour.carrier)?;
    if let Some(line_type) = line_type {
        let number = address.rsplit(':').next().unwrap_or(address);
        lookups::set(accounts, number, Map::from_iter([("line_type".to_owned(), line_type)]))?;
    }
    for hub in accounts.all() {
        let mut world = hub.world();
        let handset = world.handsets.entry(address.to_owned()).or_default();
        handset.reads = behaviour.reads.unwrap_or(handset.reads);
        handset.reachable = behaviour.reachable.unwrap_or(handset.reachable);
        handset.carrier = carrier.clone();
        if handset.reachable {
            world.reach(address);
        }
    }
    super::ok(render(address, &shown(accounts, address), accounts.platform.clock.now_ms()))
}

/// What the phone shows, oldest first.
pub(super) fn screen(accounts: &Accounts, address: &str) -> Outcome {
    phone(address)?;
    super::ok(json!({"messages": shown(accounts, address).screen}))
}

/// Sends as that phone. The answer means that the carrier has the message; webhooks follow.
pub(super) fn send(accounts: &Accounts, address: &str, body: &[u8]) -> Outcome {
    let channel = phone(address)?;
    let message: Message = super::read(body)?;
    let reached = Channel::of(&message.to).or_else(|| is_short_code(&message.to).then_some(Channel::Sms));
    if reached != Some(channel) {
        let detail = format!("{:?} cannot be reached from {address:?}: the channels differ", message.to);
        return Err(Problem::bad(detail));
    }
    if message.body.is_empty() && message.media.is_empty() {
        return Err(Problem::bad("a message needs a body or media"));
    }
    if message.media.len() > 10 {
        return Err(Problem::bad("a message carries at most 10 files"));
    }
    if let Some(url) = message.media.iter().find(|url| !is_web_url(url)) {
        return Err(Problem::bad(format!("media {url:?} is not an http or https address")));
    }
    let hub = accounts.of_number(&message.to);
    let sid = hub.and_then(|hub| hub.world().accept(address, &message.to, &message.body, &message.media));
    let sid = sid.ok_or_else(|| Problem::not_found(format!("nobody has the number {:?}", message.to)))?;
    Ok((StatusCode::CREATED, json!({"sid": sid})))
}

/// The person presses a button of a message, or picks an item of its list.
pub(super) fn press(accounts: &Accounts, address: &str, body: &[u8]) -> Outcome {
    phone(address)?;
    let Press { message, action } = super::read(body)?;
    let hub = accounts.find(|world| world.texts.contains_key(&message));
    let hub = hub.ok_or_else(|| Problem::not_found(format!("there is no message {message}")))?;
    let sid = hub.world().press(address, &message, &action).map_err(Problem::bad)?;
    Ok((StatusCode::CREATED, json!({"sid": sid})))
}

/// The person reads everything that has arrived.
pub(super) fn read_all(accounts: &Accounts, address: &str) -> Outcome {
    phone(address)?;
    let read: usize = accounts.all().iter().map(|hub| hub.world().read_all(address)).sum();
    super::ok(json!({"read": read}))
}
