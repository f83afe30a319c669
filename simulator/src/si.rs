//! The application: it writes to people, opens and closes sessions, and repeats what was not answered.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use si_channel_server::router::{Side, route};
use si_channel_server::store::Kind;

use crate::installation::API_TOKEN;
use crate::rare::Rare;
use crate::world::{World, pass};

/// How often it repeats a request.
const TRIES: u32 = 8;

/// Asks a server; again, with the same key, when there is no answer or one of 5xx.
pub(crate) async fn ask(world: World, method: &'static str, path: String, body: Value) -> Option<Value> {
    let key = format!("key-{}", world.below(u64::MAX));
    for nth in 0..TRIES {
        if nth > 0 {
            pass(500 + world.below(8_000)).await;
            world.reach(Rare::RequestRepeated);
        }
        let answered = once(&world, method, &path, &body, &key).await;
        world.note("requests", &format!("{method} {path} → {}", answered.as_ref().map_or(0, |it| it.0)));
        match answered {
            Some((status, body)) if status < 500 => {
                // A client that was cut off asks again though it was answered.
                if world.goes_wrong(5, 100) {
                    continue;
                }
                return Some(body);
            }
            _ => {}
        }
    }
    None
}

async fn once(world: &World, method: &str, path: &str, body: &Value, key: &str) -> Option<(u16, Value)> {
    let app = {
        let mut state = world.lock();
        let up: Vec<usize> =
            (0..state.servers.len()).filter(|server| state.servers[*server].is_up()).collect();
        let server = *up.get(state.rng.usize(..up.len().max(1)))?;
        state.servers[server].app()?
    };
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {API_TOKEN}"))
        .header("content-type", "application/json");
    if method == "POST" {
        request = request.header("idempotency-key", key);
    }
    let body = Full::new(Bytes::from(body.to_string())).map_err(|never| match never {}).boxed_unsync();
    let asking = route(&app, request.body(body).ok()?, Side::Everybody);
    let answer = tokio::time::timeout(Duration::from_secs(20), asking).await.ok()?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.ok()?.to_bytes();
    Some((status, serde_json::from_slice(&body).unwrap_or_default()))
}

/// A session, by chance.
fn some_session(world: &World) -> Option<String> {
    let ids: Vec<String> =
        world.disk().tables().documents(Kind::Session).map(|(id, _)| id.to_owned()).collect();
    let nth = world.below(ids.len() as u64);
    ids.into_iter().nth(usize::try_from(nth).ok()?)
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Writes to somebody, perhaps to nobody who consented.
pub(crate) async fn write(world: World, to: String, number: u64) {
    let class = ["informational", "marketing", "reply"][usize::try_from(world.below(3)).unwrap_or(0)];
    let text = format!("Notice {number} of the day");
    let mut body = json!({ "to": to, "text": text, "class": class });
    if world.below(6) == 0 {
        let after = 1_000 + world.below(7_200_000).cast_signed();
        body["not_before"] = crate::server::timestamp(world.now_ms() + after).to_string().into();
    }
    ask(world, "POST", "/v1/messages".to_owned(), body).await;
}

/// Writes into a session.
pub(crate) async fn write_to_session(world: World, number: u64) {
    let Some(session) = some_session(&world) else { return };
    let body = json!({ "text": format!("Notice {number} to all") });
    ask(world, "POST", format!("/v1/sessions/{session}/messages"), body).await;
}

/// Opens a session.
pub(crate) async fn open(world: World, with: String) {
    ask(world, "POST", "/v1/sessions".to_owned(), json!({ "address": with })).await;
}

/// Puts somebody into a session.
pub(crate) async fn invite(world: World, whom: String) {
    let Some(session) = some_session(&world) else { return };
    let body = json!({ "address": whom });
    ask(world, "POST", format!("/v1/sessions/{session}/participants"), body).await;
}

/// Takes somebody out of a session.
pub(crate) async fn remove(world: World, whom: String) {
    let Some(session) = some_session(&world) else { return };
    let path = format!("/v1/sessions/{session}/participants/{}", encoded(&whom));
    ask(world, "DELETE", path, Value::Null).await;
}

/// Closes a session.
pub(crate) async fn close(world: World) {
    let Some(session) = some_session(&world) else { return };
    ask(world, "POST", format!("/v1/sessions/{session}/close"), json!({})).await;
}

/// A code to join a session by.
pub(crate) async fn code(world: World) -> Option<String> {
    let session = some_session(&world)?;
    let answer = ask(world, "POST", format!("/v1/sessions/{session}/invitations"), json!({})).await?;
    answer["code"].as_str().map(str::to_owned)
}

/// Records what somebody said elsewhere.
pub(crate) async fn consent(world: World, whom: String, given: bool) {
    let state = if given { "granted" } else { "revoked" };
    ask(world, "PUT", format!("/v1/consent/{}", encoded(&whom)), json!({ "state": state })).await;
}

/// Cancels a message.
pub(crate) async fn cancel(world: World) {
    let ids: Vec<String> =
        world.disk().tables().documents(Kind::Outbound).map(|(id, _)| id.to_owned()).collect();
    let nth = world.below(ids.len() as u64);
    let Some(id) = usize::try_from(nth).ok().and_then(|nth| ids.into_iter().nth(nth)) else { return };
    ask(world, "POST", format!("/v1/outbound/{id}/cancel"), json!({})).await;
}
