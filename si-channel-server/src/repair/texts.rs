//! Texts of one person, each of which accounts for one that Twilio holds.

use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::transcript::{Entry, EntryKind};
use si_channel_core::world::Found;
use twilio_conversations::model::Message;
use twilio_conversations::model::messaging::Message as Text;

use super::{NEAR, rfc_2822};
use crate::documents;
use crate::engine::Engine;
use crate::store::{Kind, Page, StoreError};

/// How many of somebody's sessions are looked at, the newest, and how many entries of each.
const SESSIONS: usize = 8;
const ENTRIES: usize = 200;

/// One of them.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    /// Twilio's SID, or an id made here of what the hook took.
    sid: String,
    words: String,
    files: bool,
    at: Timestamp,
    /// It has accounted for one already.
    taken: bool,
}

/// What somebody said, as the channel knows it or as a conversation of theirs holds it.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<Said>);

impl Texts {
    /// What the channel knows of somebody.
    pub(super) async fn known(engine: &Engine, person: &Address) -> Result<Self, StoreError> {
        let name = person.to_string();
        let page = Page::first(SESSIONS);
        let mut known = Self::default();
        for (_, record) in engine.store().list(Kind::Session, (documents::PERSON, &name), page).await? {
            let Found::Session(session) = documents::found(&record)? else { continue };
            for entry in engine.store().recent_entries(session.id.as_str(), ENTRIES).await? {
                let Ok(entry) = serde_json::from_str::<Entry>(&entry.body) else { continue };
                if entry.kind == EntryKind::Message && entry.author.as_deref() == Some(&*name) {
                    known.0.push(Said {
                        words: bare(&entry.text),
                        files: !entry.media.is_empty(),
                        sid: entry.id,
                        at: entry.at,
                        taken: false,
                    });
                }
            }
        }
        Ok(known)
    }

    /// Adds what somebody said in a conversation.
    pub(super) fn add(&mut self, messages: &[Message], person: &Address) {
        let name = person.to_string();
        let theirs = messages.iter().filter(|message| message.author.as_deref() == Some(&*name));
        self.0.extend(theirs.filter_map(|message| {
            Some(Said {
                sid: message.sid.to_string(),
                words: bare(message.body.as_deref().unwrap_or_default()),
                files: message.media.as_ref().is_some_and(|media| !media.is_empty()),
                at: message.date_created.as_ref()?.as_str().parse().ok()?,
                taken: false,
            })
        }));
    }

    /// Whether one of them accounts for a text that came to a number of ours. One in a conversation has another SID there:
    /// it is the nearest of the same words. Each accounts for one, so that of two alike one is found missing.
    pub(super) fn account_for(&mut self, text: &Text) -> bool {
        let sid = text.sid.to_string();
        if let Some(same) = self.0.iter_mut().find(|said| said.sid == sid) {
            same.taken = true;
            return true;
        }
        let Some(at) = received_at(text) else { return false };
        let words = bare(text.body.as_deref().unwrap_or_default());
        let files = text.num_media.is_some_and(|count| count > 0);
        let apart = |said: &Said| at.duration_since(said.at).abs();
        let like = |said: &&mut Said| {
            // A text outside a conversation has the SID by which it is looked for.
            let alone = said.sid.starts_with("SM") || said.sid.starts_with("MM");
            // Where there are only files, there are words for them in the transcript.
            let same = said.words == words || (words.is_empty() && files && said.files);
            !said.taken && !alone && same && apart(said) <= NEAR
        };
        let found = self.0.iter_mut().filter(like).min_by_key(|said| apart(said));
        found.map(|said| said.taken = true).is_some()
    }
}

/// When a text came to a number of ours.
pub(super) fn received_at(text: &Text) -> Option<Timestamp> {
    text.date_sent.as_ref().or(text.date_created.as_ref()).and_then(rfc_2822)
}

/// A text without what is dropped on its way in, and without the space around it.
fn bare(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control()).collect();
    kept.trim().to_owned()
}
