//! What a request is: data that says where it goes and what may be done when the answer is lost.
//!
//! ```
//! use twilio_conversations::{Request, api::conversation::ListConversations, request::Class};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let parts = ListConversations::new().page_size(20).parts(&account);
//! assert_eq!((parts.class, parts.class.is_repeatable()), (Class::Read, true));
//! let url = format!("{}{}?{}", parts.product.default_base_url(), parts.path, parts.query.encode());
//! assert_eq!(url, "https://conversations.twilio.com/v1/Conversations?PageSize=20");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{Scope, sid::AccountSid};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// The header that asks Conversations to call webhooks for a change made by REST; silent otherwise.
pub const WEBHOOK_ENABLED_HEADER: &str = "X-Twilio-Webhook-Enabled";

/// The header that asks Messaging for a version of its API, where there are several.
pub const API_VERSION_HEADER: &str = "X-Twilio-Api-Version";

/// A request to Twilio as plain data; it knows no HTTP library and does no IO.
pub trait Request {
    /// What the answer holds; `()` for deletions.
    type Output: DeserializeOwned;

    /// Where the request goes and what it carries. The account's SID is part of the paths of the 2010 API.
    fn parts(&self, account_sid: &AccountSid) -> Parts;
}

/// A Twilio product, each with its own host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// The 2010 API: messages, numbers, calls.
    Api,
    /// Content templates.
    Content,
    /// Conversations.
    Conversations,
    /// What is known of phone numbers.
    Lookups,
    /// The media service of Conversations.
    Mcs,
    /// Messaging services and their senders.
    Messaging,
}

impl Product {
    /// The product's name in host names: `api`, `conversations` …
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Content => "content",
            Self::Conversations => "conversations",
            Self::Lookups => "lookups",
            Self::Mcs => "mcs",
            Self::Messaging => "messaging",
        }
    }

    /// Where Twilio serves it, without a path.
    pub fn default_base_url(self) -> &'static str {
        match self {
            Self::Api => "https://api.twilio.com",
            Self::Content => "https://content.twilio.com",
            Self::Conversations => "https://conversations.twilio.com",
            Self::Lookups => "https://lookups.twilio.com",
            Self::Mcs => "https://mcs.us1.twilio.com",
            Self::Messaging => "https://messaging.twilio.com",
        }
    }
}

/// What a request does, which decides whether it may be sent again when the answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Makes something new each time: Twilio has no idempotency keys.
    Create,
    /// Changes something; sent late it could undo what somebody else did.
    Update,
    /// Puts something in the place of what was there, which undoes what somebody else did meanwhile.
    Replace,
    /// Doing it twice is the same as once.
    Delete,
}

impl Class {
    /// The HTTP method. Twilio updates by POST and replaces by PUT.
    pub fn method(self) -> http::Method {
        match self {
            Self::Read => http::Method::GET,
            Self::Create | Self::Update => http::Method::POST,
            Self::Replace => http::Method::PUT,
            Self::Delete => http::Method::DELETE,
        }
    }

    /// True when a repetition changes nothing beyond what the first one did.
    pub fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::Delete)
    }
}

/// A request ready for an HTTP library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The host.
    pub product: Product,
    /// The method and what may be repeated.
    pub class: Class,
    /// The path with its names in place of values, for logs and metrics.
    pub template: &'static str,
    /// The path, percent-encoded, with a leading slash.
    pub path: String,
    /// The query.
    pub query: Form,
    /// The form in the body; Twilio's names.
    pub form: Form,
    /// A JSON document for the body, where Twilio wants that in place of a form.
    pub json: Option<Json>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

/// Named values in order; a name may repeat. `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    /// Sets the one value of a name.
    pub fn set(&mut self, name: &'static str, value: impl fmt::Display) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.to_string()));
    }

    /// Sets all values of a name.
    pub fn set_all<V: fmt::Display>(&mut self, name: &'static str, values: impl IntoIterator<Item = V>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.extend(values.into_iter().map(|value| (name, value.to_string())));
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The pairs in order.
    pub fn pairs(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// True when there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs as `application/x-www-form-urlencoded`.
    pub fn encode(&self) -> String {
        // Room for a few escapes beside the separators.
        let bytes = self.0.iter().map(|(name, value)| name.len() + value.len() * 3 / 2 + 8).sum();
        form_urlencoded::Serializer::new(String::with_capacity(bytes)).extend_pairs(&self.0).finish()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// A JSON document as text. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// The document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.0.len())
    }
}

/// What every request of this crate is made of.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) scope: Scope,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Form,
    pub(crate) form: Form,
    pub(crate) json: Map<String, Value>,
    pub(crate) webhook_enabled: Option<bool>,
    pub(crate) api_version: Option<String>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Segments can hold identities and unique names.
        f.debug_struct("Draft").field("query", &self.query).field("form", &self.form).finish_non_exhaustive()
    }
}

impl Draft {
    pub(crate) fn new(segments: Vec<String>) -> Self {
        Self { segments, ..Self::default() }
    }

    pub(crate) fn parts(
        &self,
        product: Product,
        class: Class,
        template: &'static str,
        account_sid: &AccountSid,
    ) -> Parts {
        let account = (product == Product::Api).then(|| account_sid.as_str());
        let segments = account.into_iter().chain(self.segments.iter().map(String::as_str));
        let mut path = fill(template, segments);
        if let Scope::Service(sid) = &self.scope {
            path = path.replacen("/v1/", &format!("/v1/Services/{sid}/"), 1);
        }
        let webhooks = self.webhook_enabled.map(|on| (WEBHOOK_ENABLED_HEADER, on.to_string()));
        let version = self.api_version.clone().map(|version| (API_VERSION_HEADER, version));
        let (query, form) = (self.query.clone(), self.form.clone());
        let json = (!self.json.is_empty()).then(|| Json(Value::Object(self.json.clone()).to_string()));
        Parts {
            product,
            class,
            template,
            path,
            query,
            form,
            json,
            headers: webhooks.into_iter().chain(version).collect(),
        }
    }
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Puts the values, percent-encoded, in the places of the names in braces.
fn fill<'a>(template: &str, segments: impl Iterator<Item = &'a str>) -> String {
    let mut path = String::with_capacity(template.len() + 64);
    let mut rest = template;
    for segment in segments {
        let Some((before, after)) = rest.split_once('{') else { break };
        path.push_str(before);
        path.extend(utf8_percent_encode(segment, SEGMENT));
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    path + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_fill_the_template_encoded() {
        let filled = fill("/v1/Conversations/{Sid}/Messages/{Sid}.json", ["a/b ?#", "IM1"].into_iter());
        assert_eq!(filled, "/v1/Conversations/a%2Fb%20%3F%23/Messages/IM1.json");
    }

    #[test]
    fn a_form_keeps_order_and_repeats_and_hides_its_values() {
        let mut form = Form::default();
        form.set("A", "1");
        form.set_all("L", ["x", "y z"]);
        form.set("A", "+2");
        assert_eq!(form.encode(), "L=x&L=y+z&A=%2B2");
        assert_eq!(format!("{form:?}"), r#"["L", "L", "A"]"#);
    }
}
