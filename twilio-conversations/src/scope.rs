//! Which conversation service a request is about.
//!
//! ```
//! use twilio_conversations::{Request, api::conversation::CreateConversation, sid::ServiceSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: ServiceSid = "IS0123456789abcdef0123456789abcdef".parse()?;
//! let parts = CreateConversation::new().scope(service).parts(&account);
//! assert_eq!(parts.path, "/v1/Services/IS0123456789abcdef0123456789abcdef/Conversations");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::sid::ServiceSid;

/// The account's default conversation service or a named one. Resources of different services do not see each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The service named by the account's configuration; paths without a service.
    #[default]
    Default,
    /// This service; paths below `/v1/Services/IS…`.
    Service(ServiceSid),
}

impl From<ServiceSid> for Scope {
    fn from(sid: ServiceSid) -> Self {
        Self::Service(sid)
    }
}
