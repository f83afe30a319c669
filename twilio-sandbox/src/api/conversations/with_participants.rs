//! `/ConversationWithParticipants`: a conversation and up to ten participants at once.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/conversation-with-participants-resource>

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};

use super::scope::Scope;
use super::{conversation, participant};
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::participant::NewParticipant;

/// Participants of one request.
const PARTICIPANTS: usize = 10;

pub(crate) async fn create(hub: &Arc<Hub>, call: &Call, scope: &Scope) -> Answer {
    let mut new = conversation::read(&call.form, scope)?;
    let participants = call.form.list("Participant").unwrap_or_default();
    if participants.len() > PARTICIPANTS {
        let message = format!("At most {PARTICIPANTS} participants can be added in one request");
        return Err(ApiError::bad(50426, message));
    }
    let participants: Vec<NewParticipant> =
        participants.iter().map(|text| read(text)).collect::<Result<_, _>>()?;
    let origin = call.origin();
    hub.world().check_with_participants(&new, &participants)?;
    conversation::ask_to_add(hub, &mut new, origin).await?;
    let status = if participants.is_empty() { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let mut world = hub.world();
    let sid = world.create_with_participants(new, participants, origin)?;
    Ok(Reply::Json(status, conversation::render(&world, world.find(&sid)?, &scope.root)))
}

/// One `Participant`: a JSON object with the names of the Participant resource.
fn read(text: &str) -> Result<NewParticipant, ApiError> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return Err(ApiError::bad(20001, format!("Participant {text:?} is not a JSON object")));
    };
    let mut pairs = Vec::new();
    flatten("", object, &mut pairs);
    let form = Form::of_pairs(pairs);
    let participant = participant::read(&form)?;
    match form.ignored().first() {
        Some(name) => Err(ApiError::bad(20001, format!("A Participant has no {name:?}"))),
        None => Ok(participant),
    }
}

/// Turns `{"messaging_binding": {"address": …}}` into the parameter `MessagingBinding.Address`.
fn flatten(prefix: &str, object: Map<String, Value>, pairs: &mut Vec<(String, String)>) {
    for (key, value) in object {
        let name = format!("{prefix}{}", pascal(&key));
        match value {
            Value::Null => {}
            Value::String(text) => pairs.push((name, text)),
            Value::Object(inner) if name == "MessagingBinding" => flatten("MessagingBinding.", inner, pairs),
            other => pairs.push((name, other.to_string())),
        }
    }
}

/// `proxy_address` as `ProxyAddress`; a name with capitals stays.
fn pascal(key: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
    };
    key.split('.').map(|part| part.split('_').filter_map(word).collect()).collect::<Vec<String>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_participant_is_written_in_snake_case_or_as_the_parameters_are() {
        for text in [
            r#"{"messaging_binding": {"address": "+1", "proxy_address": "+2"}, "attributes": {"a": 1}}"#,
            r#"{"messaging_binding.address": "+1", "MessagingBinding.ProxyAddress": "+2", "Attributes": "{\"a\":1}"}"#,
        ] {
            let one = read(text).unwrap();
            assert_eq!((one.address.as_deref(), one.proxy.as_deref()), (Some("+1"), Some("+2")), "{text}");
            assert_eq!(one.attributes, r#"{"a":1}"#);
        }
        for wrong in ["", "[]", "\"si\"", r#"{"identity": "si", "adress": "+1"}"#] {
            assert_eq!(read(wrong).unwrap_err().code, 20001, "{wrong}");
        }
    }
}
