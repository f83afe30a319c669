//! What a sandbox can be told before it starts.

mod behaviour;
mod number;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

pub use behaviour::{
    Behaviour, BindingConflict, BodyLimit, BulkCreation, ClosedTimer, ConnectionOverrides, GroupKeywords,
    GroupMms, InactiveAccount, InitialCallback, LandlineRefusal, MagicNumbers, ReplayAfter, ServiceWebhooks,
    TemplateReview, Throughput, TimerReset, TollFreeKeywords, UnreachablePreHook, WebhookSource,
};

pub use number::{NumberConfig, SenderType};

use crate::snapshot::Snapshot;

/// Settings of a [`Sandbox`](crate::Sandbox). Every field has a default.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// The port on 127.0.0.1; 0 (the default) picks a free one.
    pub port: u16,
    /// Makes SIDs and secrets repeatable. `None` (the default) takes a random one.
    pub seed: Option<u64>,
    /// The account's SID; made from the seed when `None`.
    pub account_sid: Option<String>,
    /// The account's token; made from the seed when `None`.
    pub auth_token: Option<String>,
    /// A secondary token, accepted beside the first; it signs nothing until it is promoted.
    pub secondary_token: Option<String>,
    /// The senders the account owns: E.164 for SMS, `whatsapp:` + E.164 for WhatsApp. The first of each kind is
    /// the one that [`sms_number`](crate::Sandbox::sms_number) and
    /// [`whatsapp_number`](crate::Sandbox::whatsapp_number) name.
    pub numbers: Vec<String>,
    /// What carriers know of senders; those that [`numbers`](Self::numbers) does not name are added to it.
    pub number_settings: Vec<NumberConfig>,
    /// Accounts that the first one owns, each with resources of its own.
    pub subaccounts: Vec<Subaccount>,
    /// How long a Conversations webhook may take; Twilio gives 5 s.
    pub conversations_webhook_timeout: Duration,
    /// How long a Messaging webhook may take; Twilio gives 15 s.
    pub messaging_webhook_timeout: Duration,
    /// The virtual time between two steps of a message's way (queued, sent, delivered, read).
    pub carrier_step: Duration,
    /// Bytes of a file that is uploaded to a conversation service; Twilio takes 150 MB.
    pub media_limit: usize,
    /// The virtual time between two steps of a template's review (received, pending, verdict).
    pub template_step: Duration,
    /// What Twilio leaves open.
    pub behaviour: Behaviour,
    /// Makes time stand still at this moment; only [`advance`](crate::Sandbox::advance) moves it then. With a
    /// seed, the same requests then lead to the same snapshot.
    pub frozen_clock: Option<Timestamp>,
    /// What the sandbox was before. It stands above the accounts, senders and switches given here.
    pub restore: Option<Snapshot>,
    /// A file that the sandbox's state is read from, if it is there, instead of [`restore`](Self::restore), and
    /// written to within seconds of a change and at [`shutdown`](crate::Sandbox::shutdown). It holds secrets.
    pub state_file: Option<PathBuf>,
    /// How many entries the log keeps; older ones are dropped.
    pub log_capacity: usize,
    /// Names other than this machine's own by which `/sandbox/…` may be reached, such as the name that a port
    /// is forwarded under. Requests that name another host are refused, so that no web page elsewhere can
    /// drive the sandbox.
    pub control_hosts: Vec<String>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            seed: None,
            account_sid: None,
            auth_token: None,
            secondary_token: None,
            numbers: vec!["+15005550006".to_owned(), "whatsapp:+14155238886".to_owned()],
            number_settings: Vec::new(),
            subaccounts: Vec::new(),
            conversations_webhook_timeout: Duration::from_secs(5),
            messaging_webhook_timeout: Duration::from_secs(15),
            carrier_step: Duration::from_millis(3),
            media_limit: 150 * 1024 * 1024,
            template_step: Duration::from_secs(2),
            behaviour: Behaviour::default(),
            frozen_clock: None,
            restore: None,
            state_file: None,
            log_capacity: 10_000,
            control_hosts: Vec::new(),
        }
    }
}

/// An account that the main one owns.
#[derive(Clone, Debug, Default)]
pub struct Subaccount {
    /// What people call it; Twilio's own words when `None`.
    pub friendly_name: Option<String>,
    /// Its SID; made from the seed when `None`.
    pub account_sid: Option<String>,
    /// Its token; made from the seed when `None`.
    pub auth_token: Option<String>,
    /// The senders it owns, as [`SandboxConfig::numbers`].
    pub numbers: Vec<String>,
    /// What carriers know of senders, as [`SandboxConfig::number_settings`].
    pub number_settings: Vec<NumberConfig>,
}
