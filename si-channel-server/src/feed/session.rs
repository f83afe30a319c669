//! A connection to the stream: looking at it and publishing to it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{Info, RawMessageError, RawMessageErrorKind, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{ConnectErrorKind, ConnectOptions, ServerAddr};

use super::message::{Outgoing, POSITION};
use super::run::Run;
use super::stream::{faults, is_full, wanted};
use crate::config::{Nats, NatsUrl};
use crate::telemetry::redact::Quoted;

/// How long the server may take for an answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How often the same event may be refused because the stream's newest message is another than it was.
const ROUNDS: u32 = 5;

/// Nothing can be published now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The servers cannot be reached, or do not answer.
    #[error("NATS is away: {0}")]
    Away(String),
    /// They answer, and what they say does not change by itself.
    #[error("the stream cannot be published to: {0}")]
    Refused(String),
}

fn away(error: impl std::fmt::Display) -> Trouble {
    Trouble::Away(Quoted(&error.to_string()).to_string())
}

/// Where publishing has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The position of the last event that the stream has.
    pub position: i64,
    /// What it got.
    pub run: Run,
}

/// What the stream says of itself, all of it of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// See [`Run::created_ns`].
    pub created_ns: i64,
    /// The number of its oldest message; one more than the newest's when there is none.
    pub first_sequence: u64,
    /// The number of the newest message there ever was.
    pub last_sequence: u64,
    /// Messages between them that are gone.
    pub deleted: u64,
    /// Whether it lets go of messages because it holds all it may.
    pub is_full: bool,
    /// How long it keeps a message, milliseconds; `None` is for good.
    pub max_age_ms: Option<i64>,
}

/// A message of the stream, as far as it tells what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's place in the feed.
    pub position: Option<i64>,
    /// Its own id; see [`Run::message_id`].
    pub id: String,
}

/// A connection to the stream.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Nats>,
    context: Context,
    stream: Stream,
    last_sequence: u64,
}

impl Session {
    /// Connects; makes the stream when there is none, and refuses one that would break a promise.
    pub async fn open(settings: &Arc<Nats>, url: &NatsUrl) -> Result<Self, Trouble> {
        let client = connect(settings, url).await?;
        let mut context = jetstream::new(client);
        context.set_timeout(ANSWER);
        let made = context.get_or_create_stream(wanted(settings)).await;
        let stream = made.map_err(|error| match error.kind() {
            CreateStreamErrorKind::JetStream(said) => {
                refusal(settings, said.error_code(), said.code() == 503, &said.to_string())
            }
            CreateStreamErrorKind::JetStreamUnavailable => not_enabled(),
            _ => away(error),
        })?;
        checked(settings, stream.cached_info())?;
        let last_sequence = stream.cached_info().state.last_sequence;
        Ok(Self { settings: Arc::clone(settings), context, stream, last_sequence })
    }

    /// Looks at the stream, which an operator may have changed.
    pub async fn look(&mut self) -> Result<State, Trouble> {
        let info = self.stream.get_info().await.map_err(away)?;
        checked(&self.settings, &info)?;
        self.last_sequence = info.state.last_sequence;
        Ok(State {
            created_ns: i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(i64::MAX),
            first_sequence: info.state.first_sequence,
            last_sequence: info.state.last_sequence,
            deleted: info.state.deleted_count.unwrap_or_default(),
            is_full: is_full(&info),
            max_age_ms: i64::try_from(info.config.max_age.as_millis()).ok().filter(|age| *age > 0),
        })
    }

    /// Whether a message from this number on is gone that has older ones before it.
    pub async fn has_gap(&self, since: u64) -> Result<bool, Trouble> {
        let found = self.stream.info_builder().with_deleted(true).fetch().await.map_err(away)?;
        let gone = found.info.state.deleted.unwrap_or_default();
        Ok(gone.iter().any(|sequence| *sequence >= since))
    }

    /// The message with this number, if there is one.
    pub async fn message(&self, sequence: u64) -> Result<Option<Message>, Trouble> {
        if sequence == 0 {
            return Ok(None);
        }
        found(self.stream.get_raw_message(sequence).await)
    }

    /// The oldest message from this number on, if there is one.
    pub async fn first_from(&self, sequence: u64) -> Result<Option<Message>, Trouble> {
        found(self.stream.raw_message_builder().sequence(sequence).next_by_subject(">").send().await)
    }

    /// Publishes events in their order, `place` following what the stream says it has. All are sent before the first is
    /// answered: one that does not arrive makes all behind it refused. Returns early, with what came of it in `place`, when
    /// the stream's newest message is another than was known.
    pub async fn publish(&mut self, events: &[Outgoing], place: &mut Place) -> Result<(), Trouble> {
        let name = &self.settings.stream;
        let mut answers = Vec::with_capacity(events.len());
        for (event, after) in events.iter().zip(self.last_sequence..) {
            let message = event.message(&place.run, name, after);
            let sent = self.context.send_publish(event.subject.clone(), message).await;
            answers.push(sent.map_err(|error| failed(name, event, &error))?);
        }
        for (event, answer) in events.iter().zip(answers) {
            let ack = match answer.await {
                Ok(ack) => ack,
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    tracing::debug!(%error, "the stream has other messages than was known");
                    return Ok(());
                }
                Err(error) => return Err(failed(name, event, &error)),
            };
            // A repetition may be of a message that is gone: that shows when the stream is looked at.
            self.last_sequence = self.last_sequence.max(ack.sequence);
            place.run.has(&event.id, ack.sequence);
            place.position = event.position;
        }
        Ok(())
    }
}

/// Counts attempts that came to nothing.
#[derive(Debug, Default)]
pub struct Patience(u32);

impl Patience {
    /// An attempt; whether it came to something. An error when it was the last of many.
    pub fn tried(&mut self, progress: bool) -> Result<(), Trouble> {
        self.0 = if progress { 0 } else { self.0 + 1 };
        if self.0 < ROUNDS {
            return Ok(());
        }
        Err(Trouble::Refused(
            "somebody else writes to it all the time: give the channel a stream and a subject prefix of its own"
                .to_owned(),
        ))
    }
}

async fn connect(settings: &Nats, url: &NatsUrl) -> Result<async_nats::Client, Trouble> {
    let urls = url.expose();
    let mut options = ConnectOptions::new()
        .name("si-channel")
        .connection_timeout(ANSWER)
        .request_timeout(Some(ANSWER))
        // What is sent while there is no connection would come late: a new one is made, and the stream looked at, instead.
        .max_reconnects(1)
        .event_callback(|event| async move { tracing::debug!(%event, "NATS") });
    if let Some(first) = urls.first() {
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        match (first.username(), first.password()) {
            ("", None) => {}
            (token, None) => options = options.token(decoded(token)),
            (user, Some(password)) => options = options.user_and_password(decoded(user), decoded(password)),
        }
    }
    if let Some(file) = &settings.ca_file {
        options = options.add_root_certificates(file.clone());
    }
    let servers = urls.into_iter().map(ServerAddr::from_url).collect::<Result<Vec<_>, _>>().map_err(away)?;
    tokio::time::timeout(2 * ANSWER, options.connect(servers)).await.map_err(away)?.map_err(|error| {
        match error.kind() {
            ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => Trouble::Refused(
                "NATS does not let us in: see the user and the password in nats_url".to_owned(),
            ),
            _ => away(error),
        }
    })
}

fn found(said: Result<StreamMessage, RawMessageError>) -> Result<Option<Message>, Trouble> {
    let found = match said {
        Ok(found) => found,
        Err(error) => {
            return match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                RawMessageErrorKind::JetStream(said) if said.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
                    Ok(None)
                }
                _ => Err(away(error)),
            };
        }
    };
    let header = |name: &str| found.headers.get(name).map(|value| value.as_str().to_owned());
    let position = header(POSITION).and_then(|position| position.parse().ok());
    Ok(Some(Message { position, id: header("Nats-Msg-Id").unwrap_or_default() }))
}

fn checked(settings: &Nats, info: &Info) -> Result<(), Trouble> {
    let faults = faults(settings, &info.config);
    if faults.is_empty() {
        return Ok(());
    }
    Err(Trouble::Refused(format!("{}: {}", settings.stream, faults.join("; "))))
}

fn not_enabled() -> Trouble {
    Trouble::Refused("JetStream is not enabled: start nats-server with --jetstream".to_owned())
}

fn refusal(settings: &Nats, code: ErrorCode, unavailable: bool, said: &str) -> Trouble {
    match code {
        ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => not_enabled(),
        ErrorCode::STREAM_SUBJECT_OVERLAP => Trouble::Refused(format!(
            "another stream has subjects below {}: choose another nats.subject_prefix, or name that stream in nats.stream",
            settings.subject_prefix
        )),
        _ if unavailable => away(said),
        _ => Trouble::Refused(Quoted(said).to_string()),
    }
}

fn failed(stream: &str, event: &Outgoing, error: &jetstream::context::PublishError) -> Trouble {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => Trouble::Refused(format!(
            "event {} is larger than this server takes: raise max_payload of nats-server",
            event.id
        )),
        PublishErrorKind::StreamNotFound => away(format!("the stream {stream} is gone")),
        _ => away(error),
    }
}
