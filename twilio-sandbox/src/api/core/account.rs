//! `/Accounts/{Sid}.json`.

use serde_json::{Map, Value, json};

use crate::clock::rfc2822;
use crate::http::answer::{Answer, Reply};
use crate::hub::Hub;

pub(crate) fn fetch(hub: &Hub) -> Answer {
    let world = hub.world();
    let account = &world.account;
    let uri = format!("/2010-04-01/Accounts/{}", account.sid);
    let subresources: Map<String, Value> =
        [("messages", "Messages.json"), ("incoming_phone_numbers", "IncomingPhoneNumbers.json")]
            .map(|(name, file)| (name.to_owned(), json!(format!("{uri}/{file}"))))
            .into_iter()
            .collect();
    Reply::ok(json!({
        "sid": account.sid,
        "owner_account_sid": account.owner.as_ref().unwrap_or(&account.sid),
        "friendly_name": account.friendly_name,
        "status": "active",
        "type": "Full",
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.created),
        "date_updated": rfc2822(account.created),
        "subresource_uris": subresources,
        "uri": format!("{uri}.json"),
    }))
}
