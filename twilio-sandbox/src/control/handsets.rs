//! `/sandbox/handsets`: simulated phones.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::handset::Handset;
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
}

fn phone(address: &str) -> Result<Channel, Problem> {
    Channel::of(address).ok_or_else(|| {
        Problem::bad(format!(
            "{address:?} is not a phone: write E.164, or whatsapp: and E.164 (encode + as %2B)"
        ))
    })
}

fn render(address: &str, handset: &Handset) -> Value {
    json!({
        "address": address,
        "reads": handset.reads,
        "reachable": handset.reachable,
        "messages": handset.screen.len(),
    })
}

pub(super) fn list(hub: &Hub) -> Value {
    let world = hub.world();
    let handsets: Vec<Value> =
        world.handsets.iter().map(|(address, handset)| render(address, handset)).collect();
    json!({"handsets": handsets})
}

pub(super) fn fetch(hub: &Hub, address: &str) -> Outcome {
    phone(address)?;
    let world = hub.world();
    super::ok(render(address, world.handsets.get(address).unwrap_or(&Handset::default())))
}

/// Sets how the phone behaves.
pub(super) fn put(hub: &Hub, address: &str, body: &[u8]) -> Outcome {
    phone(address)?;
    let behaviour: Behaviour = super::read(body)?;
    let mut world = hub.world();
    let handset = world.handsets.entry(address.to_owned()).or_default();
    handset.reads = behaviour.reads.unwrap_or(handset.reads);
    handset.reachable = behaviour.reachable.unwrap_or(handset.reachable);
    super::ok(render(address, handset))
}

/// What the phone shows, oldest first.
pub(super) fn screen(hub: &Hub, address: &str) -> Outcome {
    phone(address)?;
    let world = hub.world();
    let messages = world.handsets.get(address).map(|handset| json!(handset.screen));
    super::ok(json!({"messages": messages.unwrap_or_else(|| json!([]))}))
}

/// Sends as that phone. The answer means that the carrier has the message; webhooks follow.
pub(super) fn send(hub: &Hub, address: &str, body: &[u8]) -> Outcome {
    let channel = phone(address)?;
    let message: Message = super::read(body)?;
    if Channel::of(&message.to) != Some(channel) {
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
    let sid = hub.world().accept(address, &message.to, &message.body, &message.media);
    let sid = sid.ok_or_else(|| Problem::not_found(format!("nobody has the number {:?}", message.to)))?;
    Ok((StatusCode::CREATED, json!({"sid": sid})))
}

/// The person reads everything that has arrived.
pub(super) fn read_all(hub: &Hub, address: &str) -> Outcome {
    phone(address)?;
    super::ok(json!({"read": hub.world().read_all(address)}))
}
