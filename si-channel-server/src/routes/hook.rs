//! The pre-action hook, which Twilio and the author of a text wait for.
//!
//! In doubt the text passes unchanged: a refusal, or no answer, would cost what the person wrote. Refused is only what
//! the channel has taken, durably: a keyword, a command or an opt-out in other words of a member of a group, which nobody
//! else is to read.

use std::sync::Arc;

use ::http::StatusCode;
use si_channel_core::address::Address;
use si_channel_core::event::ConsentState;
use si_channel_core::normalize;
use si_channel_core::rejection::Rejection;
use si_channel_core::screen::{Offered, Verdict, screen};
use si_channel_core::session::Session;
use si_channel_core::world::Found;
use twilio_conversations::Attributes;
use twilio_conversations::webhook::conversations::{
    ConversationsEvent, ConversationsWebhook, Modification, NewMessage, PreActionResponse,
};

use crate::app::App;
use crate::documents;
use crate::engine::{Decided, EngineError};
use crate::http::{Response, response};
use crate::store::{Kind, StoreError, Want};

/// Answers a pre-action webhook, within `limits.pre_action_timeout`: a text that waits is a text that is late.
pub async fn answer(app: &App, webhook: &ConversationsWebhook) -> Response {
    let answer = match &webhook.event {
        ConversationsEvent::MessageAdd(message) => {
            let answered =
                tokio::time::timeout(app.limits.pre_action_timeout, about(app, webhook, message)).await;
            answered.unwrap_or_else(|_elapsed| {
                tracing::warn!("a pre-action hook took too long; the text passes unchanged");
                PreActionResponse::Unchanged
            })
        }
        _ => PreActionResponse::Unchanged,
    };
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::OK);
    response::typed(status, "application/json", answer.to_json())
}

async fn about(app: &App, webhook: &ConversationsWebhook, message: &NewMessage) -> PreActionResponse {
    let Ok(author) = message.author.parse::<Address>() else { return PreActionResponse::Unchanged };
    let (session, consent) = match known(app, message, &author).await {
        Ok(Some(known)) => known,
        Ok(None) => return PreActionResponse::Unchanged,
        Err(error) => {
            tracing::warn!(%error, "a pre-action hook could not read its session; the text passes unchanged");
            return PreActionResponse::Unchanged;
        }
    };
    let offered = Offered {
        author: &author,
        body: &message.body,
        attributes: message.attributes.as_str(),
        files: !message.media.is_empty(),
    };
    match screen(&session, &offered, consent, app.engine.policy()) {
        Verdict::Unchanged => PreActionResponse::Unchanged,
        Verdict::Relabelled { body, attributes } => {
            PreActionResponse::Modify(Modification::new().body(body).attributes(Attributes::new(attributes)))
        }
        Verdict::Aside => take(app, webhook, message).await,
    }
}

/// The session that a text is offered to, and where its author's consent stands.
async fn known(
    app: &App,
    message: &NewMessage,
    author: &Address,
) -> Result<Option<(Session, ConsentState)>, StoreError> {
    let wants = vec![
        Want::Key(Kind::Session, documents::CONVERSATION, message.conversation_sid.to_string()),
        Want::Id(Kind::Ledger, author.to_string()),
    ];
    let mut found = app.engine.store().load(wants).await?.into_iter();
    let session = found.next().flatten().map(|record| documents::found(&record)).transpose()?;
    let ledger = found.next().flatten().map(|record| documents::found(&record)).transpose()?;
    let consent = match ledger {
        Some(Found::Ledger(ledger)) => ledger.state(),
        _ => ConsentState::Unknown,
    };
    Ok(match session {
        Some(Found::Session(session)) => Some((Arc::unwrap_or_clone(session), consent)),
        _ => None,
    })
}

/// Takes an aside and has Twilio refuse it. What cannot be taken passes, and comes by webhook.
async fn take(app: &App, webhook: &ConversationsWebhook, message: &NewMessage) -> PreActionResponse {
    let asked_at = app.engine.clock().now();
    let input = normalize::offered(webhook, message, asked_at);
    match app.engine.decide(&input).await {
        // Taken now, or a moment ago.
        Ok(Decided::Done(_) | Decided::Rejected(Rejection::AlreadySo)) => PreActionResponse::Reject,
        Ok(Decided::Rejected(rejection)) => {
            tracing::debug!(%rejection, "a text that was offered passes");
            PreActionResponse::Unchanged
        }
        Err(EngineError::Store(error)) => {
            tracing::warn!(%error, "a keyword or command could not be stored; the text passes unchanged");
            PreActionResponse::Unchanged
        }
        Err(error) => {
            tracing::warn!(%error, "a keyword or command could not be decided on; the text passes unchanged");
            PreActionResponse::Unchanged
        }
    }
}
