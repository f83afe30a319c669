//! Which entries of the log are looked at.

use super::Entry;
use crate::http::form::Form;

/// What entries must have; what is not asked for does not matter.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(super) after: u64,
    pub(super) limit: usize,
    kind: Option<String>,
    method: Option<String>,
    /// A part of a request's path or a webhook's address.
    path: Option<String>,
    event: Option<String>,
    status: Option<Status>,
}

/// A status, a hundred of them, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Exactly(u16),
    Hundred(u16),
    None,
}

impl Filter {
    /// Reads `after`, `limit`, `kind`, `method`, `path`, `event` and `status` (`404`, `4xx`, `none`) of a query; in
    /// words what is wrong otherwise.
    pub(crate) fn of(query: &Form) -> Result<Self, String> {
        let number = |name: &str| {
            let read =
                |text: &str| text.parse::<u64>().map_err(|_| format!("{name} {text:?} is not a number"));
            query.filled(name).map(read).transpose()
        };
        let limit = number("limit")?.and_then(|limit| usize::try_from(limit).ok());
        let text = |name: &str| query.filled(name).map(str::to_owned);
        Ok(Self {
            after: number("after")?.unwrap_or(0),
            limit: limit.unwrap_or(usize::MAX),
            kind: text("kind"),
            method: text("method").map(|method| method.to_ascii_uppercase()),
            path: text("path"),
            event: text("event"),
            status: query.filled("status").map(status).transpose()?,
        })
    }

    pub(super) fn passes(&self, entry: &Entry) -> bool {
        let (method, path, event, status) = match entry {
            Entry::Api(one) => (Some(&one.method), Some(&one.path), None, one.status),
            Entry::Webhook(one) => (Some(&one.method), Some(&one.url), Some(&one.event), one.status),
            Entry::Note(_) => (None, None, None, None),
        };
        let is = |wanted: &Option<String>, found: Option<&String>| {
            wanted.as_ref().is_none_or(|wanted| Some(wanted) == found)
        };
        self.kind.as_ref().is_none_or(|kind| kind == entry.kind())
            && is(&self.method, method)
            && is(&self.event, event)
            && self.path.as_ref().is_none_or(|part| path.is_some_and(|path| path.contains(part)))
            && self.status.is_none_or(|wanted| wanted.covers(status))
    }
}

impl Status {
    fn covers(self, status: Option<u16>) -> bool {
        match self {
            Self::Exactly(wanted) => status == Some(wanted),
            Self::Hundred(wanted) => status.is_some_and(|status| status / 100 == wanted),
            Self::None => status.is_none(),
        }
    }
}

fn status(text: &str) -> Result<Status, String> {
    let read = match text.strip_suffix("xx") {
        _ if text == "none" => Some(Status::None),
        Some(hundred) => hundred.parse().ok().map(Status::Hundred),
        None => text.parse().ok().map(Status::Exactly),
    };
    read.ok_or_else(|| format!("status {text:?} is neither a status such as 404, nor 4xx, nor none"))
}

#[cfg(test)]
mod tests {
    use super::super::{ApiEntry, NoteEntry, WebhookEntry};
    use super::*;

    #[test]
    fn each_condition_must_hold() {
        let api = Entry::Api(ApiEntry {
            method: "POST".into(),
            path: "/conversations/v1/Conversations".into(),
            status: Some(404),
            error_code: Some(20404),
            fault: None,
            ignored: Vec::new(),
        });
        let webhook = Entry::Webhook(WebhookEntry {
            url: "http://127.0.0.1/hook".into(),
            method: "POST".into(),
            event: "onMessageAdded".into(),
            params: Vec::new(),
            status: None,
            failure: Some("timeout".into()),
            error_code: Some(11201),
            fault: None,
            duration_ms: 1,
        });
        let note = Entry::Note(NoteEntry {
            what: "inbound_dropped".into(),
            subject: "SM1".into(),
            code: 50056,
            message: String::new(),
        });
        for (query, expected) in [
            ("", [true, true, true]),
            ("kind=webhook", [false, true, false]),
            ("path=/v1/Conv", [true, false, false]),
            ("path=hook", [false, true, false]),
            ("method=post", [true, true, false]),
            ("method=GET", [false, false, false]),
            ("event=onMessageAdded", [false, true, false]),
            ("status=404", [true, false, false]),
            ("status=4xx&kind=api", [true, false, false]),
            ("status=5xx", [false, false, false]),
            ("status=none", [false, true, true]),
        ] {
            let filter = Filter::of(&Form::parse(query.as_bytes())).unwrap();
            assert_eq!([&api, &webhook, &note].map(|entry| filter.passes(entry)), expected, "{query}");
        }
        for wrong in ["status=x", "after=x", "limit=-1"] {
            assert!(Filter::of(&Form::parse(wrong.as_bytes())).is_err(), "{wrong}");
        }
    }
}
