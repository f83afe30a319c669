//! Any server of the chat completions API, such as OpenAI's
//! (<https://platform.openai.com/docs/api-reference/chat>), streamed.
//!
//! The model is given the system prompt, the earlier texts and the message, with names but without addresses.
//! Its whole answer is one part. An answer that ends without `finish_reason` or `[DONE]` has broken off and is
//! dropped, so that the turn can be tried again.

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::stream::Events;
use super::turn::{Role, TurnKind};
use super::upstream::{Body, Reply, Upstream, parse};
use super::{Cognition, CognitionError, Outcome, ReplyPart, TurnRequest, deliver};
use crate::config;

/// The kinds of answers that are read.
const ACCEPT: &str = "text/event-stream, application/json";

/// What the model is asked when a conversation is about to be closed.
const SUMMARISE: &str = "The conversation is about to be closed. Summarise it for the people in it, in at most \
    three short sentences.";

/// What the model is asked when an earlier attempt sent a part of the answer.
const CONTINUE: &str = "You have sent the text above already. Continue from there without repeating it.";

/// A server of the chat completions API.
#[derive(Debug)]
pub struct OpenAi {
    upstream: Upstream,
    model: String,
    system_prompt: String,
}

impl OpenAi {
    /// The server of `cognition.url`, to which `/chat/completions` is added unless it ends so.
    ///
    /// # Errors
    /// A text for the operator when there is no URL, no model, or no HTTP client.
    pub fn new(config: &config::Cognition) -> Result<Self, String> {
        let mut url = config.url.clone().ok_or("cognition.url is needed by cognition.kind openai")?;
        let path = url.path().trim_end_matches('/').to_owned();
        let base = path.strip_suffix("/chat/completions").unwrap_or(&path);
        url.set_path(&format!("{base}/chat/completions"));
        Ok(Self {
            upstream: Upstream::new(config, url)?,
            model: config.model.clone().ok_or("cognition.model is needed by cognition.kind openai")?,
            system_prompt: config.system_prompt.clone(),
        })
    }

    fn question(&self, turn: &TurnRequest) -> Value {
        json!({ "model": self.model, "stream": true, "messages": self.messages(turn) })
    }

    fn messages(&self, turn: &TurnRequest) -> Vec<Value> {
        let message = |role: &str, content: &str| json!({ "role": role, "content": content });
        let prompt = match &turn.locale {
            Some(locale) => format!("{}\nThe language of the person is {locale}.", self.system_prompt),
            None => self.system_prompt.clone(),
        };
        let mut messages = vec![message("system", &prompt)];
        messages.extend(turn.history.iter().map(|entry| match entry.role {
            Role::Assistant => message("assistant", &entry.text),
            Role::User => message("user", &named(turn, Some(&entry.author), &entry.text)),
        }));
        let text = with_media(turn);
        if !text.is_empty() {
            messages.push(message("user", &named(turn, turn.message.author.name.as_deref(), &text)));
        }
        if turn.kind == TurnKind::Summary {
            messages.push(message("user", SUMMARISE));
        }
        messages.extend(turn.already_sent.iter().map(|text| message("assistant", text)));
        if !turn.already_sent.is_empty() {
            messages.push(message("user", CONTINUE));
        }
        messages
    }
}

/// In a group the text with its author's name before it; an address is not shown to the model.
fn named(turn: &TurnRequest, author: Option<&str>, text: &str) -> String {
    if turn.participants.len() < 2 {
        return text.to_owned();
    }
    let author = author.filter(|author| !is_address(author)).unwrap_or("Somebody");
    format!("{author}: {text}")
}

fn is_address(author: &str) -> bool {
    author.starts_with('+') || author.contains(":+")
}

/// The text, and below it words for the files.
fn with_media(turn: &TurnRequest) -> String {
    let text = Some(turn.message.text.clone()).filter(|text| !text.is_empty());
    let media = turn.message.media.iter().map(|media| media.placeholder.clone());
    text.into_iter().chain(media).collect::<Vec<_>>().join("\n")
}

#[async_trait]
impl Cognition for OpenAi {
    async fn answer(
        &self,
        turn: &TurnRequest,
        parts: mpsc::Sender<ReplyPart>,
    ) -> Result<Outcome, CognitionError> {
        let question = self.question(turn);
        self.upstream
            .within_time(async {
                let text = match self.upstream.post(&turn.turn_id, ACCEPT, &question).await? {
                    // The API has no later answers.
                    Reply::Later | Reply::Nothing => return Err(CognitionError::Nonsense("it is empty")),
                    Reply::Body(body) => read(body).await?,
                };
                deliver(&parts, ReplyPart::text(text)).await?;
                Ok(Outcome::Done)
            })
            .await
    }
}

async fn read(body: Body) -> Result<String, CognitionError> {
    let mut answer = Completion::default();
    match body.media_type().as_str() {
        "application/json" => {
            answer.take(&body.json().await?)?;
            answer.finished = true;
        }
        "text/event-stream" => {
            let mut events = Events::new(body);
            while let Some(event) = events.next().await? {
                if event.data.trim() == "[DONE]" {
                    answer.finished = true;
                    break;
                }
                answer.take(&parse(event.data.as_bytes())?)?;
            }
        }
        other => return Err(Body::unread(other)),
    }
    answer.finish()
}

/// What has come of an answer.
#[derive(Default)]
struct Completion {
    text: String,
    finished: bool,
    declined: bool,
}

impl Completion {
    /// A chunk of a stream, or a whole answer: the first has `delta` where the second has `message`.
    fn take(&mut self, value: &Value) -> Result<(), CognitionError> {
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(CognitionError::Reported);
        }
        let choices = value.get("choices").and_then(Value::as_array);
        let choices = choices.ok_or(CognitionError::Nonsense("it has no choices"))?;
        // The chunk that tells the usage has no choice.
        let Some(choice) = choices.first() else { return Ok(()) };
        if let Some(message) = choice.get("delta").or_else(|| choice.get("message")) {
            self.take_content(&message["content"])?;
            self.declined |= message.get("refusal").is_some_and(Value::is_string);
        }
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            self.finished = true;
            self.declined |= reason == "content_filter";
        }
        Ok(())
    }

    fn take_content(&mut self, content: &Value) -> Result<(), CognitionError> {
        match content {
            Value::Null => {}
            Value::String(text) => self.text.push_str(text),
            Value::Array(pieces) => {
                pieces
                    .iter()
                    .filter_map(|piece| piece["text"].as_str())
                    .for_each(|text| self.text.push_str(text));
            }
            _ => return Err(CognitionError::Nonsense("its content is not a text")),
        }
        Ok(())
    }

    fn finish(self) -> Result<String, CognitionError> {
        match self {
            Self { finished: false, .. } => Err(CognitionError::Interrupted),
            Self { declined: true, .. } => Err(CognitionError::Declined),
            Self { text, .. } if text.trim().is_empty() => Err(CognitionError::Nonsense("it has no text")),
            Self { text, .. } => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests;
