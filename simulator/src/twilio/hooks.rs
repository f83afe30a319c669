//! Webhooks: what they carry, and how they reach a server.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use si_channel_server::router::{Side, route};
use twilio_conversations::webhook::signature::SigningKey;

use super::{Message, Participant};
use crate::installation::{ACCOUNT, PUBLIC_URL};
use crate::oracle;
use crate::rare::Rare;
use crate::server::timestamp;
use crate::world::{World, pass};

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    /// Path and query.
    pub(crate) target: String,
    pub(crate) pairs: Vec<(String, String)>,
    /// Twilio tries it once.
    once: bool,
}

impl Hook {
    fn of_conversations(event: &str, pairs: Vec<(&str, String)>) -> Self {
        let head = [
            ("AccountSid", ACCOUNT.to_owned()),
            ("EventType", event.to_owned()),
            ("Source", "SMS".to_owned()),
        ];
        let pairs = head.into_iter().chain(pairs).map(|(name, value)| (name.to_owned(), value)).collect();
        Self { target: "/webhooks/conversations".to_owned(), pairs, once: true }
    }

    pub(super) fn of_messaging(target: String, pairs: Vec<(&str, String)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { target, pairs, once: false }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// In a few words.
    fn name(&self) -> String {
        let kind = if self.once { self.get("EventType") } else { &self.target };
        let sid = if self.get("MessageSid").is_empty() { "ConversationSid" } else { "MessageSid" };
        let status = [self.get("Status"), self.get("MessageStatus")].concat();
        format!("{kind} {} {status}", self.get(sid).trim_start_matches('0'))
    }
}

fn iso(ms: i64) -> String {
    let at: Timestamp = timestamp(ms);
    format!("{at:.3}")
}

pub(super) fn message(event: &str, conversation: &str, message: &Message, now: i64) -> Hook {
    let mut pairs = vec![
        ("ConversationSid", conversation.to_owned()),
        ("MessageSid", message.sid.clone()),
        ("Index", message.index.to_string()),
        ("DateCreated", iso(message.created_ms)),
        ("Body", message.body.clone()),
        ("Author", message.author.clone()),
        ("Attributes", message.attributes.clone()),
    ];
    pairs.extend(message.participant.clone().map(|sid| ("ParticipantSid", sid)));
    match event {
        "onMessageUpdated" => pairs.push(("DateUpdated", iso(now))),
        "onMessageRemoved" => pairs.push(("DateRemoved", iso(now))),
        _ => {}
    }
    Hook::of_conversations(event, pairs)
}

/// What Twilio asks before it publishes a text.
pub(super) fn offered(conversation: &str, participant: &str, author: &str, body: &str) -> Hook {
    let pairs = vec![
        ("ConversationSid", conversation.to_owned()),
        ("ParticipantSid", participant.to_owned()),
        ("Author", author.to_owned()),
        ("Body", body.to_owned()),
        ("Attributes", "{}".to_owned()),
    ];
    Hook::of_conversations("onMessageAdd", pairs)
}

pub(super) fn conversation_added(sid: &str, person: &Participant, now: i64) -> Hook {
    let pairs = vec![
        ("ConversationSid", sid.to_owned()),
        ("DateCreated", iso(now)),
        ("Attributes", "{}".to_owned()),
        ("State", "active".to_owned()),
        ("MessagingBinding.Address", person.address.clone()),
        ("MessagingBinding.ProxyAddress", person.proxy.clone()),
    ];
    Hook::of_conversations("onConversationAdded", pairs)
}

pub(super) fn conversation_removed(sid: &str, now: i64) -> Hook {
    let pairs =
        vec![("ConversationSid", sid.to_owned()), ("DateRemoved", iso(now)), ("State", "active".to_owned())];
    Hook::of_conversations("onConversationRemoved", pairs)
}

pub(super) fn conversation_closed(sid: &str, now: i64) -> Hook {
    let pairs = vec![
        ("ConversationSid", sid.to_owned()),
        ("StateUpdated", iso(now)),
        ("StateFrom", "active".to_owned()),
        ("StateTo", "closed".to_owned()),
        ("Reason", "API".to_owned()),
    ];
    Hook::of_conversations("onConversationStateUpdated", pairs)
}

pub(super) fn participant(event: &str, conversation: &str, person: &Participant, now: i64) -> Hook {
    let date = if event == "onParticipantRemoved" { "DateRemoved" } else { "DateCreated" };
    let kind = if person.address.starts_with("whatsapp:") { "WHATSAPP" } else { "SMS" };
    let pairs = vec![
        ("ConversationSid", conversation.to_owned()),
        ("ParticipantSid", person.sid.clone()),
        (date, iso(now)),
        ("MessagingBinding.Address", person.address.clone()),
        ("MessagingBinding.ProxyAddress", person.proxy.clone()),
        ("MessagingBinding.Type", kind.to_owned()),
    ];
    Hook::of_conversations(event, pairs)
}

pub(super) fn delivery(
    conversation: &str,
    message: &str,
    participant: &str,
    receipt: &str,
    (status, error): (&str, u32),
    now: i64,
) -> Hook {
    let pairs = vec![
        ("ConversationSid", conversation.to_owned()),
        ("MessageSid", message.to_owned()),
        ("DeliveryReceiptSid", receipt.to_owned()),
        ("ParticipantSid", participant.to_owned()),
        ("Status", status.to_owned()),
        ("ErrorCode", error.to_string()),
        ("DateUpdated", iso(now)),
    ];
    Hook::of_conversations("onDeliveryUpdated", pairs)
}

/// What a server answered, and which.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) body: Bytes,
    server: usize,
}

/// Sends a webhook to one of the servers that are up.
pub(super) async fn post(world: &World, hook: &Hook, key: &SigningKey, limit: Duration) -> Option<Answered> {
    let (server, app) = {
        let mut state = world.lock();
        let up: Vec<usize> =
            (0..state.servers.len()).filter(|server| state.servers[*server].is_up()).collect();
        if up.is_empty() {
            return None;
        }
        let server = up[state.rng.usize(..up.len())];
        (server, state.servers[server].app()?)
    };
    let url = format!("{PUBLIC_URL}{}", hook.target);
    let signature = key.sign_form(&url, &hook.pairs).ok()?;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&hook.pairs).finish();
    let request = Request::post(hook.target.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", signature)
        .body(Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync())
        .ok()?;
    let answer = tokio::time::timeout(limit, route(&app, request, Side::Everybody)).await.ok()?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.ok()?.to_bytes();
    Some(Answered { status, body, server })
}

/// Tells the application, as often as Twilio would, and perhaps twice.
pub(crate) async fn tell(world: World, hook: Hook) {
    let draw = world.draw().clone();
    let mut wait = 20 + world.below(200);
    if world.goes_wrong(draw.delays, 100) {
        wait = world.below(if world.below(5) == 0 { 60_000 } else { 5_000 });
    }
    pass(wait).await;
    let (tries, limit) = if hook.once { (1, 5) } else { (2, 15) };
    let key = world.installation().twilio_key.clone();
    for _ in 0..tries {
        let answered = post(&world, &hook, &key, Duration::from_secs(limit)).await;
        world.note("told", &format!("{} → {}", hook.name(), answered.as_ref().map_or(0, |it| it.status)));
        match answered {
            Some(answer) if (200..300).contains(&answer.status) => {
                oracle::acknowledged(&world, &hook);
                again(&world, &hook, answer.server);
                return;
            }
            Some(answer) if answer.status == 503 => world.reach(Rare::WebhookRefused),
            Some(answer) => {
                world.broken("P1", &format!("{} was answered {}", hook.name(), answer.status));
            }
            None => world.reach(Rare::WebhookLost),
        }
        pass(500).await;
    }
    world.lock().lost_webhooks += 1;
    oracle::never_told(&world, &hook);
}

/// The same delivery once more.
fn again(world: &World, hook: &Hook, first: usize) {
    if !world.goes_wrong(world.draw().duplicates, 100) {
        return;
    }
    let after = match world.below(10) {
        0 => 3_600_000,
        1 => 30 * 3_600_000,
        _ => world.below(4_000),
    };
    let (again, hook) = (world.clone(), hook.clone());
    world.later(after, async move {
        let key = again.installation().twilio_key.clone();
        let Some(answer) = post(&again, &hook, &key, Duration::from_secs(15)).await else { return };
        again.note("told again", &format!("{} → {}", hook.name(), answer.status));
        if answer.status == 200 {
            oracle::acknowledged(&again, &hook);
        }
        if answer.server != first {
            again.reach(Rare::DuplicateElsewhere);
        }
        if after > 86_400_000 {
            again.reach(Rare::DuplicateLate);
        }
    });
}

/// Somebody who is not Twilio sends a webhook.
pub(crate) async fn forge(world: World, from: String, body: String) {
    let (sid, conversation) = {
        let mut state = world.lock();
        (state.twilio.sid("IM"), state.twilio.sid("CH"))
    };
    let forged = Message {
        sid,
        index: 0,
        author: from,
        participant: None,
        body,
        attributes: "{}".to_owned(),
        created_ms: world.now_ms(),
    };
    let hook = message("onMessageAdded", &conversation, &forged, world.now_ms());
    let key = world.installation().strangers_key.clone();
    let Some(answer) = post(&world, &hook, &key, Duration::from_secs(5)).await else { return };
    if answer.status == 403 {
        world.reach(Rare::ForgedRefused);
    } else {
        world.broken("P5", &format!("a forged webhook was answered {}", answer.status));
    }
}
