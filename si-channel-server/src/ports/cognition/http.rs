//! A cognition server that is sent each turn as JSON and answers in any of three ways.
//!
//! `POST` with the [`TurnRequest`], the header `Idempotency-Key` (the turn id) and, if configured, a bearer token.
//!
//! | Answer | Meaning |
//! | --- | --- |
//! | 200, `application/json` | `{"messages":["…",{"text":"…"}],"actions":[…]}` or `{"text":"…"}` |
//! | 200, `application/x-ndjson` | one such object a line, each sent at once |
//! | 200, `text/event-stream` | one such object an event, each sent at once; `[DONE]` ends |
//! | 202 | the answer comes later by the API |
//! | 204 | nothing to say |
//!
//! In a stream `{"delta":"…"}` adds to a message, which is complete with `{"end":true}`, with the next whole
//! message, or with the end of the stream. A message has `text`, and optionally `breaks`, the code points where
//! a long text is best cut, and `actions`. `{"error":…}` says that the server failed.
//!
//! Of an answer that breaks off, stalls or grows beyond 256 KiB the complete messages have been sent; a message
//! that was not complete is dropped.

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::mpsc;

use super::reply::{Shape, shape};
use super::stream::{Events, Lines};
use super::upstream::{Body, Reply, Upstream, parse};
use super::{Cognition, CognitionError, Outcome, ReplyPart, TurnRequest, deliver};
use crate::config;

/// The kinds of answers that are read.
const ACCEPT: &str = "application/json, application/x-ndjson, text/event-stream";

/// A cognition server of this project's own protocol.
#[derive(Debug)]
pub struct Http {
    upstream: Upstream,
}

impl Http {
    /// The server of `cognition.url`.
    ///
    /// # Errors
    /// A text for the operator when there is no URL, or no HTTP client.
    pub fn new(config: &config::Cognition) -> Result<Self, String> {
        let url = config.url.clone().ok_or("cognition.url is needed by cognition.kind http")?;
        Ok(Self { upstream: Upstream::new(config, url)? })
    }
}

#[async_trait]
impl Cognition for Http {
    async fn answer(
        &self,
        turn: &TurnRequest,
        parts: mpsc::Sender<ReplyPart>,
    ) -> Result<Outcome, CognitionError> {
        self.upstream
            .within_time(async {
                match self.upstream.post(&turn.turn_id, ACCEPT, turn).await? {
                    Reply::Later => Ok(Outcome::Later),
                    Reply::Nothing => Ok(Outcome::Done),
                    Reply::Body(body) => read(body, parts).await.map(|()| Outcome::Done),
                }
            })
            .await
    }
}

async fn read(body: Body, parts: mpsc::Sender<ReplyPart>) -> Result<(), CognitionError> {
    let mut answer = Assembly { parts, open: String::new(), any: false };
    match body.media_type().as_str() {
        "text/event-stream" => {
            let mut events = Events::new(body);
            while let Some(event) = events.next().await? {
                if event.data.trim() == "[DONE]" {
                    answer.any = true;
                    break;
                }
                if event.name == "error" {
                    return Err(CognitionError::Reported);
                }
                answer.take(parse(event.data.as_bytes())?).await?;
            }
        }
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
            let mut lines = Lines::new(body);
            while let Some(line) = lines.next().await? {
                if !line.trim_ascii().is_empty() {
                    answer.take(parse(&line)?).await?;
                }
            }
        }
        "application/json" => answer.take(body.json().await?).await?,
        other if other.starts_with("application/") && other.ends_with("+json") => {
            answer.take(body.json().await?).await?;
        }
        other => return Err(Body::unread(other)),
    }
    answer.finish().await
}

/// Puts messages together and hands them over.
struct Assembly {
    parts: mpsc::Sender<ReplyPart>,
    /// The pieces of a message that is not complete.
    open: String,
    any: bool,
}

impl Assembly {
    async fn take(&mut self, value: Value) -> Result<(), CognitionError> {
        let Shape { messages, delta, end, failed } =
            shape(value).ok_or(CognitionError::Nonsense("it has none of the documented members"))?;
        if failed {
            return Err(CognitionError::Reported);
        }
        self.any = true;
        if let Some(delta) = delta {
            self.open.push_str(&delta);
        }
        if end || !messages.is_empty() {
            self.complete().await?;
        }
        for message in messages {
            deliver(&self.parts, message).await?;
        }
        Ok(())
    }

    async fn complete(&mut self) -> Result<(), CognitionError> {
        let part = ReplyPart::text(std::mem::take(&mut self.open));
        if part.is_empty() { Ok(()) } else { deliver(&self.parts, part).await }
    }

    async fn finish(mut self) -> Result<(), CognitionError> {
        if !self.any {
            return Err(CognitionError::Nonsense("it is empty"));
        }
        self.complete().await
    }
}

#[cfg(test)]
mod tests;
