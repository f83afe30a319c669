use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use twilio_conversations::{
    Attributes, Client, Request, Timestamp,
    auth::{Auth, AuthToken},
    client::{ClientBuilder, retry::RetryPolicy},
    request::{Form, Parts},
    sid::{AccountSid, ConversationSid, MessageSid},
};
use wiremock::MockServer;

pub(crate) const HEX: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn sid<S: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str) -> S {
    format!("{prefix}{HEX}").parse().unwrap()
}

pub(crate) fn account() -> AccountSid {
    sid("AC")
}

pub(crate) fn conversation() -> ConversationSid {
    sid("CH")
}

pub(crate) fn message() -> MessageSid {
    sid("IM")
}

const AC: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const CH: &str = "CH0123456789abcdef0123456789abcdef";
const IM: &str = "IM0123456789abcdef0123456789abcdef";

pub(crate) fn parts(request: &impl Request) -> Parts {
    request.parts(&account())
}

/// Method, path, the decoded pairs of query and form, and the JSON, one line.
pub(crate) fn line(request: &impl Request) -> String {
    let parts = parts(request);
    let pairs = |form: &Form| {
        form.pairs().iter().fold(String::new(), |line, (name, value)| line + " " + name + "=" + value)
    };
    let path = parts.path.replace(AC, "{AC}").replace(CH, "{CH}").replace(IM, "{IM}");
    let json = parts.json.map(|json| format!(" {}", json.as_str())).unwrap_or_default();
    format!("{} {path}{}{}{json}", parts.class.method(), pairs(&parts.query), pairs(&parts.form))
        .replace("0123456789abcdef0123456789abcdef", "…")
}

pub(crate) fn now() -> Timestamp {
    Timestamp::new("2024-01-02T03:04:05Z")
}

pub(crate) fn attributes() -> Attributes {
    Attributes::new("{}")
}

/// A client of a sandbox at this address, which repeats at once.
pub(crate) fn builder(base: &str) -> ClientBuilder {
    let policy =
        RetryPolicy { base: Duration::ZERO, max_retry_after: Duration::ZERO, ..RetryPolicy::default() };
    Client::builder(account(), Auth::Token(AuthToken::new("token").unwrap()))
        .sandbox(base)
        .retry_policy(policy)
}

pub(crate) fn client(server: &MockServer) -> Client {
    builder(&server.uri()).build().unwrap()
}

/// The calls that a jitter source got.
pub(crate) fn counted_jitter() -> (Arc<Mutex<u32>>, impl Fn() -> f64 + Send + Sync + 'static) {
    let count = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&count);
    (count, move || {
        *counter.lock().unwrap() += 1;
        0.0
    })
}

pub(crate) fn conversation_json() -> serde_json::Value {
    serde_json::json!({
        "sid": conversation(), "account_sid": account(), "state": "active", "attributes": "{}",
        "chat_service_sid": null, "messaging_service_sid": null, "friendly_name": "Trip", "unique_name": null,
        "date_created": "2024-01-02T03:04:05Z", "date_updated": null, "timers": {}, "bindings": {}, "url": null,
    })
}
