//! One request until its answer: attempts, waits, and what is written to the trace.

use super::{
    Inner,
    login::Login,
    retry::{Decision, Outcome, RetryPolicy},
    transport::{Body, BodyError, FollowedRedirection, Reached, TransportError},
};
use crate::{
    error::{ApiError, Error},
    request::{Class, Parts},
};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Uri, header};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, timeout_at},
};
use tracing::{Instrument, Span, field};

/// A request on its way.
pub(super) struct Exchange<'a> {
    parts: &'a Parts,
    url: Uri,
    content: Option<(HeaderValue, Source)>,
    /// In place of the client's.
    policy: Option<RetryPolicy>,
    /// From then on it is not begun.
    until: Option<Instant>,
}

/// Where the bytes of a body come from, each time it is sent.
#[derive(Clone)]
pub(super) enum Source {
    Bytes(Bytes),
    Opened(Arc<dyn Fn() -> Body + Send + Sync>),
}

impl Source {
    fn open(&self) -> Body {
        match self {
            Self::Bytes(bytes) => bytes.clone().into(),
            Self::Opened(open) => open(),
        }
    }
}

/// An attempt that did not succeed.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(parts: &'a Parts, url: Uri) -> Self {
        let content = match (&parts.json, parts.class) {
            (_, Class::Read | Class::Delete) => None,
            (Some(json), _) => Some(("application/json", json.as_str().to_owned())),
            (None, _) => Some(("application/x-www-form-urlencoded", parts.form.encode())),
        };
        let content =
            content.map(|(kind, text)| (HeaderValue::from_static(kind), Source::Bytes(text.into())));
        Self { parts, url, content, policy: None, until: None }
    }

    /// With a file in the place of a form.
    pub(super) fn file(parts: &'a Parts, url: Uri, content_type: HeaderValue, source: Source) -> Self {
        Self { parts, url, content: Some((content_type, source)), policy: None, until: None }
    }

    /// The same, sent a single time, and within this time or not at all.
    pub(super) fn once(self, within: Duration) -> Self {
        Self { policy: Some(RetryPolicy::NEVER), until: Instant::now().checked_add(within), ..self }
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
        let policy = self.policy.unwrap_or(client.policy);
        let mut attempt = 1;
        let mut unclear = false;
        let mut has_logged_in_anew = false;
        loop {
            span.record("attempts", attempt);
            let login = client.logins.current();
            let failure = match self.attempt(client, &login, span).await {
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
            // The login was changed while this was under way: what was refused had no effect.
            if failure.outcome == Outcome::Status(401)
                && !has_logged_in_anew
                && client.logins.is_newer_than(&login)
            {
                has_logged_in_anew = true;
                continue;
            }
            let asked = failure.error.retry_after();
            match policy.decide(attempt, class, failure.outcome, asked, (client.jitter)()) {
                Decision::Stop => return Err(failure.error.after_unclear_attempt(unclear)),
                Decision::Wait(wait) => {
                    tracing::debug!(attempt, wait_ms = wait.as_millis(), error = %failure.error, "will send again");
                    tokio::time::sleep(wait).await;
                }
            }
            attempt += 1;
        }
    }

    /// One attempt, in the time it has. An answer of 2xx that cannot be read is final, so that it is not a [`Failure`].
    async fn attempt<T: DeserializeOwned>(
        &self,
        client: &Inner,
        login: &Login,
        span: &Span,
    ) -> Result<Result<T, Error>, Failure> {
        let class = self.parts.class;
        let request = match self.request(login) {
            Ok(request) => request,
            Err(error) => return Ok(Err(Error::unbuildable(class, error.into()))),
        };
        let Some(_permit) = self.permit(client).await else { return Ok(Err(Error::too_late(class))) };
        match tokio::time::timeout(client.request_timeout, self.answer(client, request, span)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(Failure::lost(Error::timed_out(class))),
        }
    }

    /// Leave to send; `None` when the time for it is over.
    async fn permit<'c>(&self, client: &'c Inner) -> Option<SemaphorePermit<'c>> {
        let permit = client.at_once.acquire();
        let Some(until) = self.until else { return permit.await.ok() };
        let permit = timeout_at(until, permit).await.ok()?.ok()?;
        // The process may have stood still.
        (Instant::now() < until).then_some(permit)
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        client: &Inner,
        request: Request<Body>,
        span: &Span,
    ) -> Result<Result<T, Error>, Failure> {
        let class = self.parts.class;
        let answer = match client.transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Failure::of(class, error).map_or_else(|error| Ok(Err(error)), Err),
        };
        let (head, mut body) = answer.into_parts();
        let status = head.status.as_u16();
        span.record("status", status);
        if head.status.is_redirection() || head.extensions.get::<FollowedRedirection>().is_some() {
            return Ok(Err(Error::redirected(class, status)));
        }
        let body = match read(&mut body, client.max_response_bytes).await {
            Ok(Some(body)) => body,
            Ok(None) => return Ok(Err(Error::too_large(class, status, client.max_response_bytes))),
            Err(error) => return Err(Failure::lost(Error::lost(class, error))),
        };
        if head.status.is_success() {
            let body: &[u8] = if body.is_empty() { b"null" } else { &body };
            return Ok(
                serde_json::from_slice(body).map_err(|source| Error::undecodable(class, status, source))
            );
        }
        let api = ApiError::read(status, &head.headers, &body);
        if let Some(code) = api.code() {
            span.record("twilio_code", code);
        }
        let error = Error::api_answer(class, api, retry_after(&head.headers));
        Err(Failure { outcome: Outcome::Status(status), error })
    }

    fn request(&self, login: &Login) -> Result<Request<Body>, http::Error> {
        let mut request = Request::builder()
            .method(self.parts.class.method())
            .uri(self.url.clone())
            .header(header::AUTHORIZATION, login.header.clone());
        for (name, value) in &self.parts.headers {
            request = request.header(*name, value);
        }
        match &self.content {
            Some((content_type, source)) => {
                request.header(header::CONTENT_TYPE, content_type.clone()).body(source.open())
            }
            None => request.body(Body::default()),
        }
    }
}

impl Failure {
    pub(super) fn lost(error: Error) -> Self {
        Self { outcome: Outcome::Lost, error }
    }

    /// What an error of the transport means; by itself when there is no use in going on.
    pub(super) fn of(class: Class, error: TransportError) -> Result<Self, Error> {
        match error.reached {
            Reached::Nowhere => Err(Error::unbuildable(class, error.source)),
            Reached::NoConnection => {
                Ok(Self { outcome: Outcome::NotSent, error: Error::not_sent(class, error.source) })
            }
            Reached::MaybeAll => Ok(Self::lost(Error::lost(class, error.source))),
        }
    }
}

/// The body, or `None` when it is too large.
pub(super) async fn read(body: &mut Body, limit: usize) -> Result<Option<Bytes>, BodyError> {
    // Most answers come in one piece.
    let first = body.chunk().await?.unwrap_or_default();
    if first.len() > limit {
        return Ok(None);
    }
    let Some(mut chunk) = body.chunk().await? else { return Ok(Some(first)) };
    let mut all = BytesMut::from(first);
    loop {
        if all.len() + chunk.len() > limit {
            return Ok(None);
        }
        all.extend_from_slice(&chunk);
        match body.chunk().await? {
            Some(next) => chunk = next,
            None => return Ok(Some(all.freeze())),
        }
    }
}

/// `Retry-After` in seconds; a date is not understood, for lack of a clock to compare it with.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
