//! The fields of a webhook.

use serde_json::json;

use crate::state::message::Media;

/// Names and values in the order they are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Adds the field if there is a value.
    pub(crate) fn some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// `Media` as Conversations webhooks write it: a JSON array with `PascalCase` keys.
    pub(crate) fn media(&mut self, media: &[Media]) {
        if media.is_empty() {
            return;
        }
        let items: Vec<_> = media
            .iter()
            .map(|one| {
                json!({"Sid": one.sid, "Filename": one.filename, "ContentType": one.content_type, "Size": one.size})
            })
            .collect();
        self.put("Media", serde_json::Value::Array(items).to_string());
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// With the fields that every Conversations webhook has in front.
    pub(crate) fn of_event(self, account_sid: &str, event: &str, source: &str) -> Self {
        let mut all = Self::default();
        all.put("AccountSid", account_sid);
        all.put("EventType", event);
        all.put("Source", source);
        // Observed on the wire, though not documented.
        all.put("RetryCount", "0");
        all.0.extend(self.0);
        all
    }

    pub(crate) fn into_params(self) -> Vec<(String, String)> {
        self.0
    }
}
