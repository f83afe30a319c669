//! Content templates and how WhatsApp's approval of them stands.
//!
//! <https://www.twilio.com/docs/content/content-api-resources>

pub(crate) mod placeholder;
pub(crate) mod render;
mod shape;
pub(crate) mod types;
pub(crate) mod values;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) seq: u64,
    /// `HX…`.
    pub(crate) sid: String,
    pub(crate) friendly_name: String,
    pub(crate) language: String,
    /// The sample of each placeholder, which is also its value when a message gives none.
    pub(crate) variables: BTreeMap<String, String>,
    /// The forms of the template by type, as they were given.
    pub(crate) types: Map<String, Value>,
    /// `None` until it is submitted.
    pub(crate) approval: Option<Approval>,
    /// The WhatsApp template it was made of, if it was.
    pub(crate) legacy: Option<Legacy>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A template of WhatsApp's from before there were content templates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Legacy {
    pub(crate) name: String,
    pub(crate) body: String,
}

/// The submission of a template to WhatsApp.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Approval {
    pub(crate) name: String,
    pub(crate) category: Category,
    /// The type that was submitted: the richest that WhatsApp takes.
    pub(crate) content_type: String,
    pub(crate) status: ApprovalStatus,
    /// Empty unless rejected.
    pub(crate) rejection_reason: String,
    pub(crate) allow_category_change: bool,
    /// Whether time leaves it as it is, since a control has set it.
    pub(crate) held: bool,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Category {
    Utility,
    Marketing,
    Authentication,
}

/// How a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ApprovalStatus {
    Unsubmitted,
    Received,
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
}

impl Content {
    /// How its submission stands.
    pub(crate) fn status(&self) -> ApprovalStatus {
        self.approval.as_ref().map_or(ApprovalStatus::Unsubmitted, |approval| approval.status)
    }
}

/// The account's templates, in order of creation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    by_seq: BTreeMap<u64, Content>,
    seqs: HashMap<String, u64>,
}

impl Contents {
    pub(crate) fn insert(&mut self, content: Content) {
        self.seqs.insert(content.sid.clone(), content.seq);
        self.by_seq.insert(content.seq, content);
    }

    pub(crate) fn get(&self, sid: &str) -> Option<&Content> {
        self.seqs.get(sid).and_then(|seq| self.by_seq.get(seq))
    }

    pub(crate) fn get_mut(&mut self, sid: &str) -> Option<&mut Content> {
        self.seqs.get(sid).and_then(|seq| self.by_seq.get_mut(seq))
    }

    /// Whether there was one to remove.
    pub(crate) fn remove(&mut self, sid: &str) -> bool {
        self.seqs.remove(sid).is_some_and(|seq| self.by_seq.remove(&seq).is_some())
    }

    pub(crate) fn range(&self, range: Range<u64>) -> impl DoubleEndedIterator<Item = (u64, &Content)> {
        self.by_seq.range(range).map(|(seq, content)| (*seq, content))
    }
}
