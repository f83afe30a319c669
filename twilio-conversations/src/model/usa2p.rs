//! Campaigns for US A2P 10DLC: <https://www.twilio.com/docs/messaging/api/usapptoperson-resource>.
//!
//! ```
//! use twilio_conversations::model::usa2p::{CampaignStatus, UsAppToPerson};
//!
//! let json = r#"{"sid": "QE0123456789abcdef0123456789abcdef", "campaign_status": "VERIFIED",
//!     "account_sid": "AC0123456789abcdef0123456789abcdef"}"#;
//! let campaign: UsAppToPerson = serde_json::from_str(json)?;
//! assert_eq!(campaign.campaign_status, Some(CampaignStatus::Verified));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Timestamp,
    sid::{AccountSid, BrandRegistrationSid, MessagingServiceSid, UsAppToPersonSid},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsAppToPerson {
    /// Its SID.
    pub sid: UsAppToPersonSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The brand it belongs to.
    pub brand_registration_sid: Option<BrandRegistrationSid>,
    /// The service that sends for it.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// What it does.
    pub description: Option<String>,
    /// Messages it sends.
    pub message_samples: Option<Vec<String>>,
    /// What it is for: `2FA`, `MARKETING` …
    pub us_app_to_person_usecase: Option<String>,
    /// Whether messages hold links.
    pub has_embedded_links: Option<bool>,
    /// Whether messages hold phone numbers.
    pub has_embedded_phone: Option<bool>,
    /// Whether people have opted in.
    pub subscriber_opt_in: Option<bool>,
    /// Whether it is for adults.
    pub age_gated: Option<bool>,
    /// Whether it is about lending money.
    pub direct_lending: Option<bool>,
    /// How its registration stands.
    pub campaign_status: Option<CampaignStatus>,
    /// Its id at The Campaign Registry.
    pub campaign_id: Option<String>,
    /// Whether it was registered elsewhere.
    pub is_externally_registered: Option<bool>,
    /// What the carriers allow, by carrier; their shape is theirs.
    pub rate_limits: Option<Value>,
    /// How people opt in.
    pub message_flow: Option<String>,
    /// The answer to whoever joins.
    pub opt_in_message: Option<String>,
    /// The answer to whoever leaves.
    pub opt_out_message: Option<String>,
    /// The answer to whoever asks for help.
    pub help_message: Option<String>,
    /// The words by which people join.
    pub opt_in_keywords: Option<Vec<String>>,
    /// The words by which people leave.
    pub opt_out_keywords: Option<Vec<String>>,
    /// The words by which people ask for help.
    pub help_keywords: Option<Vec<String>>,
    /// Whether it was made for tests.
    pub mock: Option<bool>,
    /// Why it was refused; their shape depends on the error.
    pub errors: Option<Vec<Value>>,
    /// The URL of the privacy policy.
    pub privacy_policy_url: Option<String>,
    /// The URL of the terms and conditions.
    pub terms_and_conditions_url: Option<String>,
    /// When it was made.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}

open_enum! {
    /// How a campaign's registration stands.
    CampaignStatus {
        /// Not yet judged.
        Pending = "PENDING",
        /// Being looked at.
        InProgress = "IN_PROGRESS",
        /// May send.
        Verified = "VERIFIED",
        /// Refused.
        Failed = "FAILED",
        /// May send no more.
        Suspended = "SUSPENDED",
    }
}

/// What campaigns can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usecases {
    /// Each of them.
    pub us_app_to_person_usecases: Vec<Usecase>,
}

/// What a campaign can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usecase {
    /// Twilio's name of it, such as `2FA`.
    pub code: String,
    /// The name people see.
    pub name: Option<String>,
    /// What belongs to it.
    pub description: Option<String>,
    /// Whether carriers look at it as well.
    pub post_approval_required: Option<bool>,
}

/// A campaign that was registered elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExternalCampaign {
    /// Its SID.
    pub sid: UsAppToPersonSid,
    /// The account.
    pub account_sid: AccountSid,
    /// Its id at The Campaign Registry.
    pub campaign_id: Option<String>,
    /// The service that sends for it.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// When it was connected.
    pub date_created: Option<Timestamp>,
}
