//! `…/Messages/{MessageSid}/Receipts[/{Sid}]`, read-only.

use serde_json::{Value, json};

use super::scope::{Scope, with_service};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::message::Receipt;
use crate::state::text::Status;
use crate::state::world::World;

fn render(world: &World, one: &Receipt, conversation: &str, message: &str, root: &str) -> Value {
    let resource = json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "conversation_sid": conversation,
        "message_sid": message,
        "channel_message_sid": one.channel_message_sid,
        "participant_sid": one.participant_sid,
        "status": one.status.map(Status::as_str),
        "error_code": one.error_code.unwrap_or(0),
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{root}/Conversations/{conversation}/Messages/{message}/Receipts/{}", one.sid),
    });
    with_service(root, resource)
}

pub(crate) fn list(hub: &Hub, call: &Call, (id, sid): (&str, &str), scope: &Scope) -> Answer {
    let paging = Paging::of(call, 50)?;
    let world = hub.world();
    let conversation = &scope.find(&world, id)?.sid;
    let message = world.find_message(conversation, sid)?;
    let page = paging.take(false, |range| {
        message
            .receipts
            .iter()
            .filter(move |one| one.status.is_some() && range.contains(&one.seq))
            .map(|one| (one.seq, one))
    });
    let url = format!("{}/Conversations/{conversation}/Messages/{sid}/Receipts", scope.root);
    Reply::ok(
        page.v1(call, &url, "delivery_receipts", |one| render(&world, one, conversation, sid, &scope.root)),
    )
}

pub(crate) fn fetch(hub: &Hub, (id, message, sid): (&str, &str, &str), scope: &Scope) -> Answer {
    let world = hub.world();
    let conversation = &scope.find(&world, id)?.sid;
    let found = world
        .find_message(conversation, message)?
        .receipts
        .iter()
        .find(|one| one.sid == sid && one.status.is_some());
    let one = found.ok_or_else(|| {
        ApiError::not_found(&format!("/Conversations/{conversation}/Messages/{message}/Receipts/{sid}"))
    })?;
    Reply::ok(render(&world, one, conversation, message, &scope.root))
}
