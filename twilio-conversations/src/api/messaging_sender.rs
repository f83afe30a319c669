//! The senders in a messaging service's pool: phone numbers, short codes, alphanumeric senders, and senders of other
//! channels: <https://www.twilio.com/docs/messaging/api/phonenumber-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::messaging_sender::CreateServicePhoneNumber, sid::{MessagingServiceSid, PhoneNumberSid}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: MessagingServiceSid = "MG0123456789abcdef0123456789abcdef".parse()?;
//! let number: PhoneNumberSid = "PN0123456789abcdef0123456789abcdef".parse()?;
//! let add = CreateServicePhoneNumber::new(&service, &number);
//! assert!(add.parts(&account).path.ends_with("/PhoneNumbers"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    limit::{self, ALPHA_SENDER_CHARS, LimitError},
    model::messaging_service::{
        AlphaSender, ChannelSender, DestinationAlphaSender, ServicePhoneNumber, ServiceShortCode,
    },
    sid::{AlphaSenderSid, ChannelSenderSid, MessagingServiceSid, PhoneNumberSid, ShortCodeSid},
};
use std::fmt::Display;

request! {
    /// Puts a phone number of the account into a service's pool.
    CreateServicePhoneNumber -> ServicePhoneNumber;
    Create Messaging "/v1/Services/{ServiceSid}/PhoneNumbers";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches a phone number of a service.
    FetchServicePhoneNumber -> ServicePhoneNumber;
    Read Messaging "/v1/Services/{ServiceSid}/PhoneNumbers/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, phone_number: PhoneNumberSid);
}

request! {
    /// Takes a phone number out of a service's pool; the account keeps it.
    DeleteServicePhoneNumber -> ();
    Delete Messaging "/v1/Services/{ServiceSid}/PhoneNumbers/{Sid}";
    /// The one to take.
    pub fn new(service: MessagingServiceSid, phone_number: PhoneNumberSid);
}

request! {
    /// Lists the phone numbers of a service.
    ListServicePhoneNumbers -> Page<ServicePhoneNumber>;
    Read Messaging "/v1/Services/{ServiceSid}/PhoneNumbers";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Puts a short code of the account into a service's pool.
    CreateServiceShortCode -> ServiceShortCode;
    Create Messaging "/v1/Services/{ServiceSid}/ShortCodes";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches a short code of a service.
    FetchServiceShortCode -> ServiceShortCode;
    Read Messaging "/v1/Services/{ServiceSid}/ShortCodes/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, short_code: ShortCodeSid);
}

request! {
    /// Takes a short code out of a service's pool; the account keeps it.
    DeleteServiceShortCode -> ();
    Delete Messaging "/v1/Services/{ServiceSid}/ShortCodes/{Sid}";
    /// The one to take.
    pub fn new(service: MessagingServiceSid, short_code: ShortCodeSid);
}

request! {
    /// Lists the short codes of a service.
    ListServiceShortCodes -> Page<ServiceShortCode>;
    Read Messaging "/v1/Services/{ServiceSid}/ShortCodes";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Gives a service an alphanumeric sender.
    CreateAlphaSender -> AlphaSender;
    Create Messaging "/v1/Services/{ServiceSid}/AlphaSenders";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches an alphanumeric sender of a service.
    FetchAlphaSender -> AlphaSender;
    Read Messaging "/v1/Services/{ServiceSid}/AlphaSenders/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, alpha_sender: AlphaSenderSid);
}

request! {
    /// Takes an alphanumeric sender from a service.
    DeleteAlphaSender -> ();
    Delete Messaging "/v1/Services/{ServiceSid}/AlphaSenders/{Sid}";
    /// The one to take.
    pub fn new(service: MessagingServiceSid, alpha_sender: AlphaSenderSid);
}

request! {
    /// Lists the alphanumeric senders of a service.
    ListAlphaSenders -> Page<AlphaSender>;
    Read Messaging "/v1/Services/{ServiceSid}/AlphaSenders";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Gives a service an alphanumeric sender, for one country or for all.
    CreateDestinationAlphaSender -> DestinationAlphaSender;
    Create Messaging "/v1/Services/{ServiceSid}/DestinationAlphaSenders";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches an alphanumeric sender for one country of a service.
    FetchDestinationAlphaSender -> DestinationAlphaSender;
    Read Messaging "/v1/Services/{ServiceSid}/DestinationAlphaSenders/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, alpha_sender: AlphaSenderSid);
}

request! {
    /// Takes an alphanumeric sender from a service.
    DeleteDestinationAlphaSender -> ();
    Delete Messaging "/v1/Services/{ServiceSid}/DestinationAlphaSenders/{Sid}";
    /// The one to take.
    pub fn new(service: MessagingServiceSid, alpha_sender: AlphaSenderSid);
}

request! {
    /// Lists the alphanumeric senders for single countries of a service.
    ListDestinationAlphaSenders -> Page<DestinationAlphaSender>;
    Read Messaging "/v1/Services/{ServiceSid}/DestinationAlphaSenders";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Puts a sender of another channel, such as WhatsApp or RCS, into a service's pool.
    CreateChannelSender -> ChannelSender;
    Create Messaging "/v1/Services/{MessagingServiceSid}/ChannelSenders";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches a sender of another channel of a service.
    FetchChannelSender -> ChannelSender;
    Read Messaging "/v1/Services/{MessagingServiceSid}/ChannelSenders/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, channel_sender: ChannelSenderSid);
}

request! {
    /// Takes a sender of another channel out of a service's pool; the account keeps it.
    DeleteChannelSender -> ();
    Delete Messaging "/v1/Services/{MessagingServiceSid}/ChannelSenders/{Sid}";
    /// The one to take.
    pub fn new(service: MessagingServiceSid, channel_sender: ChannelSenderSid);
}

request! {
    /// Lists the senders of other channels of a service.
    ListChannelSenders -> Page<ChannelSender>;
    Read Messaging "/v1/Services/{MessagingServiceSid}/ChannelSenders";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

page_size! {
    ListServicePhoneNumbers up to 1000;
    ListServiceShortCodes up to 1000;
    ListAlphaSenders up to 1000;
    ListDestinationAlphaSenders up to 1000;
    ListChannelSenders up to 1000;
}

setters! { query ListDestinationAlphaSenders {
    /// For this country, two letters.
    fn iso_country_code(impl Display) = "IsoCountryCode";
}}

setters! { form CreateDestinationAlphaSender {
    /// For this country alone, two letters.
    fn iso_country_code(impl Display) = "IsoCountryCode";
}}

impl CreateServicePhoneNumber {
    /// This number.
    pub fn new(service: impl Into<MessagingServiceSid>, phone_number: &PhoneNumberSid) -> Self {
        let mut create = Self::draft(service);
        create.0.form.set("PhoneNumberSid", phone_number);
        create
    }
}

impl CreateServiceShortCode {
    /// This short code.
    pub fn new(service: impl Into<MessagingServiceSid>, short_code: &ShortCodeSid) -> Self {
        let mut create = Self::draft(service);
        create.0.form.set("ShortCodeSid", short_code);
        create
    }
}

impl CreateChannelSender {
    /// This sender.
    pub fn new(service: impl Into<MessagingServiceSid>, channel_sender: &ChannelSenderSid) -> Self {
        let mut create = Self::draft(service);
        create.0.form.set("Sid", channel_sender);
        create
    }
}

macro_rules! alpha_senders {
    ($($name:ident)*) => {$(
        impl $name {
            /// This name, at most 11 letters, digits and spaces.
            ///
            /// # Errors
            /// [`LimitError`] past 11 characters.
            pub fn new(
                service: impl Into<MessagingServiceSid>,
                alpha_sender: impl Into<String>,
            ) -> Result<Self, LimitError> {
                let alpha_sender = alpha_sender.into();
                limit::characters("AlphaSender", &alpha_sender, ALPHA_SENDER_CHARS)?;
                let mut create = Self::draft(service);
                create.0.form.set("AlphaSender", alpha_sender);
                Ok(create)
            }
        }
    )*};
}

alpha_senders! { CreateAlphaSender CreateDestinationAlphaSender }
