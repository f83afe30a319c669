//! Content templates, the rich messages of every channel, and their approval by WhatsApp:
//! <https://www.twilio.com/docs/content/content-api-resources>.
//!
//! ```
//! use twilio_conversations::{Request, api::content::CreateContent, model::content::{ContentType, Text}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let reminder = Text::new("Your order {{1}} is ready.");
//! let create = CreateContent::new("en", [ContentType::Text(reminder)]).friendly_name("order_ready");
//! let json = create.parts(&account).json.unwrap();
//! assert!(json.as_str().contains("twilio/text"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod variables;

pub use variables::ContentVariables;

use crate::{
    Page,
    model::content::{
        Approval, ApprovalCategory, Approvals, Content, ContentAndApprovals, ContentType, ContentTypes,
        LegacyContent,
    },
    sid::ContentSid,
};

request! {
    /// Creates a template.
    CreateContent -> Content;
    Create Content "/v1/Content";
    fn draft();
}

request! {
    /// Fetches a template.
    FetchContent -> Content;
    Read Content "/v1/Content/{Sid}";
    /// The one to fetch.
    pub fn new(content: ContentSid);
}

request! {
    /// Puts other forms in the place of a template's, and whatever else is set.
    UpdateContent -> Content;
    Replace Content "/v1/Content/{Sid}";
    fn draft(content: ContentSid);
}

request! {
    /// Deletes a template; messages made from it stay.
    DeleteContent -> ();
    Delete Content "/v1/Content/{Sid}";
    /// The one to delete.
    pub fn new(content: ContentSid);
}

request! {
    /// Lists the account's templates.
    ListContent -> Page<Content>;
    Read Content "/v1/Content";
    /// All of them.
    pub fn new();
}

request! {
    /// Lists the account's templates, each with its approval.
    ListContentAndApprovals -> Page<ContentAndApprovals>;
    Read Content "/v1/ContentAndApprovals";
    /// All of them.
    pub fn new();
}

request! {
    /// Lists the templates that were made for WhatsApp before there was this API.
    ListLegacyContent -> Page<LegacyContent>;
    Read Content "/v1/LegacyContent";
    /// All of them.
    pub fn new();
}

request! {
    /// Asks WhatsApp to approve a template.
    CreateApproval -> Approval;
    Create Content "/v1/Content/{ContentSid}/ApprovalRequests/whatsapp";
    fn draft(content: ContentSid);
}

request! {
    /// Fetches how a template's approval stands.
    FetchApprovals -> Approvals;
    Read Content "/v1/Content/{Sid}/ApprovalRequests";
    /// Of this template.
    pub fn new(content: ContentSid);
}

page_size! {
    ListContent up to 1000;
    ListContentAndApprovals up to 1000;
    ListLegacyContent up to 1000;
}
default_is_new! { ListContent ListContentAndApprovals ListLegacyContent }

impl CreateContent {
    /// A template in this language (`en`, `pt_BR`), in a form for each kind of channel; of two of the same type the later
    /// counts.
    pub fn new(language: impl Into<String>, types: impl IntoIterator<Item = ContentType>) -> Self {
        let mut content = Self::draft();
        content.0.json.insert("language".into(), language.into().into());
        content.0.json.insert("types".into(), ContentTypes::from_iter(types).to_json());
        content
    }
}

impl UpdateContent {
    /// These forms in the place of all old ones.
    pub fn new(content: impl Into<ContentSid>, types: impl IntoIterator<Item = ContentType>) -> Self {
        let mut content = Self::draft(content);
        content.0.json.insert("types".into(), ContentTypes::from_iter(types).to_json());
        content
    }

    /// The language (`en`, `pt_BR`).
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.0.json.insert("language".into(), language.into().into());
        self
    }
}

/// What creating and replacing have in common.
macro_rules! content_values {
    ($($name:ident)*) => {$(
        impl $name {
            /// The name people see in the console.
            pub fn friendly_name(mut self, friendly_name: impl Into<String>) -> Self {
                self.0.json.insert("friendly_name".into(), friendly_name.into().into());
                self
            }

            /// Samples for the placeholders, which WhatsApp's approval asks for.
            pub fn variables(mut self, samples: &ContentVariables) -> Self {
                self.0.json.insert("variables".into(), samples.to_json());
                self
            }
        }
    )*};
}

content_values! { CreateContent UpdateContent }

impl CreateApproval {
    /// Under this name, of small letters, digits and underscores, in this category.
    pub fn new(content: impl Into<ContentSid>, name: impl Into<String>, category: &ApprovalCategory) -> Self {
        let mut approval = Self::draft(content);
        approval.0.json.insert("name".into(), name.into().into());
        approval.0.json.insert("category".into(), category.as_str().into());
        approval
    }
}
