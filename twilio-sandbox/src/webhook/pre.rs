//! Pre-action webhooks: ask before something happens.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};

use super::deliver::{Delivery, Kind, Outcome, deliver};
use super::fields::Fields;
use crate::config::UnreachablePreHook;
use crate::error::ApiError;
use crate::hub::Hub;
use crate::state::origin::Origin;

/// What the receiver allows.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// As it is.
    Publish,
    /// With changes.
    Change(Changes),
}

/// The keys of the answer.
#[derive(Debug)]
pub(crate) struct Changes(Map<String, Value>);

impl Changes {
    /// A key's text; anything but text is the receiver's mistake and an error for the originator.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, ApiError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ApiError::bad(50057, format!("The pre-action webhook's {key} is not a string"))),
        }
    }
}

/// Asks the pre-action webhook of a service or of the account, if it wants the event. A refusal is 403/50056.
///
/// No answer in time publishes unchanged, as Twilio documents.
pub(crate) async fn ask(
    hub: &Arc<Hub>,
    service: &str,
    event: &'static str,
    fields: Fields,
    origin: Origin,
) -> Result<Verdict, ApiError> {
    if !origin.fires() {
        return Ok(Verdict::Publish);
    }
    let (delivery, unreachable) = {
        let world = hub.world();
        let mut webhooks = world.configured(service, event);
        let asked = webhooks.find_map(|webhook| Some((webhook.pre_url.clone()?, webhook.method.clone())));
        let Some((url, method)) = asked else { return Ok(Verdict::Publish) };
        let delivery = Delivery {
            lane: String::new(),
            event: event.to_owned(),
            url,
            method,
            params: fields.of_event(&world.account.sid, event, world.source(origin)).into_params(),
            kind: Kind::PreAction,
        };
        (delivery, world.behaviour.unreachable_pre_hook)
    };
    let refused = |why: String| Err(ApiError::new(StatusCode::FORBIDDEN, 50056, why));
    match deliver(hub, &delivery).await {
        Outcome::Answered { status, body, .. } if (200..300).contains(&status) => Ok(read(&body)),
        Outcome::Answered { status, .. } if status >= 400 => {
            refused(format!("The pre-action webhook refused {event} with {status}"))
        }
        // Twilio follows redirects; the sandbox goes nowhere it was not told of.
        Outcome::Answered { .. } | Outcome::TimedOut | Outcome::Lost => Ok(Verdict::Publish),
        Outcome::Unreachable(_) | Outcome::Forbidden => match unreachable {
            UnreachablePreHook::Publish => Ok(Verdict::Publish),
            UnreachablePreHook::Refuse => {
                refused(format!("The pre-action webhook for {event} could not be reached"))
            }
        },
    }
}

fn read(body: &[u8]) -> Verdict {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(keys)) if !keys.is_empty() => Verdict::Change(Changes(keys)),
        _ => Verdict::Publish,
    }
}
