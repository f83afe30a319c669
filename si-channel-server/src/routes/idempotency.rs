//! `Idempotency-Key`: the same request again gets the same answer and does nothing again.
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>

use ::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use si_channel_core::engine::Outcome;
use si_channel_core::input::Input;

use crate::app::App;
use crate::engine::{Decided, EngineError, Settle};
use crate::http::{Problem, Request, Response, response};
use crate::routes::refusal::{undecided, unstored};
use crate::store::{KeptAnswer, Source};

/// The key of a request, if it has one.
#[derive(Debug)]
pub struct Key {
    key: Option<String>,
    path: String,
}

impl Key {
    /// Reads the header: 1 to 255 visible ASCII characters.
    pub fn of(request: &Request) -> Result<Self, Problem> {
        let path = request.uri().path().to_owned();
        let key = given(request.headers())?.map(|text| format!("POST {path} {text}"));
        Ok(Self { key, path })
    }

    /// Decides an input once for this key and answers by `answer`, now and every time after.
    pub async fn decide(
        &self,
        app: &App,
        body: &impl Serialize,
        input: &Input,
        rejected: impl FnOnce(&si_channel_core::rejection::Rejection) -> Result<Response, Problem>,
        answer: impl Fn(&Outcome) -> (StatusCode, Value) + Send + Sync,
    ) -> Result<Response, Problem> {
        let Some(key) = &self.key else {
            return match app.engine.decide(input).await.map_err(|error| undecided(&error))? {
                Decided::Done(outcome) => {
                    let (status, body) = answer(&outcome);
                    Ok(response::json(status, &body))
                }
                Decided::Rejected(rejection) => rejected(&rejection),
            };
        };
        let request = fingerprint(&self.path, body);
        if let Some(kept) = self.kept(app, key, &request).await? {
            return Ok(kept);
        }
        let at_ms = app.engine.clock().now_ms();
        let keep = |outcome: &Outcome| {
            let (status, body) = answer(outcome);
            Some(KeptAnswer {
                key: key.clone(),
                request: request.clone(),
                status: status.as_u16(),
                body: body.to_string(),
                at_ms,
            })
        };
        let settle = Settle { source: &|_| Source::Direct, answer: &keep };
        match app.engine.decide_with(input, &settle).await {
            Ok(Decided::Done(outcome)) => {
                let (status, body) = answer(&outcome);
                Ok(response::json(status, &body))
            }
            Ok(Decided::Rejected(rejection)) => rejected(&rejection),
            // The same request, sent twice at once: the other one was decided.
            Err(EngineError::Contended(why)) => match self.kept(app, key, &request).await? {
                Some(kept) => Ok(kept),
                None => Err(undecided(&EngineError::Contended(why))),
            },
            Err(error) => Err(undecided(&error)),
        }
    }

    /// What was answered to this request before, for one that no input stands for.
    pub async fn answered(&self, app: &App, body: &impl Serialize) -> Result<Option<Response>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        self.kept(app, key, &fingerprint(&self.path, body)).await
    }

    /// The answer to keep with what such a request does.
    pub fn answer(
        &self,
        body: &impl Serialize,
        status: StatusCode,
        answer: &Value,
        at_ms: i64,
    ) -> Option<KeptAnswer> {
        let key = self.key.clone()?;
        let request = fingerprint(&self.path, body);
        Some(KeptAnswer { key, request, status: status.as_u16(), body: answer.to_string(), at_ms })
    }

    async fn kept(&self, app: &App, key: &str, request: &str) -> Result<Option<Response>, Problem> {
        let Some(kept) = app.engine.store().kept_answer(key).await.map_err(|error| unstored(&error))? else {
            return Ok(None);
        };
        // What was asked is not kept of people who were erased since.
        if !kept.request.is_empty() && kept.request != request {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "this Idempotency-Key was used with another request; use a new key for a new request",
            ));
        }
        let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
        Ok(Some(response::typed(status, "application/json", kept.body)))
    }
}

/// The header's value.
pub fn given(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str().ok().filter(|text| (1..=255).contains(&text.len())) {
        Some(text) => Ok(Some(text)),
        None => Err(Problem::bad_request("Idempotency-Key: expected 1 to 255 visible ASCII characters")),
    }
}

fn fingerprint(path: &str, body: &impl Serialize) -> String {
    let mut hash = Sha256::new();
    hash.update(path);
    hash.update([0]);
    hash.update(serde_json::to_vec(body).unwrap_or_default());
    hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
