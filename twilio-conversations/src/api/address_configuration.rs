//! Conversations that Twilio makes for messages that belong to none:
//! <https://www.twilio.com/docs/conversations-classic/api/address-configuration-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::address_configuration::CreateAddressConfiguration, model::{AddressType, HttpMethod}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let configuration = CreateAddressConfiguration::new(&AddressType::Sms, "+15550002222")
//!     .auto_create_webhook("https://si.example/hook", &HttpMethod::Post, ["onMessageAdded"]);
//! assert_eq!(configuration.parts(&account).form.get("AutoCreation.Type"), Some("webhook"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    limit::NAME_CHARS,
    model::{AddressConfiguration, AddressType, HttpMethod},
    sid::{AddressConfigurationSid, FlowSid, ServiceSid},
};
use std::fmt::Display;

request! {
    /// Binds an address of the account.
    CreateAddressConfiguration -> AddressConfiguration;
    Create Conversations "/v1/Configuration/Addresses";
    fn draft();
}

request! {
    /// Fetches a binding.
    FetchAddressConfiguration -> AddressConfiguration;
    Read Conversations "/v1/Configuration/Addresses/{Sid}";
    /// The one to fetch.
    pub fn new(address_configuration: AddressConfigurationSid);
}

request! {
    /// Changes a binding; type, address and country stay.
    UpdateAddressConfiguration -> AddressConfiguration;
    Update Conversations "/v1/Configuration/Addresses/{Sid}";
    /// The one to change.
    pub fn new(address_configuration: AddressConfigurationSid);
}

request! {
    /// Removes a binding.
    DeleteAddressConfiguration -> ();
    Delete Conversations "/v1/Configuration/Addresses/{Sid}";
    /// The one to remove.
    pub fn new(address_configuration: AddressConfigurationSid);
}

request! {
    /// Lists the bindings of the account.
    ListAddressConfigurations -> Page<AddressConfiguration>;
    Read Conversations "/v1/Configuration/Addresses";
    /// All of them.
    pub fn new();
}

page_size! { ListAddressConfigurations up to 50; }

setters! { query ListAddressConfigurations {
    /// Of this channel.
    fn address_type(AddressType) = "Type";
}}

default_is_new! { ListAddressConfigurations }

impl CreateAddressConfiguration {
    /// A binding of this address, which makes no conversations until told how.
    pub fn new(address_type: &AddressType, address: impl Display) -> Self {
        let mut configuration = Self::draft();
        configuration.0.form.set("Type", address_type);
        configuration.0.form.set("Address", address);
        configuration
    }

    /// The country of a short code, two letters.
    pub fn address_country(mut self, country: impl Display) -> Self {
        self.0.form.set("AddressCountry", country);
        self
    }
}

/// What binding and changing have in common.
macro_rules! address_values {
    ($($name:ident)*) => {$(
        limited! { $name {
            /// The name people see, at most 256 characters.
            fn friendly_name = "FriendlyName", characters <= NAME_CHARS;
        }}

        setters! { form $name {
            /// The conversation service that new conversations belong to; the default one unless set.
            fn conversation_service_sid(ServiceSid) = "AutoCreation.ConversationServiceSid";
            /// Whether Twilio makes conversations.
            fn auto_creation(bool) = "AutoCreation.Enabled";
        }}

        impl $name {
            /// Makes conversations that report to the account's or the service's webhooks.
            pub fn auto_create_default(mut self) -> Self {
                self.0.form.set("AutoCreation.Enabled", true);
                self.0.form.set("AutoCreation.Type", "default");
                self
            }

            /// Makes conversations with a webhook of their own for these post-action events.
            pub fn auto_create_webhook<F: Display>(
                mut self,
                url: impl Display,
                method: &HttpMethod,
                filters: impl IntoIterator<Item = F>,
            ) -> Self {
                self.0.form.set("AutoCreation.Enabled", true);
                self.0.form.set("AutoCreation.Type", "webhook");
                self.0.form.set("AutoCreation.WebhookUrl", url);
                self.0.form.set("AutoCreation.WebhookMethod", method.as_str().to_ascii_lowercase());
                self.0.form.set_all("AutoCreation.WebhookFilters", filters);
                self
            }

            /// Makes conversations that start a Studio flow, which Twilio calls again this often when it fails.
            pub fn auto_create_studio(mut self, flow_sid: &FlowSid, retry_count: u32) -> Self {
                self.0.form.set("AutoCreation.Enabled", true);
                self.0.form.set("AutoCreation.Type", "studio");
                self.0.form.set("AutoCreation.StudioFlowSid", flow_sid);
                self.0.form.set("AutoCreation.StudioRetryCount", retry_count);
                self
            }
        }
    )*};
}

address_values! { CreateAddressConfiguration UpdateAddressConfiguration }
