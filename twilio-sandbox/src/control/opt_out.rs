//! `/sandbox/services/{MG…}/opt_out`: a Messaging Service's Advanced Opt-Out, which Twilio's Console alone sets.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::hub::Hub;
use crate::state::opt_out::AdvancedOptOut;

pub(super) fn read(hub: &Hub, sid: &str) -> Outcome {
    let world = hub.world();
    let service = world.messaging_service(sid).ok_or_else(|| unknown(sid))?;
    super::ok(shown(sid, service.opt_out.as_ref()))
}

/// Turns it on with these keywords, in place of what was set.
pub(super) fn put(hub: &Hub, sid: &str, body: &[u8]) -> Outcome {
    let mut own: AdvancedOptOut = super::read(body)?;
    own.countries = own.countries.into_iter().map(|(name, rules)| (name.to_uppercase(), rules)).collect();
    let mut world = hub.world();
    let service = world.messaging_service_mut(sid).ok_or_else(|| unknown(sid))?;
    service.opt_out = Some(own);
    super::ok(shown(sid, service.opt_out.as_ref()))
}

/// Turns it off; those who have said STOP stay so.
pub(super) fn remove(hub: &Hub, sid: &str) -> Outcome {
    let mut world = hub.world();
    let service = world.messaging_service_mut(sid).ok_or_else(|| unknown(sid))?;
    service.opt_out = None;
    Ok((StatusCode::OK, shown(sid, None)))
}

fn shown(sid: &str, own: Option<&AdvancedOptOut>) -> Value {
    json!({"sid": sid, "opt_out": own})
}

fn unknown(sid: &str) -> Problem {
    Problem::not_found(format!("there is no Messaging Service {sid:?}"))
}
