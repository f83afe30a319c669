//! What a sender asked for beside the text itself.

/// The conditions of one text. The default is what a text has without any.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Terms {
    /// A Messaging Service chooses the sender; it shows once the text is queued.
    pub(crate) pooled: bool,
    /// How long it may wait, in seconds; otherwise the service's time or ten hours.
    pub(crate) validity: Option<i64>,
    /// Whether look-alike characters are replaced; otherwise as the service does.
    pub(crate) smart_encoded: Option<bool>,
    /// One MMS, even without files.
    pub(crate) as_mms: bool,
    /// `ContentRetention=discard`: body and files are gone once it was sent.
    pub(crate) discards_content: bool,
    /// `AddressRetention=obfuscate`: the recipient's last digits are hidden once it was sent.
    pub(crate) obfuscates_address: bool,
    /// `TrafficType=free`.
    pub(crate) free: bool,
    /// `ForceDelivery=true`: it is tried on a landline as well.
    pub(crate) forced: bool,
    /// `RiskCheck=disable`.
    pub(crate) skips_risk_check: bool,
    /// A place, from a `geo:` action.
    pub(crate) location: Option<String>,
    pub(crate) feedback: Option<Feedback>,
}

/// What the sender learnt of the recipient's reaction.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Feedback {
    pub(crate) confirmed: bool,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}
