//! Campaigns for US A2P 10DLC, one for each messaging service that sends to the United States from local numbers:
//! <https://www.twilio.com/docs/messaging/api/usapptoperson-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::usa2p::{Campaign, CreateUsAppToPerson}, sid::{BrandRegistrationSid, MessagingServiceSid}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: MessagingServiceSid = "MG0123456789abcdef0123456789abcdef".parse()?;
//! let brand: BrandRegistrationSid = "BN0123456789abcdef0123456789abcdef".parse()?;
//! let campaign = Campaign {
//!     description: "Answers to people who write to Si".into(),
//!     message_flow: "People write first; the first answer says how to stop".into(),
//!     message_samples: vec!["Your table is booked for seven.".into(), "Shall I call you?".into()],
//!     has_embedded_links: false,
//!     has_embedded_phone: false,
//! };
//! let create = CreateUsAppToPerson::new(&service, &brand, "CUSTOMER_CARE", campaign).opt_out_keywords(["STOP"]);
//! assert!(create.parts(&account).path.ends_with("/Compliance/Usa2p"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    model::usa2p::{ExternalCampaign, UsAppToPerson, Usecases},
    sid::{BrandRegistrationSid, MessagingServiceSid, UsAppToPersonSid},
};
use std::fmt::Display;

/// What a campaign must tell: a description of 40 to 4,096 characters, how people opt in in 40 to 2,048, and two to five
/// samples of 20 to 1,024. Twilio checks the lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// What it does.
    pub description: String,
    /// How people opt in; every way there is.
    pub message_flow: String,
    /// Messages it sends.
    pub message_samples: Vec<String>,
    /// Whether messages hold links.
    pub has_embedded_links: bool,
    /// Whether messages hold phone numbers.
    pub has_embedded_phone: bool,
}

request! {
    /// Registers a campaign.
    CreateUsAppToPerson -> UsAppToPerson;
    Create Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p";
    fn draft(service: MessagingServiceSid);
}

request! {
    /// Fetches a campaign.
    FetchUsAppToPerson -> UsAppToPerson;
    Read Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}";
    /// The one to fetch.
    pub fn new(service: MessagingServiceSid, campaign: UsAppToPersonSid);
}

request! {
    /// Hands a refused campaign in again.
    UpdateUsAppToPerson -> UsAppToPerson;
    Update Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}";
    fn draft(service: MessagingServiceSid, campaign: UsAppToPersonSid);
}

request! {
    /// Ends a campaign.
    DeleteUsAppToPerson -> ();
    Delete Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}";
    /// The one to end.
    pub fn new(service: MessagingServiceSid, campaign: UsAppToPersonSid);
}

request! {
    /// Lists the campaigns of a service.
    ListUsAppToPerson -> Page<UsAppToPerson>;
    Read Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p";
    /// All of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Fetches what campaigns of a service can be for.
    FetchUsAppToPersonUsecases -> Usecases;
    Read Messaging "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/Usecases";
    /// Of this service.
    pub fn new(service: MessagingServiceSid);
}

request! {
    /// Connects a campaign that was registered elsewhere with a service.
    CreateExternalCampaign -> ExternalCampaign;
    Create Messaging "/v1/Services/PreregisteredUsa2p";
    fn draft();
}

page_size! { ListUsAppToPerson up to 1000; }

macro_rules! versioned {
    ($($name:ident)*) => {$(
        impl $name {
            /// The version of the API (`X-Twilio-Api-Version`), such as `v1.2`.
            pub fn api_version(mut self, version: impl Display) -> Self {
                self.0.api_version = Some(version.to_string());
                self
            }
        }
    )*};
}

versioned! { CreateUsAppToPerson FetchUsAppToPerson UpdateUsAppToPerson ListUsAppToPerson }

setters! { query FetchUsAppToPersonUsecases {
    /// For this brand.
    fn brand_registration_sid(BrandRegistrationSid) = "BrandRegistrationSid";
}}

setters! { form CreateExternalCampaign {
    /// Whether it moves here from another provider.
    fn cnp_migration(bool) = "CnpMigration";
}}

impl CreateExternalCampaign {
    /// This campaign with this service.
    pub fn new(campaign_id: impl Display, service: &MessagingServiceSid) -> Self {
        let mut campaign = Self::draft();
        campaign.0.form.set("CampaignId", campaign_id);
        campaign.0.form.set("MessagingServiceSid", service);
        campaign
    }
}

impl CreateUsAppToPerson {
    /// This campaign of a brand, for one of Twilio's use cases (`2FA`, `MARKETING` …).
    pub fn new(
        service: impl Into<MessagingServiceSid>,
        brand_registration_sid: &BrandRegistrationSid,
        usecase: impl Display,
        campaign: Campaign,
    ) -> Self {
        let mut create = Self::draft(service).campaign(campaign);
        create.0.form.set("BrandRegistrationSid", brand_registration_sid);
        create.0.form.set("UsAppToPersonUsecase", usecase);
        create
    }

    /// The words by which people join.
    pub fn opt_in_keywords<W: Display>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.0.form.set_all("OptInKeywords", words);
        self
    }

    /// The words by which people leave.
    pub fn opt_out_keywords<W: Display>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.0.form.set_all("OptOutKeywords", words);
        self
    }

    /// The words by which people ask for help.
    pub fn help_keywords<W: Display>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.0.form.set_all("HelpKeywords", words);
        self
    }
}

setters! { form CreateUsAppToPerson {
    /// The answer to whoever joins, 20 to 320 characters.
    fn opt_in_message(impl Display) = "OptInMessage";
    /// The answer to whoever leaves, 20 to 320 characters.
    fn opt_out_message(impl Display) = "OptOutMessage";
    /// The answer to whoever asks for help, 20 to 320 characters.
    fn help_message(impl Display) = "HelpMessage";
    /// Whether people have opted in.
    fn subscriber_opt_in(bool) = "SubscriberOptIn";
    /// Whether it is for adults.
    fn age_gated(bool) = "AgeGated";
    /// Whether it is about lending money.
    fn direct_lending(bool) = "DirectLending";
}}

impl UpdateUsAppToPerson {
    /// As this campaign now.
    pub fn new(
        service: impl Into<MessagingServiceSid>,
        campaign_sid: impl Into<UsAppToPersonSid>,
        campaign: Campaign,
        age_gated: bool,
        direct_lending: bool,
    ) -> Self {
        let mut update = Self::draft(service, campaign_sid).campaign(campaign);
        update.0.form.set("AgeGated", age_gated);
        update.0.form.set("DirectLending", direct_lending);
        update
    }
}

/// What registering and handing in again have in common.
macro_rules! campaign_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// The URL of the privacy policy.
            fn privacy_policy_url(impl Display) = "PrivacyPolicyUrl";
            /// The URL of the terms and conditions.
            fn terms_and_conditions_url(impl Display) = "TermsAndConditionsUrl";
        }}

        impl $name {
            fn campaign(mut self, campaign: Campaign) -> Self {
                self.0.form.set("Description", campaign.description);
                self.0.form.set("MessageFlow", campaign.message_flow);
                self.0.form.set_all("MessageSamples", campaign.message_samples);
                self.0.form.set("HasEmbeddedLinks", campaign.has_embedded_links);
                self.0.form.set("HasEmbeddedPhone", campaign.has_embedded_phone);
                self
            }
        }
    )*};
}

campaign_values! { CreateUsAppToPerson UpdateUsAppToPerson }
