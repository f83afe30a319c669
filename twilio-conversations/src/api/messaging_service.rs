//! Messaging services, pools of senders with settings of their own:
//! <https://www.twilio.com/docs/messaging/api/service-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::messaging_service::CreateMessagingService};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let create = CreateMessagingService::new("Si").sticky_sender(true).status_callback("https://si.example/status");
//! assert_eq!(create.parts(&account).form.get("StickySender"), Some("true"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    model::{
        HttpMethod,
        messaging_service::{MessagingService, ScanMessageContent, ServiceUsecases},
    },
    sid::MessagingServiceSid,
};
use std::fmt::Display;

request! {
    /// Creates a service.
    CreateMessagingService -> MessagingService;
    Create Messaging "/v1/Services";
    fn draft();
}

request! {
    /// Fetches a service.
    FetchMessagingService -> MessagingService;
    Read Messaging "/v1/Services/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Changes a service.
    UpdateMessagingService -> MessagingService;
    Update Messaging "/v1/Services/{Sid}";
    /// The one to change.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Deletes a service; the account keeps its senders.
    DeleteMessagingService -> ();
    Delete Messaging "/v1/Services/{Sid}";
    /// The one to delete.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Lists the account's services.
    ListMessagingServices -> Page<MessagingService>;
    Read Messaging "/v1/Services";
    /// All of them.
    pub fn new();
}

request! {
    /// Fetches what services can be for.
    FetchServiceUsecases -> ServiceUsecases;
    Read Messaging "/v1/Services/Usecases";
    /// All there are.
    pub fn new();
}

page_size! { ListMessagingServices up to 1000; }
default_is_new! { ListMessagingServices FetchServiceUsecases }

impl CreateMessagingService {
    /// A service of this name.
    pub fn new(friendly_name: impl Display) -> Self {
        let mut service = Self::draft();
        service.0.form.set("FriendlyName", friendly_name);
        service
    }
}

setters! { form UpdateMessagingService {
    /// The name people see.
    fn friendly_name(impl Display) = "FriendlyName";
}}

/// What creating and changing have in common.
macro_rules! service_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// Where inbound messages go.
            fn inbound_request_url(impl Display) = "InboundRequestUrl";
            /// By which method.
            fn inbound_method(HttpMethod) = "InboundMethod";
            /// Where they go when the first URL fails.
            fn fallback_url(impl Display) = "FallbackUrl";
            /// By which method.
            fn fallback_method(HttpMethod) = "FallbackMethod";
            /// Where the progress of outbound messages is reported.
            fn status_callback(impl Display) = "StatusCallback";
            /// Whether a person always sees the same sender.
            fn sticky_sender(bool) = "StickySender";
            /// Whether MMS becomes an SMS with a link where MMS is not possible.
            fn mms_converter(bool) = "MmsConverter";
            /// Whether Twilio replaces characters by similar ones of GSM-7.
            fn smart_encoding(bool) = "SmartEncoding";
            /// Reserved by Twilio.
            fn scan_message_content(ScanMessageContent) = "ScanMessageContent";
            /// Whether a number sends where a short code cannot.
            fn fallback_to_long_code(bool) = "FallbackToLongCode";
            /// Whether a number of the recipient's area code goes first.
            fn area_code_geomatch(bool) = "AreaCodeGeomatch";
            /// Reserved by Twilio.
            fn synchronous_validation(bool) = "SynchronousValidation";
            /// What it is for: `notifications`, `marketing`, `verification`, `discussion`, `poll` or `undeclared`.
            fn usecase(impl Display) = "Usecase";
            /// Whether inbound messages go where the number says, not where the service says.
            fn use_inbound_webhook_on_number(bool) = "UseInboundWebhookOnNumber";
        }}

        impl $name {
            /// How many seconds messages may wait in Twilio's queue, 1 to 36,000; brought into that range.
            pub fn validity_period(mut self, seconds: u32) -> Self {
                self.0.form.set("ValidityPeriod", seconds.clamp(1, 36_000));
                self
            }
        }
    )*};
}

service_values! { CreateMessagingService UpdateMessagingService }
