//! Asks the cognition layer, and takes in each part of its answer.

use std::time::Duration;

use si_channel_core::address::Address;
use si_channel_core::content::Utterance;
use si_channel_core::effect::Effect;
use si_channel_core::event::{Author, MediaRef};
use si_channel_core::id::{SessionId, TurnId};
use si_channel_core::input::Input;
use si_channel_core::language::{Language, LanguageBasis, Spoken};
use si_channel_core::media::{self, Described, MediaFile, MediaState};
use si_channel_core::session::Session;
use si_channel_core::transcript::{Entry, EntryKind, order};
use si_channel_core::world::Found;
use tokio::sync::mpsc;

use crate::documents;
use crate::engine::Decided;
use crate::ports::cognition::turn::{HistoryEntry, Media, Person, ReplyLimits, Role, TurnKind, TurnMessage};
use crate::ports::cognition::{Action, Outcome, ReplyPart, TurnRequest};
use crate::store::{ClaimedEffect, Kind, Page, Want};
use crate::worker::Workers;
use crate::worker::effects::Trouble;

/// How long a part waits to hear whether it is the last, so that a short answer is one decision.
const LAST_WORD: Duration = Duration::from_millis(20);

pub(super) async fn ask(workers: &Workers, claimed: &ClaimedEffect, effect: Effect) -> Result<(), Trouble> {
    let Effect::Ask { session_id, turn_id, message_sid, author, text, media, at } = effect else {
        return Err(Trouble::Moot("not a question"));
    };
    let store = workers.engine.store();
    let want = Want::Id(Kind::Session, session_id.to_string());
    let record = store.load(vec![want]).await?.pop().flatten();
    let Some(Found::Session(session)) = record.map(|record| documents::found(&record)).transpose()? else {
        return Err(Trouble::Moot("no such session"));
    };
    let Some(turn) = session.turns.iter().find(|turn| turn.turn_id == turn_id) else {
        return Err(Trouble::Moot("answered, or the session is closed"));
    };
    let mut next_part = turn.parts;
    // What comes later than that is told of as on its way.
    let patience = if claimed.attempts == 0 { workers.files.turn_wait } else { Duration::ZERO };
    let known = workers.files.settled(&workers.engine, &media, patience).await?;
    let files = media.iter().zip(&known).map(|(told, known)| file(told, known.as_ref())).collect();
    let mut request = TurnRequest {
        turn_id: turn_id.to_string(),
        session_id: session_id.to_string(),
        conversation_sid: session.conversation_sid.as_ref().map(ToString::to_string),
        correlation_id: Some(message_sid.clone()),
        kind: TurnKind::Turn,
        message: TurnMessage { id: message_sid.clone(), author: person(&author), text, media: files, at },
        participants: session
            .present()
            .map(|member| Person {
                address: member.person.address.to_string(),
                name: member.person.name.clone(),
                channel: member.person.address.channel().to_string(),
                ..Person::default()
            })
            .collect(),
        history: history(workers, &session, &message_sid).await?,
        attributes: session.attributes.as_object().cloned().unwrap_or_default(),
        locale: author
            .address()
            .and_then(|address| session.spoken(address))
            .map(|spoken| spoken.language.to_string()),
        limits: ReplyLimits {
            max_part_chars: workers.engine.policy().split.max_units,
            channel: author.address().map_or_else(|| "chat".to_owned(), |a| a.channel().to_string()),
        },
        already_sent: already_sent(workers, &turn_id).await?,
    };
    identify(workers, &session, &mut request).await?;
    let (sender, parts) = mpsc::channel(8);
    let answering = workers.cognition.answer(&request, sender);
    let about = About { session_id: &session_id, turn_id: &turn_id, author: author.address() };
    let taking = take_parts(workers, claimed, &about, &mut next_part, parts);
    let joined = async { tokio::join!(answering, taking) };
    let (answered, taken) = match tokio::time::timeout(workers.asking.timeout, joined).await {
        Ok(both) => both,
        Err(_elapsed) => return no_answer(workers, claimed, session_id, turn_id, "timeout", true).await,
    };
    let taken = taken?;
    match answered {
        Ok(Outcome::Done) => finish(workers, claimed, session_id, turn_id, taken).await,
        Ok(Outcome::Later) => Err(Trouble::Moot("the answer comes by the API")),
        Err(error) => {
            if let Some(held) = taken.held {
                // What was complete before the failure is said; the rest is asked for again.
                say(workers, &session_id, &turn_id, held, false, None).await?;
            }
            let retryable = error.retryable();
            no_answer(workers, claimed, session_id, turn_id, &error.to_string(), retryable).await
        }
    }
}

/// What the parts of an answer have come to.
struct Taken {
    /// The last part, not said yet.
    held: Option<Part>,
    close: bool,
}

/// What is being answered.
struct About<'a> {
    session_id: &'a SessionId,
    turn_id: &'a TurnId,
    author: Option<&'a Address>,
}

/// Takes in what the cognition says of a person's language; the channel's own texts are in it from now on.
async fn learn(
    workers: &Workers,
    session_id: &SessionId,
    address: &Address,
    language: Language,
) -> Result<(), Trouble> {
    let spoken = Spoken { language, basis: LanguageBasis::Answer };
    let input = Input::LanguageTold { session_id: session_id.clone(), address: address.clone(), spoken };
    // Told again, or against what the person chose, it changes nothing.
    workers.engine.decide(&input).await?;
    Ok(())
}

struct Part {
    number: u32,
    utterance: Utterance,
}

async fn take_parts(
    workers: &Workers,
    claimed: &ClaimedEffect,
    about: &About<'_>,
    next_part: &mut u32,
    mut parts: mpsc::Receiver<ReplyPart>,
) -> Result<Taken, Trouble> {
    let About { session_id, turn_id, author } = *about;
    let mut taken = Taken { held: None, close: false };
    loop {
        let part = match taken.held.take() {
            None => parts.recv().await,
            Some(held) => match tokio::time::timeout(LAST_WORD, parts.recv()).await {
                Ok(None) => {
                    taken.held = Some(held);
                    return Ok(taken);
                }
                Ok(Some(part)) => {
                    say(workers, session_id, turn_id, held, false, None).await?;
                    Some(part)
                }
                Err(_still_writing) => {
                    say(workers, session_id, turn_id, held, false, None).await?;
                    parts.recv().await
                }
            },
        };
        let Some(part) = part else { return Ok(taken) };
        if let (Some(language), Some(address)) = (part.language, author) {
            learn(workers, session_id, address, language).await?;
        }
        for action in &part.actions {
            match action {
                Action::Close { .. } => taken.close = true,
                other => tracing::warn!(effect = claimed.id, action = other.name(), "unknown action ignored"),
            }
        }
        if let Some(utterance) = part.utterance {
            taken.held = Some(Part { number: *next_part, utterance });
            *next_part += 1;
        }
    }
}

async fn finish(
    workers: &Workers,
    claimed: &ClaimedEffect,
    session_id: SessionId,
    turn_id: TurnId,
    taken: Taken,
) -> Result<(), Trouble> {
    let close = taken.close;
    if let Some(part) = taken.held {
        return say(workers, &session_id, &turn_id, part, close, Some(claimed)).await;
    }
    let input = Input::TurnCompleted { session_id, turn_id, close };
    workers.engine.settle(&input, &|_| claimed.source(None)).await?;
    Ok(())
}

/// Takes in one part; the last one settles the effect.
async fn say(
    workers: &Workers,
    session_id: &SessionId,
    turn_id: &TurnId,
    part: Part,
    close: bool,
    settles: Option<&ClaimedEffect>,
) -> Result<(), Trouble> {
    let input = Input::TurnAnswered {
        session_id: session_id.clone(),
        turn_id: turn_id.clone(),
        part: part.number,
        utterance: part.utterance,
        last: settles.is_some(),
        close,
    };
    let decided = match settles {
        Some(claimed) => workers.engine.settle(&input, &|_| claimed.source(None)).await?,
        None => workers.engine.decide(&input).await?,
    };
    if let Decided::Rejected(rejection) = decided {
        tracing::info!(turn = %turn_id, %rejection, "a part of an answer was not taken");
    }
    Ok(())
}

async fn no_answer(
    workers: &Workers,
    claimed: &ClaimedEffect,
    session_id: SessionId,
    turn_id: TurnId,
    reason: &str,
    retryable: bool,
) -> Result<(), Trouble> {
    if retryable && claimed.attempts + 1 < workers.asking.attempts {
        let after = Duration::from_millis(500) * 2_u32.pow(claimed.attempts.min(6));
        return Err(Trouble::Again { after, reason: format!("no answer: {reason}") });
    }
    tracing::warn!(turn = %turn_id, reason, attempts = claimed.attempts + 1, "no answer");
    let input = Input::TurnFailed { session_id, turn_id, reason: reason.to_owned() };
    workers.engine.settle(&input, &|_| claimed.source(None)).await?;
    Ok(())
}

/// Says whose the addresses of a turn are.
async fn identify(workers: &Workers, session: &Session, request: &mut TurnRequest) -> Result<(), Trouble> {
    let addresses: Vec<Address> = session.present().map(|member| member.person.address.clone()).collect();
    let owner = |address: &Address| Want::Key(Kind::Account, documents::PERSON, address.to_string());
    let records = workers.engine.store().load(addresses.iter().map(owner).collect()).await?;
    for (address, record) in addresses.iter().zip(records) {
        let account = match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Account(account)) => Some(account.account_id),
            _ => None,
        };
        let visitor = account.is_none().then(|| workers.engine.visitor_id(address));
        let text = address.to_string();
        let author = std::iter::once(&mut request.message.author);
        for person in request.participants.iter_mut().chain(author).filter(|person| person.address == text) {
            person.account_id.clone_from(&account);
            person.visitor_id.clone_from(&visitor);
        }
    }
    Ok(())
}

fn person(author: &Author) -> Person {
    match author {
        Author::Person { address, name } => Person {
            address: address.to_string(),
            name: name.clone(),
            channel: address.channel().to_string(),
            ..Person::default()
        },
        Author::Other { identity } => {
            Person { address: identity.clone(), channel: "chat".to_owned(), ..Person::default() }
        }
        Author::Si => Person { address: "si".to_owned(), channel: "chat".to_owned(), ..Person::default() },
    }
}

fn file(told: &MediaRef, known: Option<&MediaFile>) -> Media {
    let described = known.map_or(
        Described {
            content_type: &told.content_type,
            bytes: told.size,
            label: None,
            state: MediaState::Pending,
        },
        MediaFile::described,
    );
    Media {
        id: told.id.to_string(),
        content_type: described.content_type.to_owned(),
        filename: told.filename.clone(),
        size_bytes: described.bytes,
        url: media::url(&told.id),
        state: described.state,
        placeholder: media::placeholder(&described),
    }
}

/// The newest messages before the one to answer, oldest first.
async fn history(workers: &Workers, session: &Session, before: &str) -> Result<Vec<HistoryEntry>, Trouble> {
    let wanted = workers.asking.history;
    if wanted == 0 {
        return Ok(Vec::new());
    }
    // Entries that are no messages are passed over, so some more are read.
    let stored = workers.engine.store().recent_entries(session.id.as_str(), wanted * 2 + 4).await?;
    let entries: Vec<Entry> =
        stored.iter().filter_map(|entry| serde_json::from_str(&entry.body).ok()).collect();
    let mut history: Vec<HistoryEntry> = order(entries)
        .into_iter()
        .take_while(|entry| entry.id != before)
        .filter(|entry| entry.kind == EntryKind::Message)
        .map(|entry| {
            let author = entry.author.clone().unwrap_or_default();
            let role = if author == "si" { Role::Assistant } else { Role::User };
            let text = entry.readable();
            HistoryEntry { author: entry.name.unwrap_or(author), role, text, at: entry.at }
        })
        .collect();
    let surplus = history.len().saturating_sub(wanted);
    history.drain(..surplus);
    Ok(history)
}

/// What an earlier attempt at this question has already said.
async fn already_sent(workers: &Workers, turn_id: &TurnId) -> Result<Vec<String>, Trouble> {
    let key = (documents::TURN, turn_id.as_str());
    let records = workers.engine.store().list(Kind::Outbound, key, Page::first(100)).await?;
    let mut said = Vec::new();
    for (_, record) in records {
        if let Found::Outbound(message) = documents::found(&record)? {
            said.push(message.queued);
        }
    }
    said.sort_by_key(|queued| (queued.at, queued.part));
    Ok(said.into_iter().map(|queued| queued.content.described()).collect())
}
