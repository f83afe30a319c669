//! The Media Content Service: files of conversations.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/media-resource>

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::media::{Incoming, Owner, Stored};
use crate::state::world::World;

/// Answers `/mcs/v1/…`.
pub(crate) fn answer(hub: &Hub, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let ["v1", "Services", service, "Media", rest @ ..] = segments.as_slice() else {
        return Err(ApiError::not_found(&call.resource()));
    };
    hub.world().find_service(service)?;
    match (&call.method, rest) {
        (&Method::POST, []) => upload(hub, call, service),
        (&Method::GET, [sid]) => {
            let world = hub.world();
            Reply::ok(render(&world, sid, world.find_upload(service, sid)?))
        }
        (&Method::DELETE, [sid]) => {
            let mut world = hub.world();
            world.find_upload(service, sid)?;
            world.media.remove(*sid);
            Reply::deleted()
        }
        (&Method::GET, [sid, "Content"]) => {
            let world = hub.world();
            world.find_upload(service, sid)?;
            Ok(Reply::Redirect(world.temporary_url(sid)))
        }
        (_, [] | [_] | [_, "Content"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found(&call.resource())),
    }
}

fn upload(hub: &Hub, call: &Call, service: &str) -> Answer {
    if call.content_type.is_empty() {
        let message = "The Content-Type must say what the file is";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, 50511, message));
    }
    if call.body.is_empty() {
        return Err(ApiError::bad(20001, "The file is empty"));
    }
    let file = Incoming {
        content_type: call.content_type.clone(),
        filename: call.query.filled("Filename").map(str::to_owned),
        bytes: call.body.clone(),
    };
    let mut world = hub.world();
    let sid = world.keep(file, Owner::Service { service_sid: service.to_owned(), message: None });
    Reply::created(render(&world, &sid, world.find_upload(service, &sid)?))
}

fn render(world: &World, sid: &str, one: &Stored) -> Value {
    let (service, message) = match &one.owner {
        Owner::Service { service_sid, message } => (service_sid.as_str(), message.as_ref()),
        Owner::Text(_) | Owner::Phone(_) => ("", None),
    };
    let url = format!("{}/mcs/v1/Services/{service}/Media/{sid}", world.base);
    json!({
        "sid": sid,
        "account_sid": world.account.sid,
        "service_sid": service,
        "channel_sid": message.map(|(conversation, _)| conversation),
        "message_sid": message.map(|(_, message)| message),
        "category": "media",
        "author": null,
        "content_type": one.content_type,
        "filename": one.filename,
        "size": one.bytes.len(),
        "is_multipart_upstream": false,
        "date_created": iso(one.created),
        "date_upload_updated": iso(one.updated),
        "date_updated": iso(one.updated),
        "url": url,
        "links": {
            "content": format!("{url}/Content"),
            "content_direct_temporary": world.temporary_url(sid),
        },
    })
}
