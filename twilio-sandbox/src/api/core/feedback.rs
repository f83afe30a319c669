//! `/Messages/{MessageSid}/Feedback.json`: what the sender learnt of the recipient's reaction.

use serde_json::json;

use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::terms::Feedback;

/// Sets the outcome; without one it is confirmed, since `ProvideFeedback` has set `unconfirmed` before.
pub(crate) fn create(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let confirmed = match call.form.filled("Outcome") {
        None | Some("confirmed") => true,
        Some("unconfirmed") => false,
        Some(other) => {
            let message = format!("Outcome {other:?} is neither confirmed nor unconfirmed");
            return Err(ApiError::bad(20001, message));
        }
    };
    let mut world = hub.world();
    let (now, account) = (world.now(), world.account.sid.clone());
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Feedback.json");
    let missing = || ApiError::not_found(&format!("/Messages/{sid}/Feedback.json"));
    let text = world.texts.get_mut(sid).ok_or_else(missing)?;
    let created = text.terms.feedback.as_ref().map_or(now, |feedback| feedback.created);
    text.terms.feedback = Some(Feedback { confirmed, created, updated: now });
    Reply::ok(json!({
        "account_sid": account,
        "message_sid": sid,
        "outcome": if confirmed { "confirmed" } else { "unconfirmed" },
        "date_created": rfc2822(created),
        "date_updated": rfc2822(now),
        "uri": uri,
    }))
}
