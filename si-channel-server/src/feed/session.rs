//! A connection to the stream: looking at it and publishing to it.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::stream::{Info, RawMessageErrorKind, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{ConnectErrorKind, ConnectOptions, ServerAddr};

use super::mark::{Mark, Seen};
use super::message::{ANEW, Outgoing, POSITION};
use super::stream::{faults, wanted};
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
    /// What the stream said to it.
    pub mark: Option<Mark>,
}

/// A connection to the stream.
#[derive(Debug)]
pub struct Session {
    context: Context,
    stream: Stream,
    created_ns: i64,
    /// The number of the oldest message in the stream.
    first_sequence: u64,
    /// The number of the newest.
    last_sequence: u64,
    /// Up to this position events are remembered by the stream and not there any more.
    forgotten: i64,
}

/// The newest message of a stream: the place in the feed that it names, and the event's id.
pub type Newest = Option<(i64, String)>;

impl Session {
    /// Connects; makes the stream when there is none, and refuses one that would break a promise.
    pub async fn open(settings: &Nats, url: &NatsUrl) -> Result<Self, Trouble> {
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
        let info = stream.cached_info();
        let faults = faults(settings, &info.config);
        if !faults.is_empty() {
            return Err(Trouble::Refused(format!("{}: {}", settings.stream, faults.join("; "))));
        }
        let (created_ns, state) = (created_ns(info), info.state.clone());
        let (first_sequence, last_sequence) = (state.first_sequence, state.last_sequence);
        Ok(Self { context, stream, created_ns, first_sequence, last_sequence, forgotten: 0 })
    }

    /// Looks at the stream. The newest message's place is told as the message says it, with the event's id.
    pub async fn look(&mut self, mark: Option<&Mark>, now_ms: i64) -> Result<(Seen, Newest), Trouble> {
        let info = self.stream.get_info().await.map_err(away)?;
        self.created_ns = created_ns(&info);
        (self.first_sequence, self.last_sequence) = (info.state.first_sequence, info.state.last_sequence);
        let newest = self.message(self.last_sequence).await?;
        let at_mark = match mark {
            Some(mark) if mark.sequence == self.last_sequence => newest.clone(),
            Some(mark) => self.message(mark.sequence).await?,
            None => None,
        };
        let seen = Seen {
            created_ns: self.created_ns,
            last_sequence: self.last_sequence,
            at_mark: at_mark.map(|(_, id)| id),
            newest: None,
            max_age_ms: i64::try_from(info.config.max_age.as_millis()).unwrap_or(i64::MAX),
            now_ms,
        };
        Ok((seen, newest.and_then(|(position, id)| Some((position?, id)))))
    }

    /// Whether the stream still has what it said it had, or may have let it go for its age.
    pub async fn has(&self, mark: &Mark, seen: &Seen) -> Result<bool, Trouble> {
        let found = self.message(mark.sequence).await?;
        Ok(found.map_or_else(|| mark.is_old(seen), |(_, id)| id == mark.id))
    }

    /// The place in the feed and the id of the message with this number, if there is one.
    async fn message(&self, sequence: u64) -> Result<Option<(Option<i64>, String)>, Trouble> {
        if sequence == 0 {
            return Ok(None);
        }
        let found = match self.stream.get_raw_message(sequence).await {
            Ok(found) => found,
            Err(error) => {
                return match error.kind() {
                    RawMessageErrorKind::NoMessageFound => Ok(None),
                    RawMessageErrorKind::JetStream(said)
                        if said.error_code() == ErrorCode::NO_MESSAGE_FOUND =>
                    {
                        Ok(None)
                    }
                    _ => Err(away(error)),
                };
            }
        };
        let header = |name: &str| found.headers.get(name).map(|value| value.as_str().to_owned());
        let position = header(POSITION).and_then(|position| position.parse().ok());
        let id = header("Nats-Msg-Id").unwrap_or_default();
        Ok(Some((position, id.split(ANEW).next().unwrap_or_default().to_owned())))
    }

    /// Publishes events in their order, `place` following what the stream says it has. All are sent before the first is
    /// answered: one that does not arrive makes all behind it refused. Returns early, with what came of it in `place`, when
    /// the stream's newest message is another than was known.
    pub async fn publish(
        &mut self,
        events: &[Outgoing],
        place: &mut Place,
        now_ms: i64,
    ) -> Result<(), Trouble> {
        let name = self.stream.cached_info().config.name.clone();
        let mut answers = Vec::with_capacity(events.len());
        for (event, after) in events.iter().zip(self.last_sequence..) {
            // An emptied stream remembers what it had.
            let anew = (event.position <= self.forgotten).then_some(self.first_sequence);
            let message = event.message(&name, after, anew);
            let sent = self.context.send_publish(event.subject.clone(), message).await;
            answers.push(sent.map_err(|error| failed(&name, event, &error))?);
        }
        for (event, answer) in events.iter().zip(answers) {
            let ack = match answer.await {
                Ok(ack) => ack,
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    tracing::debug!(%error, "the stream has other messages than was known");
                    return Ok(());
                }
                Err(error) => return Err(failed(&name, event, &error)),
            };
            if ack.duplicate && ack.sequence < self.first_sequence {
                self.forgotten = events.last().map_or(event.position, |last| last.position);
                return Ok(());
            }
            self.last_sequence = self.last_sequence.max(ack.sequence);
            let id = event.id.clone();
            let mark = Mark { created_ns: self.created_ns, sequence: ack.sequence, id, at_ms: now_ms };
            *place = Place { position: event.position, mark: Some(mark) };
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

fn created_ns(info: &Info) -> i64 {
    i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(i64::MAX)
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
