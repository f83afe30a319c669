//! The transcript: one record of everything said, and of what people should know happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::address::Channel;
use crate::content::{self, ANY_TYPE, File};
use crate::event::{Author, Event, MediaRef, ReceiptStatus};
use crate::id::MediaId;
use crate::media::{self, Described, Kept, MediaState, placeholder};
use crate::outbound::OutboundMessage;
use crate::session::Session;

/// The status of a message that nobody but the channel read.
const WITHHELD: &str = "withheld";

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A text or file.
    Message,
    /// Something said on a call.
    Turn,
    /// Something that happened.
    Event,
}

/// One entry.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id within the session: Twilio's message SID, our outbound id, or the event's id.
    pub id: String,
    /// When it happened; for messages Twilio's own time.
    pub at: Timestamp,
    /// What it is.
    pub kind: EntryKind,
    /// The person's address, `si`, or an identity.
    pub author: Option<String>,
    /// The author's name, if given.
    pub name: Option<String>,
    /// The person's channel.
    pub channel: Option<Channel>,
    /// The text; for an event its type.
    pub text: String,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<EntryMedia>,
    /// How far a message has come: `received`, `withheld` from the others of a group, or a state of an outbound
    /// message.
    pub status: Option<String>,
    /// When its text was last changed in Twilio.
    pub edited_at: Option<Timestamp>,
    /// Twilio's index in the conversation.
    pub index: Option<i64>,
    /// Twilio's SID.
    pub message_sid: Option<String>,
}

impl Entry {
    /// The text, with words in place of its files.
    pub fn readable(&self) -> String {
        let files = described(&self.media);
        match self.text.as_str() {
            text if files.is_empty() || text == files => text.to_owned(),
            "" => files,
            text => format!("{text}\n{files}"),
        }
    }
}

/// A file of an entry.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMedia {
    /// Its id, when people sent it.
    pub id: Option<MediaId>,
    /// Its MIME type: Twilio's word for it, and once it is here what it is served as.
    pub content_type: String,
    /// Its size.
    pub bytes: Option<u64>,
    /// The file's name, as its sender calls it.
    pub filename: Option<String>,
    /// What it calls itself: the name on a contact card.
    pub label: Option<String>,
    /// Where the API serves it; where one that was sent to people came from.
    pub url: String,
    /// How far it has come, when people sent it.
    pub state: Option<MediaState>,
}

impl From<&MediaRef> for EntryMedia {
    fn from(told: &MediaRef) -> Self {
        Self {
            id: Some(told.id.clone()),
            content_type: told.content_type.clone(),
            bytes: told.size,
            filename: told.filename.clone(),
            label: None,
            url: media::url(&told.id),
            state: Some(MediaState::Pending),
        }
    }
}

impl From<&File> for EntryMedia {
    fn from(sent: &File) -> Self {
        Self {
            id: None,
            content_type: sent.content_type.clone().unwrap_or_else(|| ANY_TYPE.to_owned()),
            bytes: None,
            filename: sent.filename.clone(),
            label: None,
            url: sent.url.to_string(),
            state: None,
        }
    }
}

/// Words for files, a line each.
fn described(files: &[EntryMedia]) -> String {
    let words = files.iter().map(|file| match file.state {
        Some(state) => placeholder(&Described {
            content_type: &file.content_type,
            bytes: file.bytes,
            label: file.label.as_deref(),
            state,
        }),
        None => content::label(file.filename.as_deref(), Some(&file.content_type)),
    });
    words.collect::<Vec<_>>().join("\n")
}

/// A change to a session's transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum TranscriptChange {
    /// Write the entry, in place of an earlier one with its id.
    Put(Box<Entry>),
    /// Change the entry with this id, if it is there.
    Patch {
        /// The entry.
        id: String,
        /// What changes.
        patch: Patch,
    },
}

/// What changes in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// Its text; the latest change counts, whatever order the news comes in.
    Text {
        /// The text now.
        text: String,
        /// Since when.
        at: Timestamp,
    },
    /// It was deleted in Twilio; the text stays, marked.
    Removed,
    /// One of its files has come further.
    File {
        /// Which.
        id: MediaId,
        /// How far.
        state: MediaState,
        /// What is kept of it, when it is here.
        kept: Option<Kept>,
    },
    /// It was kept from the others of a group.
    Withheld,
    /// It was withheld, and reached the others all the same.
    Overheard {
        /// Twilio's SID.
        message_sid: String,
        /// Twilio's index in the conversation.
        index: Option<i64>,
    },
    /// A relay of it got somewhere; the furthest counts.
    Relayed(ReceiptStatus),
}

impl Patch {
    /// Changes the entry.
    pub fn apply(&self, entry: &mut Entry) {
        match self {
            Self::Text { text, at } => {
                // Of two changes of one instant the same one stays, whichever is told last.
                if entry.edited_at.is_none_or(|known| (known, &entry.text) < (*at, text)) {
                    entry.text.clone_from(text);
                    entry.edited_at = Some(*at);
                }
            }
            Self::Removed => entry.status = Some("removed".to_owned()),
            Self::File { id, state, kept } => {
                let in_words = entry.text == described(&entry.media);
                if let Some(file) = entry.media.iter_mut().find(|file| file.id.as_ref() == Some(id)) {
                    file.state = Some(*state);
                    if let Some(kept) = kept {
                        file.content_type.clone_from(&kept.content_type);
                        file.bytes = Some(kept.bytes);
                        file.label.clone_from(&kept.label);
                    }
                }
                // Media alone has no other text than the words for it.
                if in_words {
                    entry.text = described(&entry.media);
                }
            }
            Self::Withheld => entry.status = Some(WITHHELD.to_owned()),
            Self::Overheard { message_sid, index } => {
                if entry.status.as_deref() == Some(WITHHELD) {
                    entry.status = Some("received".to_owned());
                }
                entry.message_sid = Some(message_sid.clone());
                entry.index = *index;
            }
            Self::Relayed(status) => {
                let rank = |s: &str| {
                    ["received", "sent", "failed", "undelivered", "delivered", "read"]
                        .iter()
                        .position(|r| *r == s)
                };
                let now = entry.status.as_deref().and_then(rank);
                if entry.status.as_deref() != Some("removed") && rank(status.as_str()) > now {
                    entry.status = Some(status.as_str().to_owned());
                }
            }
        }
    }
}

/// The entry of an outbound message in its present state.
pub fn outbound_entry(message: &OutboundMessage) -> Entry {
    Entry {
        id: message.id().to_string(),
        at: message.accepted_at.unwrap_or(message.queued.at),
        kind: EntryKind::Message,
        author: Some("si".to_owned()),
        name: None,
        channel: None,
        text: message.shown.clone().unwrap_or_else(|| message.queued.content.described()),
        media: message.queued.content.file().map(EntryMedia::from).into_iter().collect(),
        status: Some(if message.removed { "removed" } else { message.state.as_str() }.to_owned()),
        edited_at: None,
        index: message.index,
        message_sid: message.message_sid.clone(),
    }
}

/// What a session's event changes in its transcript.
pub fn record(
    session: &Session,
    event: &Event,
    event_id: &str,
    decided_at: Timestamp,
) -> Option<TranscriptChange> {
    let happened = |about: Option<&crate::address::Address>, at: Timestamp| {
        Some(TranscriptChange::Put(Box::new(Entry {
            id: event_id.to_owned(),
            at,
            kind: EntryKind::Event,
            author: about.map(ToString::to_string),
            name: about.and_then(|a| session.member(a)).and_then(|m| m.person.name.clone()),
            channel: about.map(crate::address::Address::channel),
            text: event.type_name().to_owned(),
            media: Vec::new(),
            status: None,
            edited_at: None,
            index: None,
            message_sid: None,
        })))
    };
    match event {
        Event::MessageReceived(received) => {
            let (author, name, channel) = match &received.author {
                Author::Person { address, name } => {
                    (address.to_string(), name.clone(), Some(address.channel()))
                }
                Author::Si => ("si".to_owned(), None, None),
                Author::Other { identity } => (identity.clone(), None, Some(Channel::Chat)),
            };
            let files: Vec<EntryMedia> = received.media.iter().map(EntryMedia::from).collect();
            let said = media::said(received);
            let text = if said.is_empty() { described(&files) } else { said };
            Some(TranscriptChange::Put(Box::new(Entry {
                id: received.message_sid.clone(),
                at: received.at,
                kind: EntryKind::Message,
                author: Some(author),
                name,
                channel,
                text,
                media: files,
                status: Some("received".to_owned()),
                edited_at: None,
                index: received.index,
                message_sid: Some(received.message_sid.clone()),
            })))
        }
        Event::MessageEdited { message_sid, text, at } => Some(TranscriptChange::Patch {
            id: message_sid.clone(),
            patch: Patch::Text { text: text.clone(), at: *at },
        }),
        Event::MessageRemoved { message_sid, .. } => {
            Some(TranscriptChange::Patch { id: message_sid.clone(), patch: Patch::Removed })
        }
        Event::MessageRelayed { message_sid, status, .. } => {
            Some(TranscriptChange::Patch { id: message_sid.clone(), patch: Patch::Relayed(*status) })
        }
        Event::MessageWithheld { message_sid, .. } => {
            Some(TranscriptChange::Patch { id: message_sid.clone(), patch: Patch::Withheld })
        }
        Event::MessageOverheard { message_sid, withheld: Some(id), index, .. } => {
            let patch = Patch::Overheard { message_sid: message_sid.clone(), index: *index };
            Some(TranscriptChange::Patch { id: id.clone(), patch })
        }
        Event::MediaStored { media_id, message_sid, kept, .. } => {
            Some(file(message_sid, media_id, MediaState::Stored, Some(kept.clone())))
        }
        Event::MediaFailed { media_id, message_sid, .. } => {
            Some(file(message_sid, media_id, MediaState::Failed, None))
        }
        Event::MediaRemoved { media_id, message_sid, .. } => {
            Some(file(message_sid, media_id, MediaState::Removed, None))
        }
        Event::SessionStarted { .. }
        | Event::SessionWarned { .. }
        | Event::SessionClosed { .. }
        | Event::SessionFailed { .. } => happened(None, decided_at),
        Event::ParticipantJoined { person, at } => happened(Some(&person.address), *at),
        Event::ParticipantLeft { address, .. } => happened(Some(address), decided_at),
        Event::MessageOverheard { address, at, .. }
        | Event::RelayedAgainstConsent { address, at, .. }
        | Event::ConsentGranted { address, at, .. }
        | Event::ConsentRevoked { address, at, .. } => happened(Some(address), *at),
        _ => None,
    }
}

fn file(message_sid: &str, id: &MediaId, state: MediaState, kept: Option<Kept>) -> TranscriptChange {
    TranscriptChange::Patch { id: message_sid.to_owned(), patch: Patch::File { id: id.clone(), state, kept } }
}

/// The entry that stands before all others.
const BEGINNING: &str = "si.channel.session.started.v1";

/// Puts entries in order: messages by Twilio's index, everything else between them by time.
///
/// Two messages with an index keep the index's order even when their times disagree, since Twilio numbers a
/// conversation's messages as it takes them and its times are not finer than a second everywhere.
pub fn order(mut entries: Vec<Entry>) -> Vec<Entry> {
    // A session begins with what was written first, and is told of it a moment later.
    entries.sort_by_key(|entry| (entry.text != BEGINNING || entry.kind != EntryKind::Event, entry.at));
    let mut slots = Vec::new();
    let mut indexed = Vec::new();
    for (slot, entry) in entries.iter().enumerate() {
        if entry.index.is_some() {
            slots.push(slot);
            indexed.push(entry.clone());
        }
    }
    indexed.sort_by_key(|entry| (entry.index, entry.at));
    for (slot, entry) in slots.into_iter().zip(indexed) {
        entries[slot] = entry;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, second: i64, index: Option<i64>) -> Entry {
        Entry {
            id: id.to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            kind: EntryKind::Message,
            author: None,
            name: None,
            channel: None,
            text: String::new(),
            media: Vec::new(),
            status: None,
            edited_at: None,
            index,
            message_sid: None,
        }
    }

    #[test]
    fn the_index_decides_between_messages_and_time_between_the_rest() {
        let entries = vec![
            entry("c", 30, Some(1)),
            entry("event", 25, None),
            entry("a", 20, Some(2)),
            entry("first", 1, None),
            entry("b", 40, Some(0)),
        ];
        let ids: Vec<String> = order(entries).into_iter().map(|e| e.id).collect();
        assert_eq!(ids, ["first", "b", "event", "c", "a"]);
    }

    #[test]
    fn a_relay_never_goes_back() {
        let mut e = entry("a", 1, None);
        e.status = Some("received".to_owned());
        for status in [ReceiptStatus::Read, ReceiptStatus::Sent, ReceiptStatus::Failed] {
            Patch::Relayed(status).apply(&mut e);
        }
        assert_eq!(e.status.as_deref(), Some("read"));
    }
}
