//! The devices and chat connections of a service's users:
//! <https://www.twilio.com/docs/conversations-classic/api/service-binding-resource>.

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
