//! Sends one webhook and records what became of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use percent_encoding::percent_decode_str;

use super::envelope::{Envelope, Signer};
use super::hosts::Target;
use super::overrides::Overrides;
use super::sign::{sign, signed_url};
use crate::fault::{WebhookFault, skew};
use crate::hub::Hub;
use crate::log::WebhookEntry;

/// Twilio reads no more of an answer.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A webhook to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Deliveries of one lane wait for each other.
    pub(crate) lane: String,
    /// The event's name, for filters, faults and the log.
    pub(crate) event: String,
    /// As configured.
    pub(crate) url: String,
    pub(crate) method: Method,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) kind: Kind,
}

/// Whose rules a webhook follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 5 s, sent once; somebody waits for the answer.
    PreAction,
    /// 5 s, sent once unless the sandbox is told to send it again.
    Conversations,
    /// 15 s, once more if the connection could not be made.
    Messaging,
}

/// What became of a webhook.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Answered {
        status: u16,
        content_type: String,
        body: Vec<u8>,
    },
    TimedOut,
    /// No connection, or it broke.
    Unreachable(String),
    /// The host is neither mapped nor on this machine.
    Forbidden,
    /// A planned fault swallowed it, or let others overtake it.
    Lost,
}

impl Outcome {
    /// Twilio's code for the failure, `None` for a 2xx.
    pub(crate) fn error_code(&self) -> Option<u32> {
        match self {
            Self::Answered { status, .. } if (200..300).contains(status) => None,
            Self::Answered { .. } | Self::Forbidden | Self::Lost => Some(11200),
            Self::TimedOut => Some(11201),
            Self::Unreachable(_) => Some(11205),
        }
    }
}

/// Sends a webhook, as a planned fault lets it.
pub(crate) async fn deliver(hub: &Arc<Hub>, delivery: &Delivery) -> Outcome {
    let struck = hub.faults().take_webhook(&delivery.event);
    let outcome = match struck {
        None => tries(hub, delivery, &Envelope::new(hub)).await,
        Some((id, fault)) => suffer(hub, delivery, id, fault).await,
    };
    hub.held.release(&delivery.url);
    outcome
}

async fn suffer(hub: &Arc<Hub>, delivery: &Delivery, id: u64, fault: WebhookFault) -> Outcome {
    let mut envelope = match fault {
        WebhookFault::WrongIdempotencyToken => {
            Envelope { token: Some(hub.last_idempotency_token()), signer: Signer::Account, fault: Some(id) }
        }
        _ => Envelope { fault: Some(id), ..Envelope::new(hub) },
    };
    match fault {
        WebhookFault::Lost => {
            record(hub, delivery, &envelope, &Outcome::Lost, Duration::ZERO);
            return Outcome::Lost;
        }
        WebhookFault::Duplicate { fresh_token } => {
            let patience = Overrides::of_delivery(hub, delivery).read;
            once(hub, delivery, &envelope, patience).await;
            if fresh_token {
                envelope.token = Some(hub.idempotency_token());
            }
            return once(hub, delivery, &envelope, patience).await;
        }
        WebhookFault::Delay(wait) => tokio::time::sleep(wait).await,
        WebhookFault::Reorder(patience) => match delivery.kind {
            Kind::PreAction => {}
            // Who waits for the answer waits longer.
            _ if delivery.lane.is_empty() => hub.held.wait(&delivery.url, patience).await,
            _ => {
                // What is behind it in its lane goes first.
                let (hub, delivery) = (Arc::clone(hub), delivery.clone());
                let later = async move {
                    hub.held.wait(&delivery.url, patience).await;
                    tries(&hub, &delivery, &envelope).await
                };
                tokio::spawn(later);
                return Outcome::Lost;
            }
        },
        WebhookFault::WrongSignature => envelope.signer = Signer::Nobody,
        WebhookFault::OldToken => envelope.signer = Signer::Former,
        WebhookFault::WrongIdempotencyToken => {}
        WebhookFault::NoIdempotencyToken => envelope.token = None,
        WebhookFault::ClockSkew(by) => {
            let mut skewed = delivery.clone();
            for (_, value) in &mut skewed.params {
                if let Some(shifted) = skew::shifted(value, by) {
                    *value = shifted;
                }
            }
            return tries(hub, &skewed, &envelope).await;
        }
    }
    tries(hub, delivery, &envelope).await
}

/// Sends a webhook, and again while its rules ask for it and time is left. Each try carries the same token.
async fn tries(hub: &Arc<Hub>, delivery: &Delivery, envelope: &Envelope) -> Outcome {
    let rules = Overrides::of_delivery(hub, delivery);
    let started = Instant::now();
    let mut outcome = once(hub, delivery, envelope, rules.read.min(rules.total)).await;
    let mut delivery = delivery.clone();
    for retry in 1..=rules.retries {
        let left = rules.total.saturating_sub(started.elapsed());
        if left.is_zero() || !rules.again(&outcome) {
            break;
        }
        if let Some(count) = delivery.params.iter_mut().find(|(name, _)| name == "RetryCount") {
            count.1 = retry.to_string();
        }
        outcome = once(hub, &delivery, envelope, rules.read.min(left)).await;
    }
    outcome
}

async fn once(hub: &Arc<Hub>, delivery: &Delivery, envelope: &Envelope, patience: Duration) -> Outcome {
    let started = Instant::now();
    let outcome = match request(hub, delivery, envelope) {
        None => Outcome::Forbidden,
        Some(request) => match tokio::time::timeout(patience, exchange(request)).await {
            Err(_) => Outcome::TimedOut,
            Ok(outcome) => outcome,
        },
    };
    record(hub, delivery, envelope, &outcome, started.elapsed());
    outcome
}

/// The signed request, or `None` for a host that is not contacted.
fn request(hub: &Hub, delivery: &Delivery, envelope: &Envelope) -> Option<reqwest::RequestBuilder> {
    let form = encode(&delivery.params);
    let mut url = signed_url(&delivery.url);
    let is_get = delivery.method == Method::GET;
    if is_get && !form.is_empty() {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&form);
    }
    let signed = if is_get { &[] } else { delivery.params.as_slice() };
    let signature = sign(&envelope.signer.key(hub), &url, signed);
    let (target, host) = match hub.hosts().target(&url) {
        Target::Forbidden => return None,
        Target::Direct(target) => (target, None),
        Target::Mapped { url, host, scheme } => (url, Some((host, scheme))),
    };
    let mut request = hub.client.request(delivery.method.clone(), target);
    request = request
        .header("X-Twilio-Signature", signature)
        .header(USER_AGENT, "TwilioProxy/1.1")
        .header("Accept", "*/*");
    if let Some(token) = &envelope.token {
        request = request.header("I-Twilio-Idempotency-Token", token);
    }
    if let Some((host, scheme)) = host {
        request = request.header(HOST, host).header("X-Forwarded-Proto", scheme);
    }
    if let Some(credentials) = credentials(&delivery.url) {
        request = request.header(AUTHORIZATION, credentials);
    }
    if !is_get {
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        request = request.header(CONTENT_TYPE, kind).body(form);
    }
    Some(request)
}

async fn exchange(request: reqwest::RequestBuilder) -> Outcome {
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(error) => return Outcome::Unreachable(error.without_url().to_string()),
    };
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_LIMIT => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Outcome::Unreachable("the answer is longer than 64 kB (11750)".to_owned()),
            Ok(None) => return Outcome::Answered { status, content_type, body },
            Err(error) => return Outcome::Unreachable(error.without_url().to_string()),
        }
    }
}

fn encode(params: &[(String, String)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in params {
        form.append_pair(name, value);
    }
    form.finish()
}

/// User information in the URL becomes Basic credentials.
fn credentials(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let user = percent_decode_str(url.username()).decode_utf8_lossy();
    let password = percent_decode_str(url.password().unwrap_or_default()).decode_utf8_lossy();
    Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

fn record(hub: &Hub, delivery: &Delivery, envelope: &Envelope, outcome: &Outcome, took: Duration) {
    let (status, failure) = match outcome {
        Outcome::Answered { status, .. } => (Some(*status), None),
        Outcome::TimedOut => (None, Some("timeout".to_owned())),
        Outcome::Unreachable(why) => (None, Some(why.clone())),
        Outcome::Forbidden => (None, Some("host is neither mapped nor on this machine".to_owned())),
        Outcome::Lost => (None, Some("lost by a planned fault".to_owned())),
    };
    hub.log_webhook(WebhookEntry {
        url: signed_url(&delivery.url),
        method: delivery.method.to_string(),
        event: delivery.event.clone(),
        params: delivery.params.clone(),
        status,
        failure,
        error_code: outcome.error_code(),
        fault: envelope.fault,
        duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
}
