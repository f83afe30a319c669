//! Messages of a conversation and their receipts.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::content::values::Values;
use super::media::{Incoming, Stored, type_of_name};
use super::text::Status;

/// A message of a conversation.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Message {
    pub(crate) sid: String,
    pub(crate) index: u64,
    pub(crate) author: String,
    pub(crate) body: Option<String>,
    pub(crate) media: Vec<Media>,
    /// The template it was made of (`HX…`).
    pub(crate) content_sid: Option<String>,
    pub(crate) attributes: String,
    pub(crate) participant_sid: Option<String>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A file of a message; its bytes, once there are some, are kept by its SID.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Media {
    pub(crate) sid: String,
    /// Where it is to be fetched; empty for an upload.
    pub(crate) url: String,
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) filename: String,
    /// Bytes; 0 until it is fetched.
    pub(crate) size: u64,
}

impl Media {
    /// A file that is yet to be fetched.
    pub(crate) fn new(sid: String, url: &str) -> Self {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let filename = path.rsplit('/').next().unwrap_or_default().to_owned();
        Self { sid, url: url.to_owned(), content_type: type_of_name(&filename).into(), filename, size: 0 }
    }

    /// A file that is kept.
    pub(crate) fn of(sid: &str, stored: &Stored) -> Self {
        Self {
            sid: sid.to_owned(),
            url: String::new(),
            content_type: stored.content_type.clone().into(),
            filename: stored.filename.clone().unwrap_or_default(),
            size: stored.bytes.len() as u64,
        }
    }

    /// Takes over what is known since the file was fetched.
    pub(crate) fn describe(&mut self, file: &Incoming) {
        self.content_type = file.content_type.clone().into();
        self.filename = file.filename.clone().unwrap_or_default();
        self.size = file.bytes.len() as u64;
    }
}

/// How one recipient's copy is doing. It is visible once the copy has left Twilio.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Receipt {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) channel_message_sid: String,
    pub(crate) participant_sid: String,
    pub(crate) status: Option<Status>,
    pub(crate) error_code: Option<u32>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A message to be added, already read from its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewMessage {
    pub(crate) author: String,
    pub(crate) body: Option<String>,
    pub(crate) media: Vec<Media>,
    pub(crate) template: Option<Template>,
    pub(crate) attributes: String,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

/// How many messages have come after an index; Twilio counts no further than 1000. They must be in order.
pub(crate) fn count_after(messages: &[Message], index: u64) -> usize {
    let seen = messages.partition_point(|message| message.index <= index);
    (messages.len() - seen).min(1000)
}

/// A template and what a message puts in place of its placeholders.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) content_sid: String,
    pub(crate) values: Values,
}

impl Message {
    /// The aggregate over the recipients on phones; null when there is none.
    pub(crate) fn delivery(&self) -> Value {
        if self.receipts.is_empty() {
            return Value::Null;
        }
        let amount = |reached: &[Status]| {
            let count = self
                .receipts
                .iter()
                .filter(|receipt| receipt.status.is_some_and(|status| reached.contains(&status)))
                .count();
            match count {
                0 => "none",
                count if count == self.receipts.len() => "all",
                _ => "some",
            }
        };
        json!({
            "total": self.receipts.len(),
            "sent": amount(&[Status::Sent, Status::Delivered, Status::Read, Status::Undelivered]),
            "delivered": amount(&[Status::Delivered, Status::Read]),
            "read": amount(&[Status::Read]),
            "failed": amount(&[Status::Failed]),
            "undelivered": amount(&[Status::Undelivered]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(statuses: &[Option<Status>]) -> Message {
        let receipts = statuses
            .iter()
            .map(|status| Receipt {
                seq: 0,
                sid: String::new(),
                channel_message_sid: String::new(),
                participant_sid: String::new(),
                status: *status,
                error_code: None,
                created: 0,
                updated: 0,
            })
            .collect();
        Message {
            sid: String::new(),
            index: 0,
            author: String::new(),
            body: None,
            media: Vec::new(),
            content_sid: None,
            attributes: String::new(),
            participant_sid: None,
            receipts,
            created: 0,
            updated: 0,
        }
    }

    #[test]
    fn the_aggregate_is_cumulative() {
        let some = message(&[Some(Status::Read), Some(Status::Sent), Some(Status::Failed)]).delivery();
        assert_eq!(
            some,
            json!({"total": 3, "sent": "some", "delivered": "some", "read": "some", "failed": "some",
                "undelivered": "none"})
        );
        let all = message(&[Some(Status::Delivered), Some(Status::Read)]).delivery();
        assert_eq!(
            (&all["sent"], &all["delivered"], &all["read"]),
            (&json!("all"), &json!("all"), &json!("some"))
        );
        assert_eq!(message(&[None]).delivery()["sent"], "none");
        assert_eq!(message(&[]).delivery(), Value::Null);
    }

    #[test]
    fn messages_after_an_index_are_counted_up_to_a_thousand() {
        let all = |indexes: &[u64]| -> Vec<Message> {
            indexes.iter().map(|&index| Message { index, ..message(&[]) }).collect()
        };
        for (indexes, after, count) in
            [(vec![], 0, 0), (vec![0, 1, 5, 6], 1, 2), (vec![0, 1, 5, 6], 3, 2), (vec![3], 3, 0)]
        {
            assert_eq!(count_after(&all(&indexes), after), count, "{indexes:?} after {after}");
        }
        let many: Vec<u64> = (0..1002).collect();
        assert_eq!([0, 1, 2].map(|after| count_after(&all(&many), after)), [1000, 1000, 999]);
    }
}
