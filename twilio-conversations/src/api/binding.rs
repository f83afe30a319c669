//! The devices and chat connections of a service's users:
//! <https://www.twilio.com/docs/conversations-classic/api/service-binding-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::binding::ListBindings, model::PushBindingType, sid::ServiceSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: ServiceSid = "IS0123456789abcdef0123456789abcdef".parse()?;
//! let list = ListBindings::new(service).binding_types([PushBindingType::Fcm]).identities(["ana"]);
//! assert_eq!(list.parts(&account).query.encode(), "BindingType=fcm&Identity=ana");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    model::{Binding, PushBindingType},
    sid::{BindingSid, ServiceSid},
};
use std::fmt::Display;

request! {
    /// Fetches a binding.
    FetchBinding -> Binding;
    Read Conversations "/v1/Services/{ChatServiceSid}/Bindings/{Sid}";
    /// The one to fetch.
    pub fn new(service: ServiceSid, binding: BindingSid);
}

request! {
    /// Deletes a binding; the device gets no more push notifications.
    DeleteBinding -> ();
    Delete Conversations "/v1/Services/{ChatServiceSid}/Bindings/{Sid}";
    /// The one to delete.
    pub fn new(service: ServiceSid, binding: BindingSid);
}

request! {
    /// Lists the bindings of a service.
    ListBindings -> Page<Binding>;
    Read Conversations "/v1/Services/{ChatServiceSid}/Bindings";
    /// All of this service.
    pub fn new(service: ServiceSid);
}

page_size! { ListBindings up to 100; }

impl ListBindings {
    /// Of these kinds.
    pub fn binding_types(mut self, types: impl IntoIterator<Item = PushBindingType>) -> Self {
        self.0.query.set_all("BindingType", types);
        self
    }

    /// Of these users.
    pub fn identities<I: Display>(mut self, identities: impl IntoIterator<Item = I>) -> Self {
        self.0.query.set_all("Identity", identities);
        self
    }
}
