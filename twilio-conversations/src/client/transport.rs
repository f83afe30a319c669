//! One request until its answer: attempts, waits, and what is written to the trace.

use super::{
    Inner,
    retry::{Decision, Outcome},
};
use crate::{
    error::{ApiError, Error},
    request::{Class, Parts},
};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use std::time::Duration;
use tracing::{Instrument, Span, field};
use url::Url;

/// A request on its way.
pub(super) struct Exchange<'a> {
    parts: &'a Parts,
    url: Url,
    body: Option<(String, Bytes)>,
}

/// An attempt that did not succeed.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(parts: &'a Parts, url: Url) -> Self {
        let body = match (&parts.json, parts.class) {
            (_, Class::Read | Class::Delete) => None,
            (Some(json), _) => Some(("application/json".to_owned(), json.as_str().to_owned().into())),
            (None, _) => Some(("application/x-www-form-urlencoded".to_owned(), parts.form.encode().into())),
        };
        Self { parts, url, body }
    }

    /// With a file in the place of a form.
    pub(super) fn file(parts: &'a Parts, url: Url, content_type: String, content: Bytes) -> Self {
        Self { parts, url, body: Some((content_type, content)) }
    }

    /// Sends until it succeeds or the policy says stop. The span names the path's template alone: paths and queries
    /// hold addresses.
    pub(super) async fn run<T: DeserializeOwned>(self, client: &Inner) -> Result<T, Error> {
        let span = tracing::info_span!(
            "twilio_request",
            product = self.parts.product.name(),
            method = self.parts.class.method().as_str(),
            path = self.parts.template,
            status = field::Empty,
            twilio_code = field::Empty,
            attempts = field::Empty,
        );
        self.attempts(client, &span).instrument(span.clone()).await
    }

    async fn attempts<T: DeserializeOwned>(self, client: &Inner, span: &Span) -> Result<T, Error> {
        let class = self.parts.class;
        let mut attempt = 1;
        let mut unclear = false;
        loop {
            span.record("attempts", attempt);
            let failure = match self.attempt(client, span).await {
                Ok(answer) => return answer,
                Err(failure) => failure,
            };
            if unclear && failure.error.is_not_found() {
                // An earlier attempt deleted it and its answer was lost.
                return serde_json::from_slice(b"null")
                    .map_err(|source| Error::undecodable(class, 404, source));
            }
            unclear |=
                class == Class::Delete && matches!(failure.outcome, Outcome::Lost | Outcome::Status(500..));
            let asked = failure.error.retry_after();
            match client.policy.decide(attempt, class, failure.outcome, asked, (client.jitter)()) {
                Decision::Stop => return Err(failure.error.after_unclear_attempt(unclear)),
                Decision::Wait(wait) => {
                    tracing::debug!(attempt, wait_ms = wait.as_millis(), error = %failure.error, "will send again");
                    tokio::time::sleep(wait).await;
                }
            }
            attempt += 1;
        }
    }

    /// One attempt. An answer of 2xx that cannot be read is final, so that it is not a [`Failure`].
    async fn attempt<T: DeserializeOwned>(
        &self,
        client: &Inner,
        span: &Span,
    ) -> Result<Result<T, Error>, Failure> {
        let class = self.parts.class;
        let permit = client.at_once.acquire().await;
        let mut response = self.request(client).send().await.map_err(|error| failed(class, error))?;
        let status = response.status().as_u16();
        span.record("status", status);
        if *response.url() != self.url || (300..400).contains(&status) {
            return Ok(Err(Error::redirected(class, status)));
        }
        let headers = response.headers().clone();
        let body = match read(&mut response, client.max_response_bytes).await {
            Ok(Some(body)) => body,
            Ok(None) => return Ok(Err(Error::too_large(class, status, client.max_response_bytes))),
            Err(error) => return Err(failed(class, error)),
        };
        drop(permit);
        if (200..300).contains(&status) {
            let body: &[u8] = if body.is_empty() { b"null" } else { &body };
            return Ok(
                serde_json::from_slice(body).map_err(|source| Error::undecodable(class, status, source))
            );
        }
        let api = ApiError::read(status, &headers, &body);
        if let Some(code) = api.code() {
            span.record("twilio_code", code);
        }
        let error = Error::api_answer(class, api, retry_after(&headers));
        Err(Failure { outcome: Outcome::Status(status), error })
    }

    fn request(&self, client: &Inner) -> reqwest::RequestBuilder {
        let mut request =
            client.http.request(self.parts.class.method(), self.url.clone()).timeout(client.request_timeout);
        request = client.log_in(request);
        for (name, value) in &self.parts.headers {
            request = request.header(*name, value);
        }
        match &self.body {
            Some((content_type, body)) => {
                request.header(header::CONTENT_TYPE, content_type).body(body.clone())
            }
            None => request,
        }
    }
}

/// The body, or `None` when it is too large.
pub(super) async fn read(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

pub(super) fn failed(class: Class, error: reqwest::Error) -> Failure {
    // The URL holds addresses.
    let error = error.without_url();
    if error.is_builder() || error.is_connect() {
        return Failure { outcome: Outcome::NotSent, error: Error::not_sent(class, error) };
    }
    Failure { outcome: Outcome::Lost, error: Error::lost(class, error) }
}

/// `Retry-After` in seconds; a date is not understood, for lack of a clock to compare it with.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
