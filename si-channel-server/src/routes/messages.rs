//! `POST /v1/messages` and `POST /v1/sessions/{id}/messages`.

use ::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::content::{File, MAX_FILES, Template, Utterance};
use si_channel_core::engine::Outcome;
use si_channel_core::event::MessageClass;
use si_channel_core::formatting::Markup;
use si_channel_core::guidance::{MAX_KEPT, Written};
use si_channel_core::id::{SessionId, TurnId};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::language::Language;
use si_channel_core::segment::split::Strategy;

use crate::app::App;
use crate::http::{Problem, Request, Response, json as body};
use crate::routes::idempotency::Key;
use crate::routes::refusal::rejected;

/// What to send, to whom when that is not the session of the path.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Message {
    to: Option<Address>,
    text: Option<String>,
    template: Option<Template>,
    media: Option<Vec<File>>,
    class: Option<MessageClass>,
    purpose: Option<String>,
    locale: Option<Language>,
    not_before: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    /// The turn that it answers.
    in_reply_to: Option<TurnId>,
    format: Option<Markup>,
    split: Option<Strategy>,
    max_parts: Option<usize>,
    numbering: Option<bool>,
    breaks: Option<Vec<usize>>,
    keep: Option<Vec<(usize, usize)>>,
    summary: Option<String>,
    link: Option<String>,
}

impl Message {
    /// How the text is to be shown and cut.
    fn guidance(&self) -> Written {
        Written {
            format: self.format,
            split: self.split,
            max_parts: self.max_parts,
            numbering: self.numbering,
            breaks: self.breaks.clone(),
            keep: self.keep.clone(),
            summary: self.summary.clone(),
            link: self.link.clone(),
        }
    }
}

/// The longest text taken at once; the rest of what there is to say is for another request.
const LONGEST: usize = 16_000;

fn misfit(field: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid-body", format!("{field}: {detail}")).with("field", field)
}

/// The longest link, characters: what browsers and carriers take.
const LONGEST_LINK: usize = 2_000;

/// Guidance that fits the text, which it is about alone.
fn guided(message: &Message, text: &str) -> Result<Written, Problem> {
    let written = message.guidance();
    let length = text.chars().count();
    let beyond = |at: usize| format!("{at} is beyond the text, which has {length} characters");
    if written.max_parts == Some(0) {
        return Err(misfit("max_parts", "expected at least 1"));
    }
    if let Some(at) = written.breaks.iter().flatten().find(|at| **at > length) {
        return Err(misfit("breaks", &beyond(*at)));
    }
    if let Some(keep) = &written.keep {
        if keep.len() > MAX_KEPT {
            return Err(misfit("keep", &format!("{} spans; at most {MAX_KEPT} are taken", keep.len())));
        }
        if let Some((_, to)) = keep.iter().find(|(_, to)| *to > length) {
            return Err(misfit("keep", &beyond(*to)));
        }
        if let Some((from, to)) = keep.iter().find(|(from, to)| from >= to) {
            return Err(misfit("keep", &format!("[{from},{to}] does not end after it begins")));
        }
    }
    for (field, given, longest) in
        [("summary", &written.summary, LONGEST), ("link", &written.link, LONGEST_LINK)]
    {
        let Some(given) = given else { continue };
        let length = given.chars().count();
        if given.trim().is_empty() || length > longest {
            let detail = format!("{length} characters; expected 1 to {longest}, not all white space");
            return Err(misfit(field, &detail));
        }
    }
    Ok(written)
}

/// The one thing that is to be said.
fn utterance(message: &Message, app: &App) -> Result<Utterance, Problem> {
    let text = message.text.clone();
    let alone = message.template.is_none() && message.media.is_none();
    if !alone && message.guidance() != Written::default() {
        let detail = "a template or media is not cut: leave out format, split, max_parts, numbering, breaks, keep, \
                      summary and link";
        return Err(misfit(if message.template.is_some() { "template" } else { "media" }, detail));
    }
    match (&message.template, &message.media) {
        (None, None) => {
            let text = readable(text.ok_or_else(|| misfit("text", "give a text, a template or media"))?)?;
            Ok(guided(message, &text)?.with(text))
        }
        (Some(_), Some(_)) => Err(misfit("media", "give a template or media, not both")),
        (Some(_), None) if text.is_some() => Err(misfit("text", "give a text or a template, not both")),
        (Some(template), None) => Ok(Utterance::Template { template: template.clone() }),
        (None, Some(media)) => {
            if !(1..=MAX_FILES).contains(&media.len()) {
                let given = media.len();
                return Err(misfit("media", &format!("{given} files; give 1 to {MAX_FILES}")));
            }
            let plain = |file: &File| file.url.scheme() != "https" && !app.outbound_media.private_hosts;
            if let Some(place) = media.iter().position(plain) {
                let field = format!("media[{place}].url");
                return Err(misfit(&field, "expected a URL that begins with https://"));
            }
            let text = text.map(readable).transpose()?.unwrap_or_default();
            Ok(Utterance::Media { media: media.clone(), text })
        }
    }
}

fn readable(text: String) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::bad_request("text: expected at least one visible character"));
    }
    let length = text.chars().count();
    if length > LONGEST {
        return Err(Problem::bad_request(format!(
            "text: {length} characters; at most {LONGEST} are taken at once"
        )));
    }
    Ok(text)
}

fn checked(message: Message, default: MessageClass, app: &App) -> Result<SendMessage, Problem> {
    let utterance = utterance(&message, app)?;
    let now = app.engine.clock().now();
    if message.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::bad_request("expires_at: is past"));
    }
    if let (Some(from), Some(to)) = (message.not_before, message.expires_at)
        && from >= to
    {
        return Err(Problem::bad_request("expires_at: must be after not_before"));
    }
    Ok(SendMessage {
        utterance,
        class: message.class.unwrap_or(default),
        purpose: message.purpose,
        not_before: message.not_before,
        expires_at: message.expires_at,
        locale: message.locale,
        in_reply_to: message.in_reply_to,
    })
}

/// Writes to somebody whose session is not known.
pub async fn to_address(app: &App, request: Request) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Message =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    let to = given.to.clone().ok_or_else(|| misfit("to", "the address to write to is missing"))?;
    if given.in_reply_to.is_some() {
        let detail = "a turn is answered at POST /v1/sessions/{id}/messages";
        return Err(misfit("in_reply_to", detail));
    }
    let send = checked(given.clone(), MessageClass::Informational, app)?;
    let input = Input::SendToAddress { to, send, correlation_id: correlation(&parts.headers) };
    key.decide(app, &given, &input, |rejection| Err(rejected(rejection)), accepted).await
}

/// Writes to a session, or answers one of its turns.
pub async fn to_session(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let given: Message =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    if given.to.is_some() {
        return Err(misfit("to", "the session says to whom; POST /v1/messages writes to an address"));
    }
    let default = if given.in_reply_to.is_some() { MessageClass::Reply } else { MessageClass::Informational };
    let send = checked(given.clone(), default, app)?;
    let session_id = SessionId::from_text(id);
    let input = Input::SendToSession { session_id, send, correlation_id: correlation(&parts.headers) };
    key.decide(app, &given, &input, |rejection| Err(rejected(rejection)), accepted).await
}

/// The caller's reference for what follows from the request.
fn correlation(headers: &::http::HeaderMap) -> Option<String> {
    let text = headers.get("x-correlation-id")?.to_str().ok()?;
    (1..=128).contains(&text.len()).then(|| text.to_owned())
}

fn accepted(outcome: &Outcome) -> (StatusCode, Value) {
    let mut parts: Vec<_> = outcome.outbound.values().collect();
    parts.sort_by_key(|message| message.queued.part);
    let ids: Vec<&str> = parts.iter().map(|message| message.id().as_str()).collect();
    let state = match parts.first() {
        Some(first) if first.queued.not_before.is_some() => "scheduled",
        Some(first) => first.state.as_str(),
        None => "discarded",
    };
    let body = json!({
        "id": ids.first(),
        "session_id": outcome.session_id,
        "state": state,
        "parts": ids,
    });
    (StatusCode::ACCEPTED, body)
}
