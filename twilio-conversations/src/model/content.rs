//! Content templates: <https://www.twilio.com/docs/content/content-api-resources>.
//!
//! ```
//! use twilio_conversations::model::content::{Card, ContentType, ContentTypes};
//!
//! let json = r#"{"twilio/card": {"title": "Your order", "subtitle": "It is ready"}}"#;
//! let forms: ContentTypes = serde_json::from_str(json)?;
//! let [ContentType::Card(Card { title, .. })] = forms.as_slice() else { panic!("another form") };
//! assert_eq!(title.as_deref(), Some("Your order"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[macro_use]
mod body;
mod catalog;
mod flow;
mod types;

pub use body::{
    Action, Authentication, AuthenticationAction, CallToAction, Card, Carousel, CarouselCard, ListItem,
    ListPicker, Location, Media, QuickReply, QuickReplyAction, QuickReplyActionType, Text, WebviewSize,
    WhatsAppCard,
};
pub use catalog::{Catalog, CatalogItem};
pub use flow::{Flow, FlowComponent, FlowPage, Schedule, WhatsAppFlow};
pub use types::{ContentType, ContentTypes};

use super::Links;
use crate::{
    Timestamp,
    sid::{AccountSid, ContentSid},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Content {
    /// Its SID.
    pub sid: ContentSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see in the console.
    pub friendly_name: Option<String>,
    /// The language, such as `en`.
    pub language: Option<String>,
    /// Samples for the placeholders, by name.
    pub variables: Option<BTreeMap<String, Value>>,
    /// Its forms.
    #[serde(default)]
    pub types: ContentTypes,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// The URLs of its approval.
    pub links: Option<Links>,
}

/// A template with its approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentAndApprovals {
    /// Its SID.
    pub sid: ContentSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see in the console.
    pub friendly_name: Option<String>,
    /// The language, such as `en`.
    pub language: Option<String>,
    /// Samples for the placeholders, by name.
    pub variables: Option<BTreeMap<String, Value>>,
    /// Its forms.
    #[serde(default)]
    pub types: ContentTypes,
    /// How its approval by WhatsApp stands.
    pub approval_requests: Option<Approval>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
}

/// A template that was made for WhatsApp before there was this API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LegacyContent {
    /// Its SID.
    pub sid: ContentSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The name people see in the console.
    pub friendly_name: Option<String>,
    /// The language, such as `en`.
    pub language: Option<String>,
    /// Samples for the placeholders, by name.
    pub variables: Option<BTreeMap<String, Value>>,
    /// Its forms.
    #[serde(default)]
    pub types: ContentTypes,
    /// The name it was approved under.
    pub legacy_template_name: Option<String>,
    /// The text it was approved with.
    pub legacy_body: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// How a template's approvals stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Approvals {
    /// The template.
    pub sid: ContentSid,
    /// The account.
    pub account_sid: AccountSid,
    /// By WhatsApp.
    pub whatsapp: Option<Approval>,
    /// The URL of this resource.
    pub url: Option<String>,
}

/// How an approval stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// The name it is asked for under; empty before.
    pub name: Option<String>,
    /// What the template is for.
    pub category: Option<ApprovalCategory>,
    /// The form that is judged, such as `twilio/text`.
    pub content_type: Option<String>,
    /// How it stands.
    pub status: Option<ApprovalStatus>,
    /// Why it was refused; empty otherwise.
    pub rejection_reason: Option<String>,
    /// Whether WhatsApp may put it into another category.
    pub allow_category_change: Option<bool>,
    /// Whose approval it is, such as `whatsapp`; where several are told of.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub approval_type: Option<String>,
}

open_enum! {
    /// What a template is for, which decides its price.
    ApprovalCategory {
        /// About something the person asked for.
        Utility = "UTILITY",
        /// Everything else, offers above all.
        Marketing = "MARKETING",
        /// One-time passwords.
        Authentication = "AUTHENTICATION",
    }
}

open_enum! {
    /// How an approval stands.
    ApprovalStatus {
        /// Nobody asked for it.
        Unsubmitted = "unsubmitted",
        /// Twilio has the request.
        Received = "received",
        /// WhatsApp judges it.
        Pending = "pending",
        /// May be sent at any time.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Held back for a while, because people blocked or reported it.
        Paused = "paused",
        /// Taken out for good.
        Disabled = "disabled",
    }
}
