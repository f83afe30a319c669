//! The account's defaults and webhooks: <https://www.twilio.com/docs/conversations-classic/api/configuration-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::configuration::UpdateConfigurationWebhook, model::HttpMethod};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let update = UpdateConfigurationWebhook::new()
//!     .pre_webhook_url("https://si.example/before")
//!     .post_webhook_url("https://si.example/after")
//!     .method(HttpMethod::Post)
//!     .filters(["onMessageAdd", "onMessageAdded"]);
//! assert_eq!(update.parts(&account).form.pairs().len(), 5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    limit::{self, CLOSED_TIMER_MIN, INACTIVE_TIMER_MIN, LimitError},
    model::{Configuration, ConfigurationWebhook, ConfigurationWebhookTarget, HttpMethod},
    sid::{MessagingServiceSid, ServiceSid},
};
use std::{fmt::Display, time::Duration};

request! {
    /// Fetches the account's defaults.
    FetchConfiguration -> Configuration;
    Read Conversations "/v1/Configuration";
    /// The account's.
    pub fn new();
}

request! {
    /// Changes the account's defaults.
    UpdateConfiguration -> Configuration;
    Update Conversations "/v1/Configuration";
    /// With nothing set.
    pub fn new();
}

request! {
    /// Fetches the webhooks of the account, or of a service when a scope is set.
    FetchConfigurationWebhook -> ConfigurationWebhook;
    Read Conversations "/v1/Configuration/Webhooks";
    /// The account's.
    pub fn new();
}

request! {
    /// Changes the webhooks of the account, or of a service when a scope is set.
    UpdateConfigurationWebhook -> ConfigurationWebhook;
    Update Conversations "/v1/Configuration/Webhooks";
    /// With nothing set.
    pub fn new();
}

scoped! { FetchConfigurationWebhook UpdateConfigurationWebhook }

default_is_new! { FetchConfiguration UpdateConfiguration FetchConfigurationWebhook UpdateConfigurationWebhook }

setters! { form UpdateConfiguration {
    /// The conversation service of paths that name none.
    fn default_chat_service_sid(ServiceSid) = "DefaultChatServiceSid";
    /// The messaging service of new conversations.
    fn default_messaging_service_sid(MessagingServiceSid) = "DefaultMessagingServiceSid";
}}

impl UpdateConfiguration {
    /// After how long conversations become inactive, one minute or more.
    ///
    /// # Errors
    /// [`LimitError`] below a minute.
    pub fn default_inactive_timer(mut self, time: Duration) -> Result<Self, LimitError> {
        limit::at_least("DefaultInactiveTimer", time, INACTIVE_TIMER_MIN)?;
        self.0.form.set("DefaultInactiveTimer", limit::iso_8601(time));
        Ok(self)
    }

    /// After how long conversations close, ten minutes or more.
    ///
    /// # Errors
    /// [`LimitError`] below ten minutes.
    pub fn default_closed_timer(mut self, time: Duration) -> Result<Self, LimitError> {
        limit::at_least("DefaultClosedTimer", time, CLOSED_TIMER_MIN)?;
        self.0.form.set("DefaultClosedTimer", limit::iso_8601(time));
        Ok(self)
    }
}

setters! { form UpdateConfigurationWebhook {
    /// The URL that is asked before something happens.
    fn pre_webhook_url(impl Display) = "PreWebhookUrl";
    /// The URL that is told afterwards.
    fn post_webhook_url(impl Display) = "PostWebhookUrl";
    /// By which method both are called.
    fn method(HttpMethod) = "Method";
    /// What is called; the account's webhooks alone have a target.
    fn target(ConfigurationWebhookTarget) = "Target";
}}

impl UpdateConfigurationWebhook {
    /// The events, pre- and post-action (`onMessageAdd`, `onMessageAdded` …), in place of those set before.
    pub fn filters<F: Display>(mut self, filters: impl IntoIterator<Item = F>) -> Self {
        self.0.form.set_all("Filters", filters);
        self
    }
}
