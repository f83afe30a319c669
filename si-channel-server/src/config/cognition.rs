//! Who answers.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::parse::service_url;
use super::problem::Source;
use super::reader::Reader;

/// The kind of the cognition server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CognitionKind {
    /// Built in: `You said: TEXT`.
    Echo,
    /// A server that is sent each turn as JSON.
    Http,
    /// A server of the chat completions API.
    OpenAi,
}

/// Who answers, and within which bounds.
#[derive(Debug, Clone)]
pub struct Cognition {
    /// `echo`, `http` or `openai`; `echo`.
    pub kind: CognitionKind,
    /// Where the server is; needed unless the kind is `echo`.
    pub url: Option<Url>,
    /// The bearer token it asks for.
    pub token: Option<SecretString>,
    /// The model; needed by `openai`.
    pub model: Option<String>,
    /// What `openai` is told before the conversation.
    pub system_prompt: String,
    /// How long an answer may take in all; 60 s, at most 150 s.
    pub timeout: Duration,
    /// How long an answer may pause; 20 s.
    pub idle_timeout: Duration,
    /// Characters of an answer that are sent to people; 8,000.
    pub max_reply_chars: usize,
    /// How often a turn is tried before it counts as failed; 3.
    pub attempts: usize,
    /// Earlier texts that are sent along; 20.
    pub history: usize,
}

/// What `openai` is told when nothing else is configured.
const SYSTEM_PROMPT: &str = "You are Si, an assistant reached by text message. Answer briefly and in plain text, \
    without markup, in the language of the person who wrote last.";

impl Cognition {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let kinds =
            [("echo", CognitionKind::Echo), ("http", CognitionKind::Http), ("openai", CognitionKind::OpenAi)];
        // A worker's claim on a question outlives the longest answer.
        let times = Duration::from_secs(1)..=Duration::from_secs(150);
        let cognition = Self {
            kind: reader.choice("cognition.kind", CognitionKind::Echo, &kinds),
            url: reader.parsed("cognition.url", "write the server's URL, http or https", service_url),
            token: reader.secret("cognition.token"),
            model: reader.text("cognition.model"),
            system_prompt: reader.text("cognition.system_prompt").unwrap_or_else(|| SYSTEM_PROMPT.to_owned()),
            timeout: reader.duration("cognition.timeout", Duration::from_mins(1), times.clone()),
            idle_timeout: reader.duration("cognition.idle_timeout", Duration::from_secs(20), times),
            max_reply_chars: reader.number("cognition.max_reply_chars", 8_000, 1..=100_000),
            attempts: reader.number("cognition.attempts", 3, 1..=10),
            history: reader.number("cognition.history", 20, 0..=500),
        };
        let needed = [
            ("cognition.url", cognition.kind != CognitionKind::Echo && cognition.url.is_none()),
            ("cognition.model", cognition.kind == CognitionKind::OpenAi && cognition.model.is_none()),
        ];
        for (key, missing) in needed {
            if missing && !reader.has_problem(key) {
                let remedy = "set it, or set cognition.kind to echo";
                reader.problem(key, Source::Unset, "is needed by this cognition.kind", remedy);
            }
        }
        cognition
    }
}
