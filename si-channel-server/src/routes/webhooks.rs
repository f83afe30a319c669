//! What Twilio calls: authenticate, bound, understand, make durable, acknowledge.
//!
//! - no signature, or a wrong one: 403;
//! - too large 413, too slow 408;
//! - signed but not understood: 400, and it is logged;
//! - understood and new, or known already: 200, after it is durable;
//! - the store refuses: it waits in the spool, and 200, where there is one; else 503, never 200.

use ::http::{StatusCode, header};
use jiff::Timestamp;
use si_channel_core::normalize::{Fact, NormalizeError};
use twilio_conversations::webhook::conversations::ConversationsWebhook;
use twilio_conversations::webhook::form;

use crate::app::App;
use crate::http::{Problem, Request, Response, body, response};
use crate::intake::sifted;
use crate::routes::hook;
use crate::routes::refusal::{unspooled, unstored};
use crate::spool::Spooled;
use crate::store::StoreError;
use crate::worker::Received;

/// The header that carries the signature. <https://www.twilio.com/docs/usage/webhooks/webhooks-security>
const SIGNATURE: &str = "x-twilio-signature";

/// A Conversations webhook, pre-action or post-action.
pub async fn conversations(app: &App, request: Request) -> Result<Response, Problem> {
    let (pairs, _) = authentic(app, request).await?;
    let webhook = ConversationsWebhook::parse(&pairs).map_err(|error| unclear(&error))?;
    if webhook.account_sid != *app.engine.account() {
        return Err(other_account());
    }
    if webhook.event_type().is_pre_action() {
        return Ok(hook::answer(app, &webhook).await);
    }
    accept(app, Received::Conversations { pairs }).await?;
    Ok(response::empty(StatusCode::OK))
}

/// An inbound message on the Messaging path. The answer is empty TwiML: replies go by the outbox.
pub async fn sms(app: &App, request: Request) -> Result<Response, Problem> {
    let (pairs, _) = authentic(app, request).await?;
    accept(app, Received::Inbound { pairs, at: None }).await?;
    Ok(response::xml(StatusCode::OK, r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#))
}

/// A status callback of a message on the Messaging path; `?id=` is ours.
pub async fn status(app: &App, request: Request) -> Result<Response, Problem> {
    let (pairs, query) = authentic(app, request).await?;
    let outbound_id = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "id")
        .map(|(_, value)| value.into_owned());
    accept(app, Received::Status { pairs, outbound_id }).await?;
    Ok(response::empty(StatusCode::OK))
}

/// The parameters of a request that Twilio signed, and its query.
async fn authentic(app: &App, request: Request) -> Result<(Vec<(String, String)>, String), Problem> {
    let forbidden = |why: &str| {
        tracing::warn!(why, "a webhook was refused");
        Problem::new(StatusCode::FORBIDDEN, "signature", "the request is not signed by Twilio for this URL")
    };
    let signature = match request.headers().get_all(SIGNATURE).iter().collect::<Vec<_>>().as_slice() {
        [one] => one.to_str().map(str::to_owned).map_err(|_| forbidden("signature is not text"))?,
        // Refused before the body is read.
        [] => return Err(forbidden("no signature")),
        _ => return Err(forbidden("several signatures")),
    };
    body::refuse_encoded(request.headers())?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let url = signed_url(app, &request);
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"));
    let limits = &app.limits;
    let bytes = body::read_limited(request.into_body(), limits.max_form_bytes, limits.body_timeout)
        .await
        .inspect_err(|problem| tracing::warn!(why = problem.kind(), "a webhook's body was refused"))?;
    if is_json {
        app.validator.verify_json(&url, &bytes, &signature).map_err(|error| forbidden(&error.to_string()))?;
        return Err(Problem::bad_request("this webhook is sent as a form, not as JSON"));
    }
    let pairs = form::parse(&bytes, form::Limits { pairs: 256, value_bytes: limits.max_form_bytes })
        .map_err(|error| unclear(&error))?;
    let matched =
        app.validator.verify_form(&url, &pairs, &signature).map_err(|error| forbidden(&error.to_string()))?;
    tracing::trace!(key = ?matched, "webhook verified");
    let pairs = pairs.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Ok((pairs, query))
}

/// The URL as Twilio called it: the configured base and the path and query as they came.
fn signed_url(app: &App, request: &Request) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    app.public_url.of(target)
}

fn unclear(error: &impl std::fmt::Display) -> Problem {
    tracing::warn!(%error, "a signed webhook was not understood");
    Problem::bad_request(format!("the webhook was not understood: {error}"))
}

fn other_account() -> Problem {
    tracing::warn!("a webhook of another account was refused");
    Problem::new(StatusCode::FORBIDDEN, "account", "the webhook is of another Twilio account")
}

async fn accept(app: &App, received: Received) -> Result<(), Problem> {
    let now = app.engine.clock().now();
    let fact = received.fact(app.engine.account(), now).map_err(|error| match error {
        NormalizeError::OtherAccount => other_account(),
        error => unclear(&error),
    })?;
    let kept = keep(app, received, fact, now).await;
    if let (Err(_), Some(repair)) = (&kept, &app.repair) {
        repair.missed_one();
    }
    kept
}

/// Into the store, or into the spool.
async fn keep(app: &App, received: Received, fact: Fact, now: Timestamp) -> Result<(), Problem> {
    let Some(spool) = &app.spool else {
        return store(app, received, fact, now).await.map_err(|error| unstored(&error));
    };
    let spooled = Spooled { at_ms: now.as_millisecond(), received };
    if !spool.is_holding() {
        let stored = store(app, spooled.received.clone(), fact, now);
        match tokio::time::timeout(spool.store_within(), stored).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error @ StoreError::Corrupt(_))) => return Err(unstored(&error)),
            Ok(Err(error)) => tracing::warn!(%error, "a webhook goes to the spool"),
            // Whether it was stored after all does not matter: it counts once.
            Err(_elapsed) => tracing::warn!("the store takes too long; a webhook goes to the spool"),
        }
    }
    spool.keep(&spooled).await.map_err(|error| unspooled(&error))
}

async fn store(app: &App, received: Received, fact: Fact, now: Timestamp) -> Result<(), StoreError> {
    if let Some(input) = sifted(&app.engine, received, fact, now).await? {
        app.engine.store().accept(vec![input]).await?;
    }
    Ok(())
}
