//! Si's side: the API under `/v1`.

use anyhow::{Context, Result, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::chat::show;

/// A caller of the channel's API, as Si's other services are. Cloned cheaply.
#[derive(Clone, Debug)]
pub struct Si {
    http: Client,
    server: String,
    token: String,
}

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    /// The status, such as 202.
    pub status: u16,
    /// The JSON body: the result, or a problem document (RFC 9457).
    pub body: Value,
}

impl Answer {
    /// A text of the body.
    pub fn text(&self, name: &str) -> Result<&str> {
        self.body[name].as_str().with_context(|| format!("the answer has no text {name:?}: {}", self.body))
    }
}

impl Si {
    pub(crate) fn new(http: &Client, server: &str, token: String) -> Self {
        Self { http: http.clone(), server: server.trim_end_matches('/').to_owned(), token }
    }

    /// `POST /v1/messages`: writes to a person of whom only the address is known.
    ///
    /// `key` is the `Idempotency-Key`: the same request with the same key has one effect.
    pub async fn writes_to(&self, address: &str, text: &str, key: &str) -> Result<Answer> {
        let answer = self
            .call(Method::POST, "/v1/messages", Some(json!({"to": address, "text": text})), Some(key))
            .await?;
        report(&format!("POST /v1/messages {text:?} ({key})"), &answer, "state");
        Ok(answer)
    }

    /// `POST /v1/sessions/{id}/messages`: writes to everybody of a session.
    pub async fn says(&self, session_id: &str, text: &str) -> Result<Answer> {
        let path = format!("/v1/sessions/{session_id}/messages");
        let answer = self.call(Method::POST, &path, Some(json!({"text": text})), None).await?;
        report(&format!("POST /v1/sessions/…/messages {text:?}"), &answer, "state");
        Ok(answer)
    }

    /// `PUT /v1/consent/{address}`: tells that the person has agreed elsewhere, and where.
    pub async fn records_consent(&self, address: &str, source: &str) -> Result<Answer> {
        let consent = json!({"state": "granted", "evidence": {"source": source}});
        let answer = self.call(Method::PUT, &consent_path(address), Some(consent), None).await?;
        report(&format!("PUT /v1/consent/{address}"), &answer, "state");
        Ok(answer)
    }

    /// `GET /v1/consent/{address}`: where consent stands, such as `granted`.
    pub async fn consent(&self, address: &str) -> Result<String> {
        Ok(self.get(&consent_path(address)).await?.text("state")?.to_owned())
    }

    /// `GET /v1/sessions?address=`: the person's sessions, newest first.
    pub async fn sessions_of(&self, address: &str) -> Result<Vec<Value>> {
        let encoded = utf8_percent_encode(address, NON_ALPHANUMERIC);
        let found = self.get(&format!("/v1/sessions?address={encoded}")).await?;
        Ok(found.body["items"].as_array().context("a list has items")?.clone())
    }

    /// `GET /v1/sessions/{id}/transcript?format=text`.
    pub async fn transcript(&self, session_id: &str) -> Result<String> {
        let url = format!("{}/v1/sessions/{session_id}/transcript?format=text", self.server);
        let answer = self.http.get(url).bearer_auth(&self.token).send().await?.error_for_status()?;
        Ok(answer.text().await?)
    }

    async fn get(&self, path: &str) -> Result<Answer> {
        let answer = self.call(Method::GET, path, None, None).await?;
        ensure!(answer.status == 200, "GET {path}: {} {}", answer.status, answer.body);
        Ok(answer)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Result<Answer> {
        let mut request =
            self.http.request(method, format!("{}{path}", self.server)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await?;
        Ok(Answer { status: answer.status().as_u16(), body: answer.json().await? })
    }
}

fn consent_path(address: &str) -> String {
    format!("/v1/consent/{}", utf8_percent_encode(address, NON_ALPHANUMERIC))
}

/// Prints a call and the part of its answer that tells most.
fn report(call: &str, answer: &Answer, member: &str) {
    let told = answer.body[member].as_str().or(answer.body["detail"].as_str()).unwrap_or_default();
    show("Si", "⇒", &format!("{call}: {} {told}", answer.status));
}
