//! Asking a cognition server over HTTP, within bounds.

use std::error::Error;
use std::time::Duration;

use ::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use bytes::Bytes;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};

use super::CognitionError;
use crate::config;
use crate::http::json;
use crate::telemetry::redact::Quoted;

/// Bytes of an answer, at most: 256 KiB.
pub(super) const MAX_BYTES: usize = 256 * 1024;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// What a server's `Retry-After` is cut to.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(5);

/// A cognition server.
#[derive(Debug)]
pub(super) struct Upstream {
    client: Client,
    url: Url,
    token: Option<SecretString>,
    timeout: Duration,
    idle_timeout: Duration,
}

/// What the server answered to a turn.
pub(super) enum Reply {
    /// 202: later.
    Later,
    /// 204: nothing.
    Nothing,
    /// An answer whose body is to be read.
    Body(Body),
}

impl Upstream {
    /// The server at `url`, with the token and time limits of the configuration.
    pub(super) fn new(config: &config::Cognition, url: Url) -> Result<Self, String> {
        let mut client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_WITHIN);
        if is_this_machine(&url) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| format!("no HTTP client for cognition.url: {error}"))?;
        let (timeout, idle_timeout) = (config.timeout, config.idle_timeout);
        Ok(Self { client, url, token: config.token.clone(), timeout, idle_timeout })
    }

    /// Runs an answer within the time for a whole one.
    pub(super) async fn within_time<T>(
        &self,
        answer: impl Future<Output = Result<T, CognitionError>>,
    ) -> Result<T, CognitionError> {
        tokio::time::timeout(self.timeout, answer)
            .await
            .unwrap_or_else(|_elapsed| Err(CognitionError::Timeout(self.timeout)))
    }

    /// Posts the question, under the turn's id as idempotency key.
    pub(super) async fn post(
        &self,
        turn_id: &str,
        accept: &'static str,
        question: &impl Serialize,
    ) -> Result<Reply, CognitionError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(ACCEPT, accept)
            .header(HeaderName::from_static("idempotency-key"), turn_id)
            .json(question);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let response = request.send().await.map_err(|error| CognitionError::Unreachable(reason(&error)))?;
        match response.status().as_u16() {
            202 => Ok(Reply::Later),
            204 => Ok(Reply::Nothing),
            200..=299 => Ok(Reply::Body(Body::new(response, self.idle_timeout))),
            status @ 300..=399 => Err(CognitionError::Redirected(status)),
            status @ (401 | 403) => Err(CognitionError::Unauthorized(status)),
            status => Err(CognitionError::Status { status, retry_after: retry_after(&response) }),
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The innermost cause, such as "Connection refused"; the outer ones repeat the URL.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Quoted(&innermost.to_string()).to_string()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

/// The body of an answer.
pub(super) struct Body {
    response: Response,
    left: usize,
    idle_timeout: Duration,
}

impl Body {
    fn new(response: Response, idle_timeout: Duration) -> Self {
        Self { response, left: MAX_BYTES, idle_timeout }
    }

    /// The media type in lower case, without parameters; empty when there is none.
    pub(super) fn media_type(&self) -> String {
        let value = self.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The error for a media type that is not read.
    pub(super) fn unread(media_type: &str) -> CognitionError {
        let shown = if media_type.is_empty() { "none".to_owned() } else { Quoted(media_type).to_string() };
        CognitionError::ContentType(shown)
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, CognitionError> {
        let chunk = tokio::time::timeout(self.idle_timeout, self.response.chunk())
            .await
            .map_err(|_elapsed| CognitionError::Stalled(self.idle_timeout))?
            .map_err(|_broken| CognitionError::Interrupted)?;
        if let Some(chunk) = &chunk {
            self.left = self.left.checked_sub(chunk.len()).ok_or(CognitionError::TooLarge(MAX_BYTES))?;
        }
        Ok(chunk)
    }

    /// The whole body as JSON.
    pub(super) async fn json(mut self) -> Result<Value, CognitionError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        parse(&whole)
    }
}

/// Bounded JSON of a whole answer or of one line of it.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, CognitionError> {
    if bytes.trim_ascii().is_empty() {
        return Err(CognitionError::Nonsense("it is empty"));
    }
    json::parse(&json::mended(bytes)).map_err(|_problem| CognitionError::Nonsense("it is not JSON"))
}
