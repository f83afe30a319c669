//! Messaging Services: settings that several senders share, and the pool those senders form.

use std::collections::BTreeMap;

use super::campaign::Campaign;
use super::number::Hook;
use super::opt_out::AdvancedOptOut;

/// How long a message may wait when nobody says otherwise, and at most, in seconds.
pub(crate) const VALIDITY: i64 = 36_000;
/// A recipient's sender is forgotten when it was not used for this long.
const STICKY: i64 = 365 * 24 * 60 * 60 * 1000;

/// A Messaging Service.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct MessagingService {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) settings: ServiceSettings,
    /// The sender pool, in order of joining.
    pub(crate) senders: BTreeMap<u64, PoolSender>,
    /// The sender each recipient got last, and when.
    pub(crate) sticky: BTreeMap<String, (String, i64)>,
    pub(crate) campaigns: BTreeMap<u64, Campaign>,
    /// Advanced Opt-Out, when it is on.
    pub(crate) opt_out: Option<AdvancedOptOut>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// What can be set on a service.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct ServiceSettings {
    pub(crate) friendly_name: String,
    pub(crate) inbound: Hook,
    pub(crate) fallback: Hook,
    pub(crate) status_callback: Option<String>,
    pub(crate) sticky_sender: bool,
    pub(crate) mms_converter: bool,
    pub(crate) smart_encoding: bool,
    /// `inherit`, `enable` or `disable`.
    pub(crate) scan_message_content: String,
    pub(crate) fallback_to_long_code: bool,
    pub(crate) area_code_geomatch: bool,
    /// Seconds.
    pub(crate) validity_period: i64,
    pub(crate) synchronous_validation: bool,
    pub(crate) usecase: String,
    pub(crate) use_inbound_webhook_on_number: bool,
}

impl ServiceSettings {
    /// What a service has when it is made with its name alone.
    pub(crate) fn named(friendly_name: &str) -> Self {
        Self {
            friendly_name: friendly_name.to_owned(),
            inbound: Hook::default(),
            fallback: Hook::default(),
            status_callback: None,
            sticky_sender: true,
            mms_converter: true,
            smart_encoding: true,
            scan_message_content: "inherit".to_owned(),
            fallback_to_long_code: true,
            area_code_geomatch: true,
            validity_period: VALIDITY,
            synchronous_validation: false,
            usecase: "undeclared".to_owned(),
            use_inbound_webhook_on_number: false,
        }
    }
}

/// A member of a sender pool.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct PoolSender {
    pub(crate) seq: u64,
    /// The number's own SID, or `AI…` for an alphanumeric sender.
    pub(crate) sid: String,
    pub(crate) kind: SenderKind,
    /// E.164, a short code, a channel address, or the alphanumeric sender itself.
    pub(crate) address: String,
    /// How many messages it was chosen for.
    pub(crate) used: u64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// The list of a service that a sender stands in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum SenderKind {
    PhoneNumber,
    ShortCode,
    /// A WhatsApp sender.
    Channel,
    /// An alphanumeric sender, for one country or for all.
    Alpha {
        country: Option<String>,
    },
}

impl MessagingService {
    /// The member with a SID.
    pub(crate) fn sender(&self, sid: &str) -> Option<&PoolSender> {
        self.senders.values().find(|one| one.sid == sid)
    }

    /// Whether an address is in the pool.
    pub(crate) fn holds(&self, address: &str) -> bool {
        self.senders.values().any(|one| one.address == address)
    }

    /// The sender a recipient is used to, unless it left the pool or was not used for a year.
    pub(crate) fn habit(&self, to: &str, now: i64) -> Option<&PoolSender> {
        let (address, at) = self.sticky.get(to).filter(|_| self.settings.sticky_sender)?;
        if now - at > STICKY {
            return None;
        }
        self.senders.values().find(|one| &one.address == address)
    }

    /// Takes a sender out of the pool, and out of every recipient's habit.
    pub(crate) fn remove_sender(&mut self, sid: &str) -> Option<PoolSender> {
        let seq = self.sender(sid)?.seq;
        let gone = self.senders.remove(&seq)?;
        self.sticky.retain(|_, (address, _)| *address != gone.address);
        Some(gone)
    }
}
