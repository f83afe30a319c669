//! Conversation services, whose resources do not see each other, and their defaults:
//! <https://www.twilio.com/docs/conversations-classic/api/service-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::service::CreateService};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let create = CreateService::new("Si, staging")?;
//! assert_eq!(create.parts(&account).path, "/v1/Services");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    limit::{self, LimitError, NAME_CHARS},
    model::{Service, ServiceConfiguration},
    sid::{RoleSid, ServiceSid},
};

request! {
    /// Creates a service.
    CreateService -> Service;
    Create Conversations "/v1/Services";
    fn draft();
}

request! {
    /// Fetches a service.
    FetchService -> Service;
    Read Conversations "/v1/Services/{Sid}";
    /// The one to fetch.
    pub fn new(service: ServiceSid);
}

request! {
    /// Deletes a service with everything in it.
    DeleteService -> ();
    Delete Conversations "/v1/Services/{Sid}";
    /// The one to delete.
    pub fn new(service: ServiceSid);
}

request! {
    /// Lists the account's services.
    ListServices -> Page<Service>;
    Read Conversations "/v1/Services";
    /// All of them.
    pub fn new();
}

request! {
    /// Fetches a service's defaults.
    FetchServiceConfiguration -> ServiceConfiguration;
    Read Conversations "/v1/Services/{ChatServiceSid}/Configuration";
    /// Of this service.
    pub fn new(service: ServiceSid);
}

request! {
    /// Changes a service's defaults.
    UpdateServiceConfiguration -> ServiceConfiguration;
    Update Conversations "/v1/Services/{ChatServiceSid}/Configuration";
    /// Of this service.
    pub fn new(service: ServiceSid);
}

page_size! { ListServices up to 100; }
default_is_new! { ListServices }

impl CreateService {
    /// A service of this name.
    ///
    /// # Errors
    /// [`LimitError`] for a name over 256 characters.
    pub fn new(friendly_name: impl Into<String>) -> Result<Self, LimitError> {
        let friendly_name = friendly_name.into();
        limit::characters("FriendlyName", &friendly_name, NAME_CHARS)?;
        let mut service = Self::draft();
        service.0.form.set("FriendlyName", friendly_name);
        Ok(service)
    }
}

setters! { form UpdateServiceConfiguration {
    /// The role of whoever creates a conversation.
    fn default_conversation_creator_role_sid(RoleSid) = "DefaultConversationCreatorRoleSid";
    /// The role of whoever joins one.
    fn default_conversation_role_sid(RoleSid) = "DefaultConversationRoleSid";
    /// The role of new users.
    fn default_chat_service_role_sid(RoleSid) = "DefaultChatServiceRoleSid";
    /// Whether Twilio tells who is online.
    fn reachability_enabled(bool) = "ReachabilityEnabled";
}}
