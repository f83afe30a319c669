//! What Twilio holds and does.

use reqwest::Method;
use serde_json::Value;
use twilio_conversations::auth::AuthToken;
use twilio_conversations::webhook::signature::SigningKey;

use super::{Answer, PUBLIC_URL, TestApp, text};

/// Names and values of a form.
pub(crate) type Form = Vec<(String, String)>;

/// The signature of a form by a token.
pub(crate) fn sign_with(token: &str, url: &str, form: &Form) -> String {
    SigningKey::new("test", AuthToken::new(token).unwrap()).sign_form(url, form).unwrap()
}

/// The signature that the account's token makes.
pub(crate) fn sign(app: &TestApp, path: &str, form: &Form) -> String {
    sign_with(&app.sandbox.auth_token(), &format!("{PUBLIC_URL}{path}"), form)
}

/// `onMessageAdded` as Twilio sends it for a text from a phone.
pub(crate) fn message_added(
    app: &TestApp,
    conversation: &str,
    message: &str,
    author: &str,
    body: &str,
) -> Form {
    [
        ("AccountSid", app.sandbox.account_sid().as_str()),
        ("EventType", "onMessageAdded"),
        ("Source", "SMS"),
        ("ConversationSid", conversation),
        ("MessageSid", message),
        ("Index", "0"),
        ("DateCreated", "2026-01-05T09:00:00.000Z"),
        ("Body", body),
        ("Author", author),
        ("Attributes", "{}"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The parameters of a webhook in Twilio's log.
pub(crate) fn form_of(params: &Value) -> Form {
    params.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value).to_owned())).collect()
}

impl TestApp {
    /// Uses a control of the sandbox.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.sandbox.url()));
        Answer::of(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// Plans a fault of Twilio's.
    pub(crate) async fn fault(&self, fault: Value) {
        self.control(Method::POST, "/sandbox/faults", fault).await.expect(200);
    }

    /// How many planned faults are still to strike.
    pub(crate) async fn faults_left(&self) -> usize {
        let faults = self.control(Method::GET, "/sandbox/faults", Value::Null).await.expect(200);
        faults.json["faults"].as_array().unwrap().len()
    }

    /// Everything that Twilio holds.
    pub(crate) async fn state(&self) -> Value {
        self.control(Method::GET, "/sandbox/state", Value::Null).await.expect(200).json
    }

    /// The conversations that Twilio holds.
    pub(crate) async fn conversations(&self) -> Vec<Value> {
        self.state().await["conversations"].as_array().unwrap().clone()
    }

    /// The conversation with this SID.
    pub(crate) async fn conversation(&self, sid: &Value) -> Value {
        let conversations = self.conversations().await;
        conversations.into_iter().find(|one| one["sid"] == *sid).expect("the conversation exists")
    }

    /// What Twilio was asked and what it sent: `api`, `webhook` or `note`.
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        let path = format!("/sandbox/log?kind={kind}");
        let log = self.control(Method::GET, &path, Value::Null).await.expect(200);
        log.json["entries"].as_array().unwrap().clone()
    }

    /// Uses one of Twilio's APIs as another program of the account would, telling webhooks of it.
    pub(crate) async fn as_admin(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self
            .http
            .request(method, format!("{}{path}", self.sandbox.url()))
            .basic_auth(self.sandbox.account_sid(), Some(self.sandbox.auth_token()))
            .header("x-twilio-webhook-enabled", "true")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(form));
        Answer::of(request).await
    }

    /// Calls the server as Twilio does.
    pub(crate) async fn webhook(&self, path: &str, form: &Form) -> Answer {
        self.webhook_signed(path, form, &sign(self, path, form)).await
    }

    /// Calls the server with some signature.
    pub(crate) async fn webhook_signed(&self, path: &str, form: &Form, signature: &str) -> Answer {
        let request = self
            .http
            .post(format!("{}{path}", self.url()))
            .header("x-twilio-signature", signature)
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .body(encode(form));
        Answer::of(request).await
    }

    /// The parameters of a webhook that Twilio sent earlier.
    pub(crate) async fn sent_webhook(&self, event: &str, fits: impl Fn(&Value) -> bool) -> Form {
        let log = self.log("webhook").await;
        let found = log.iter().find(|entry| entry["event"] == event && fits(&entry["params"]));
        form_of(&found.unwrap_or_else(|| panic!("no webhook {event}"))["params"])
    }
}

/// A form body.
pub(crate) fn encode<N: AsRef<str>, V: AsRef<str>>(form: &[(N, V)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form {
        body.append_pair(name.as_ref(), value.as_ref());
    }
    body.finish()
}
