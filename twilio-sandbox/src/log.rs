//! The bounded, numbered record of requests and webhooks.

mod filter;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use filter::Filter;

use crate::clock::iso_millis;
use crate::error::ApiError;

/// A ring of entries; the oldest go first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Log {
    entries: VecDeque<(u64, i64, Entry)>,
    capacity: usize,
    next: u64,
}

/// What is recorded. No entry holds a header, so none holds a secret of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Entry {
    Api(ApiEntry),
    Webhook(WebhookEntry),
    Note(NoteEntry),
}

/// A request to one of the APIs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ApiEntry {
    pub(crate) method: String,
    pub(crate) path: String,
    /// `None` when a fault dropped the connection instead of answering.
    pub(crate) status: Option<u16>,
    pub(crate) error_code: Option<u32>,
    /// The planned fault that struck.
    pub(crate) fault: Option<u64>,
    /// The parameters of a request that succeeded which had no effect, such as misspelt ones.
    pub(crate) ignored: Vec<String>,
}

/// A webhook that was sent, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WebhookEntry {
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) event: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) status: Option<u16>,
    pub(crate) failure: Option<String>,
    pub(crate) error_code: Option<u32>,
    /// The planned fault that struck.
    pub(crate) fault: Option<u64>,
    pub(crate) duration_ms: u64,
}

/// Something that happened with nobody waiting for an answer; `code` is 0 unless it went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NoteEntry {
    pub(crate) what: String,
    pub(crate) subject: String,
    pub(crate) code: u32,
    pub(crate) message: String,
}

impl NoteEntry {
    pub(crate) fn of_error(what: &str, subject: &str, error: &ApiError) -> Self {
        let (what, subject) = (what.to_owned(), subject.to_owned());
        Self { what, subject, code: error.code, message: error.message.clone() }
    }
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: VecDeque::new(), capacity: capacity.max(1), next: 1 }
    }

    pub(crate) fn push(&mut self, at: i64, entry: Entry) {
        if self.entries.len() == self.capacity {
            self.entries.pop_front();
        }
        self.entries.push_back((self.next, at, entry));
        self.next += 1;
    }

    /// The number of the newest entry; 0 before the first.
    pub(crate) fn last(&self) -> u64 {
        self.next - 1
    }

    /// The entries that pass a filter, oldest first; `next` is the number to go on after.
    pub(crate) fn read(&self, filter: &Filter) -> Value {
        let start = self.entries.partition_point(|(number, ..)| *number <= filter.after);
        let mut next = filter.after;
        let mut entries = Vec::new();
        for (number, at, entry) in self.entries.range(start..) {
            if entries.len() == filter.limit {
                break;
            }
            if filter.passes(entry) {
                entries.push(entry.render(*number, *at));
            }
            next = *number;
        }
        json!({"entries": entries, "next": next})
    }
}

impl Entry {
    fn kind(&self) -> &'static str {
        match self {
            Self::Api(_) => "api",
            Self::Webhook(_) => "webhook",
            Self::Note(_) => "note",
        }
    }

    fn render(&self, number: u64, at: i64) -> Value {
        let (kind, at) = (self.kind(), iso_millis(at));
        match self {
            Self::Api(one) => json!({
                "n": number, "kind": kind, "at": at, "method": one.method, "path": one.path,
                "status": one.status, "error_code": one.error_code, "fault": one.fault,
                "ignored": one.ignored,
            }),
            Self::Webhook(one) => {
                let params: Map<String, Value> =
                    one.params.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                json!({
                    "n": number, "kind": kind, "at": at, "url": one.url, "method": one.method,
                    "event": one.event, "params": params, "status": one.status, "failure": one.failure,
                    "error_code": one.error_code, "fault": one.fault, "duration_ms": one.duration_ms,
                })
            }
            Self::Note(one) => json!({
                "n": number, "kind": kind, "at": at, "what": one.what, "subject": one.subject,
                "error_code": one.code, "message": one.message,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::form::Form;

    #[test]
    fn the_ring_drops_the_oldest_and_keeps_the_numbers() {
        let mut log = Log::new(2);
        for path in ["/a", "/b", "/c"] {
            let entry = ApiEntry {
                method: "GET".into(),
                path: path.into(),
                status: Some(200),
                error_code: None,
                fault: None,
                ignored: Vec::new(),
            };
            log.push(0, Entry::Api(entry));
        }
        let read = |query: &str| log.read(&Filter::of(&Form::parse(query.as_bytes())).unwrap());
        let all = read("");
        assert_eq!(all["entries"][0]["n"], 2);
        assert_eq!(all["entries"][1]["path"], "/c");
        assert_eq!(all["next"], 3);
        assert_eq!(read("after=2&kind=api")["entries"].as_array().unwrap().len(), 1);
        assert_eq!(read("kind=webhook")["entries"], json!([]));
        let first = read("limit=1");
        assert_eq!((first["entries"].as_array().unwrap().len(), &first["next"]), (1, &json!(2)));
    }
}
