//! Brings a phone's message to where it belongs.

use std::sync::Arc;

use super::fetch;
use crate::api::conversations::message::post;
use crate::error::ApiError;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::address_configuration::AddressConfiguration;
use crate::state::conversation::NewConversation;
use crate::state::message::NewMessage;
use crate::state::origin::Origin;
use crate::state::participant::NewParticipant;
use crate::state::text::Text;
use crate::state::webhook_settings::ScopedWebhook;
use crate::state::world::Route;
use crate::webhook::fields::Fields;
use crate::webhook::legacy;
use crate::webhook::pre::{self, Verdict};

/// Routes one accepted message. Errors end up in the log, as nobody waits for an answer.
pub(crate) async fn route(hub: &Arc<Hub>, sid: &str) {
    let Some(text) = arrived(hub, sid).await else { return };
    settle(hub, sid, bring(hub, &text).await);
}

/// Adds a message of a group text to the group's conversation.
pub(crate) async fn join(hub: &Arc<Hub>, sid: &str, conversation: &str) {
    let Some(text) = arrived(hub, sid).await else { return };
    settle(hub, sid, add(hub, conversation, &text).await);
}

/// A message with its files, if the account may receive it.
async fn arrived(hub: &Arc<Hub>, sid: &str) -> Option<Text> {
    fetch::inbound(hub, sid).await;
    let (text, active, rule) = {
        let world = hub.world();
        let text = world.texts.get(sid).cloned()?;
        (text, world.account.is_active(), world.behaviour.inactive_account)
    };
    if !active {
        hub.log_note("inbound_dropped", sid, &ApiError::inactive(rule));
    }
    active.then_some(text)
}

fn settle(hub: &Hub, sid: &str, done: Result<(), ApiError>) {
    match done {
        Ok(()) => hub.world().show_arrived(sid),
        Err(error) => {
            tracing::info!(sid, code = error.code, "inbound message dropped: {}", error.message);
            hub.log_note("inbound_dropped", sid, &error);
        }
    }
}

async fn bring(hub: &Arc<Hub>, text: &Text) -> Result<(), ApiError> {
    let mut route = hub.world().route(&text.from, &text.to);
    // A conversation can close between the look and the write; the second look then finds the new way.
    for _ in 0..2 {
        match route {
            Route::Conversation(ref conversation) => match add(hub, conversation, text).await {
                Err(error) if matches!(error.code, 50377 | 20404) => {}
                other => return other,
            },
            Route::AutoCreate(configuration) => {
                let conversation = create(hub, &configuration, text).await?;
                return add(hub, &conversation, text).await;
            }
            Route::Number(number) => {
                legacy::receive(hub, &number, text).await;
                return Ok(());
            }
            Route::Nowhere => return Ok(()),
            Route::Unlogged => {
                hub.world().forget_text(&text.sid);
                let message = "the Messaging Service of the number has no InboundRequestUrl";
                return Err(ApiError::bad(20001, message));
            }
        }
        route = hub.world().route(&text.from, &text.to);
    }
    Err(ApiError::bad(50377, "the conversation closed while the message was on its way"))
}

fn origin(text: &Text) -> Origin {
    Origin::Phone(Channel::of(&text.from).unwrap_or(Channel::Sms))
}

async fn add(hub: &Arc<Hub>, conversation: &str, text: &Text) -> Result<(), ApiError> {
    let media = hub.world().adopt(conversation, &text.media)?;
    let new = NewMessage {
        author: text.from.clone(),
        body: Some(text.body.clone()).filter(|body| !body.is_empty() || text.media.is_empty()),
        media: media.clone(),
        template: None,
        attributes: "{}".to_owned(),
        created: None,
        updated: None,
    };
    let posted = post(hub, conversation, new, origin(text)).await;
    if posted.is_err() {
        hub.world().forget(&media);
    }
    posted.map(drop)
}

/// Creates the conversation and its first participant, or finds the one that was created meanwhile.
async fn create(
    hub: &Arc<Hub>,
    configuration: &AddressConfiguration,
    text: &Text,
) -> Result<String, ApiError> {
    let origin = origin(text);
    let auto = &configuration.auto_creation;
    let service_sid = {
        let world = hub.world();
        let own = auto.service_sid.clone().filter(|sid| world.service(sid).is_some());
        own.unwrap_or_else(|| world.account.chat_service_sid.clone())
    };
    let fields = before(hub, &service_sid, text);
    let mut new = NewConversation {
        service_sid: service_sid.clone(),
        attributes: "{}".to_owned(),
        ..NewConversation::default()
    };
    match pre::ask(hub, &service_sid, "onConversationAdd", fields, origin).await? {
        Verdict::Publish => {}
        Verdict::Change(keys) => {
            new.friendly_name = keys.text("friendly_name")?.or(new.friendly_name);
        }
    }
    let mut world = hub.world();
    if let Some(sid) = world.bindings.get(&(text.from.clone(), text.to.clone())) {
        return Ok(sid.clone());
    }
    let sid = world.create_conversation(new, origin)?;
    if matches!(auto.kind.as_str(), "webhook" | "studio") {
        let (seq, webhook_sid, now) = (world.next_seq(), world.sids.sid("WH"), world.now());
        let webhook = ScopedWebhook {
            seq,
            sid: webhook_sid,
            target: auto.kind.clone(),
            url: auto.webhook_url.clone(),
            method: auto.webhook_method.clone(),
            filters: auto.webhook_filters.clone(),
            triggers: Vec::new(),
            flow_sid: auto.studio_flow_sid.clone(),
            replay_after: None,
            created: now,
            updated: now,
        };
        if let Some(conversation) = world.conversations.get_mut(&sid) {
            conversation.webhooks.push(webhook);
        }
    }
    let participant = NewParticipant {
        address: Some(text.from.clone()),
        proxy: Some(text.to.clone()),
        attributes: "{}".to_owned(),
        ..NewParticipant::default()
    };
    world.add_participant(&sid, participant, origin)?;
    Ok(sid)
}

fn before(hub: &Hub, service_sid: &str, text: &Text) -> Fields {
    let world = hub.world();
    let mut fields = Fields::default();
    fields.put("Attributes", "{}");
    fields.put("ChatServiceSid", service_sid);
    fields.put("MessagingServiceSid", &world.account.messaging_service_sid);
    fields.put("MessagingBinding.ProxyAddress", &text.to);
    fields.put("MessagingBinding.Address", &text.from);
    fields.put("MessagingBinding.AuthorAddress", &text.from);
    fields.put("MessageBody", &text.body);
    fields.media(&text.media);
    fields.put("State", "active");
    fields
}
