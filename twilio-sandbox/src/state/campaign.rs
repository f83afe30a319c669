//! US A2P 10DLC campaigns of a Messaging Service.

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A campaign, registered here or elsewhere.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Campaign {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) brand_sid: Option<String>,
    pub(crate) content: CampaignContent,
    /// The Campaign Registry's name for it; known at once when it was registered elsewhere.
    #[expect(clippy::struct_field_names, reason = "Twilio's name")]
    pub(crate) campaign_id: String,
    pub(crate) external: bool,
    /// When it was handed in, the last time.
    pub(crate) submitted: i64,
    /// What a control decided; otherwise time decides.
    pub(crate) decided: Option<CampaignStatus>,
    /// Why a control let it fail.
    pub(crate) errors: Vec<CampaignError>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// What the registrant says about a campaign.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct CampaignContent {
    pub(crate) description: String,
    pub(crate) message_flow: String,
    pub(crate) message_samples: Vec<String>,
    pub(crate) usecase: String,
    pub(crate) has_embedded_links: bool,
    pub(crate) has_embedded_phone: bool,
    pub(crate) subscriber_opt_in: bool,
    pub(crate) age_gated: bool,
    pub(crate) direct_lending: bool,
    pub(crate) opt_in_message: Option<String>,
    pub(crate) opt_out_message: Option<String>,
    pub(crate) help_message: Option<String>,
    pub(crate) opt_in_keywords: Vec<String>,
    pub(crate) opt_out_keywords: Vec<String>,
    pub(crate) help_keywords: Vec<String>,
    pub(crate) privacy_policy_url: Option<String>,
    pub(crate) terms_and_conditions_url: Option<String>,
}

/// A campaign's way through the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CampaignStatus {
    Pending,
    InProgress,
    Verified,
    Failed,
    Suspended,
}

impl CampaignStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Verified => "VERIFIED",
            Self::Failed => "FAILED",
            Self::Suspended => "SUSPENDED",
        }
    }
}

/// One reason for a refusal.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignError {
    pub(crate) error_code: u32,
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

impl Campaign {
    /// Where it stands: a day at Twilio, two with the registry, then verified, unless a control decided.
    pub(crate) fn status(&self, now: i64) -> CampaignStatus {
        match (self.decided, now - self.submitted) {
            (Some(decided), _) => decided,
            (None, _) if self.external => CampaignStatus::Verified,
            (None, waited) if waited < DAY => CampaignStatus::Pending,
            (None, waited) if waited < 3 * DAY => CampaignStatus::InProgress,
            (None, _) => CampaignStatus::Verified,
        }
    }
}
