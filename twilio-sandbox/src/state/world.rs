//! The whole state and the rules that change it. Nothing here waits or talks to the network.

mod carriers;
pub(crate) mod contents;
pub(crate) mod conversations;
mod credentials;
mod delivery;
mod departure;
mod due;
mod group_texts;
mod inbound;
mod lines;
pub(crate) mod media;
pub(crate) mod messages;
mod messaging_services;
mod opt_out;
pub(crate) mod overview;
mod pace;
mod participant_checks;
pub(crate) mod participants;
pub(crate) mod push;
mod roles;
mod screens;
mod sender_pool;
mod senders;
mod services;
mod templates;
mod users;
mod with_participants;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

pub(crate) use delivery::Send;
pub(crate) use inbound::Route;

use super::account::Account;
use super::address_configuration::AddressConfiguration;
use super::caps::Caps;
use super::content::Contents;
use super::conversation::Conversation;
use super::handset::Handset;
use super::line::Lines;
use super::media::Stored;
use super::messaging_service::MessagingService;
use super::number::Number;
use super::origin::Origin;
use super::outbox::{Job, Outbox};
use super::participant::MembershipKey;
use super::push::Credential;
use super::queue::Queues;
use super::reception::Carriers;
use super::service::Service;
use super::sid::Sids;
use super::text::Text;
use super::timers::{Due, TimerKey, Timers};
use super::webhook_settings::{ConfigurationWebhook, ScopedWebhook};
use crate::clock::Clock;
use crate::config::{Behaviour, ReplayAfter, SandboxConfig, ServiceWebhooks, WebhookSource};
use crate::error::ApiError;
use crate::log::NoteEntry;
use crate::webhook::conversations as payload;
use crate::webhook::deliver::{Delivery, Kind};
use crate::webhook::fields::Fields;

/// Everything the sandbox knows of one account. What is not part of a snapshot is marked as skipped.
#[derive(Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) account: Account,
    /// Where the sandbox listens, such as `http://127.0.0.1:4010`.
    #[serde(skip)]
    pub(crate) base: String,
    #[serde(skip)]
    pub(crate) clock: Clock,
    pub(crate) behaviour: Behaviour,
    /// Milliseconds between two steps of a text's way.
    #[serde(skip)]
    pub(crate) carrier_step: i64,
    pub(crate) sids: Sids,
    #[serde(skip)]
    pub(crate) outbox: Outbox,
    pub(crate) conversations: HashMap<String, Conversation>,
    pub(crate) services: BTreeMap<u64, Service>,
    pub(crate) service_index: HashMap<String, u64>,
    /// Which open conversation holds an (address, proxy) pair.
    #[serde(with = "super::pairs")]
    pub(crate) bindings: HashMap<(String, String), String>,
    /// Every (conversation, participant) of a person, in order of joining.
    #[serde(with = "super::pairs")]
    pub(crate) memberships: HashMap<MembershipKey, BTreeMap<u64, (String, String)>>,
    pub(crate) credentials: BTreeMap<u64, Credential>,
    pub(crate) default_timers: DefaultTimers,
    pub(crate) webhook: ConfigurationWebhook,
    pub(crate) address_configurations: BTreeMap<u64, AddressConfiguration>,
    pub(crate) texts: HashMap<String, Text>,
    pub(crate) text_order: BTreeMap<u64, String>,
    /// Every file that is kept, by its SID.
    pub(crate) media: HashMap<String, Stored>,
    pub(crate) contents: Contents,
    /// Milliseconds between two steps of a template's review.
    pub(crate) template_step: i64,
    pub(crate) numbers: BTreeMap<u64, Number>,
    pub(crate) number_index: HashMap<String, u64>,
    pub(crate) messaging_services: BTreeMap<u64, MessagingService>,
    pub(crate) messaging_service_index: HashMap<String, u64>,
    /// The Messaging Service of every sender that no other one has.
    pub(crate) home_service: String,
    pub(crate) lines: Lines,
    /// Shortened links and where they lead.
    pub(crate) links: BTreeMap<String, String>,
    /// (sender, phone) pairs that a STOP has closed.
    pub(crate) blocks: BTreeSet<(String, String)>,
    /// Those that the network behind toll-free numbers has closed.
    pub(crate) network_blocks: BTreeSet<(String, String)>,
    pub(crate) carriers: Carriers,
    /// What was sent of what is limited by the day.
    pub(crate) caps: Caps,
    /// What waits for its sender.
    pub(crate) queues: Queues,
    /// When a phone last wrote to a sender, for the WhatsApp window.
    #[serde(with = "super::pairs")]
    pub(crate) last_inbound: HashMap<(String, String), i64>,
    pub(crate) handsets: BTreeMap<String, Handset>,
    timers: Timers,
    #[serde(skip)]
    wake: Arc<Notify>,
    counter: u64,
    /// The time of what is being carried out late, while it is carried out.
    #[serde(skip)]
    acting_at: Option<i64>,
}

/// What a world lives in while the sandbox runs; no part of a snapshot.
pub(crate) struct Surroundings {
    pub(crate) base: String,
    pub(crate) clock: Clock,
    pub(crate) carrier_step: Duration,
    pub(crate) outbox: Outbox,
    pub(crate) wake: Arc<Notify>,
}

/// The account's default timers: the text as given and its milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct DefaultTimers {
    pub(crate) inactive: Option<(String, i64)>,
    pub(crate) closed: Option<(String, i64)>,
}

impl World {
    pub(crate) fn new(config: &SandboxConfig, seed: u64, around: Surroundings) -> Self {
        let mut sids = Sids::new(seed);
        let account = Account::new(config, &mut sids, around.clock.now_ms());
        let default_service = account.chat_service_sid.clone();
        let mut world = Self {
            account,
            base: String::new(),
            clock: Clock::default(),
            behaviour: config.behaviour.clone(),
            carrier_step: 0,
            sids,
            outbox: Outbox::default(),
            conversations: HashMap::new(),
            services: BTreeMap::new(),
            service_index: HashMap::new(),
            bindings: HashMap::new(),
            memberships: HashMap::new(),
            credentials: BTreeMap::new(),
            default_timers: DefaultTimers::default(),
            webhook: ConfigurationWebhook::default(),
            address_configurations: BTreeMap::new(),
            texts: HashMap::new(),
            text_order: BTreeMap::new(),
            media: HashMap::new(),
            contents: Contents::default(),
            template_step: i64::try_from(config.template_step.as_millis()).unwrap_or(i64::MAX / 4),
            numbers: BTreeMap::new(),
            number_index: HashMap::new(),
            messaging_services: BTreeMap::new(),
            messaging_service_index: HashMap::new(),
            home_service: String::new(),
            lines: Lines::default(),
            links: BTreeMap::new(),
            blocks: BTreeSet::new(),
            network_blocks: BTreeSet::new(),
            carriers: Carriers::default(),
            caps: Caps::default(),
            queues: Queues::default(),
            last_inbound: HashMap::new(),
            handsets: BTreeMap::new(),
            timers: Timers::default(),
            wake: Arc::default(),
            counter: 0,
            acting_at: None,
        };
        world.settle(around);
        world.open_service(default_service, "Default Conversations Service");
        world.open_default_messaging_service();
        world
    }

    /// Puts a world into its surroundings.
    pub(crate) fn settle(&mut self, around: Surroundings) {
        let Surroundings { base, clock, carrier_step, outbox, wake } = around;
        self.carrier_step = i64::try_from(carrier_step.as_millis()).unwrap_or(i64::MAX / 4);
        (self.base, self.clock, self.outbox, self.wake) = (base, clock, outbox, wake);
    }

    /// What it has been put into.
    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            base: self.base.clone(),
            clock: self.clock.clone(),
            carrier_step: Duration::from_millis(u64::try_from(self.carrier_step).unwrap_or_default()),
            outbox: self.outbox.clone(),
            wake: Arc::clone(&self.wake),
        }
    }

    /// The time at which what happens now happens.
    pub(crate) fn now(&self) -> i64 {
        self.acting_at.unwrap_or_else(|| self.clock.now_ms())
    }

    /// The next sequence number; lists are in its order.
    pub(crate) fn next_seq(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// A conversation of any service by SID, or 404.
    pub(crate) fn find(&self, sid: &str) -> Result<&Conversation, ApiError> {
        self.conversations.get(sid).ok_or_else(|| ApiError::not_found(&format!("/Conversations/{sid}")))
    }

    fn find_mut(&mut self, sid: &str) -> Result<&mut Conversation, ApiError> {
        self.conversations.get_mut(sid).ok_or_else(|| ApiError::not_found(&format!("/Conversations/{sid}")))
    }

    fn schedule(&mut self, at: i64, due: Due) -> TimerKey {
        let first = self.timers.next_at().is_none_or(|next| at < next);
        let key = self.timers.schedule(at, due);
        if first {
            self.wake.notify_one();
        }
        key
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<i64> {
        self.timers.next_at()
    }

    /// Queues an event's post-action webhooks: the configuration's, then the conversation's own.
    fn publish(&self, event: &'static str, conversation: &Conversation, fields: Fields, origin: Origin) {
        if !origin.fires() {
            return;
        }
        let fields = fields.of_event(&self.account.sid, event, self.source(origin));
        let subject = &conversation.sid;
        self.tell_configured(event, &conversation.service_sid, subject, &fields);
        let body = fields.get("Body");
        for webhook in &conversation.webhooks {
            if event == "onMessageAdded"
                && let Some(flow) = webhook.flow()
            {
                self.note_flow(conversation, flow, &fields);
            }
            if let Some(url) = webhook.url.as_ref().filter(|_| webhook.hears(event, body)) {
                self.deliver(event, subject, url, &webhook.method, fields.clone());
            }
        }
    }

    /// Queues an event of a service's user.
    fn publish_user(&self, event: &'static str, service: &str, user: &str, fields: Fields, origin: Origin) {
        if origin.fires() {
            let fields = fields.of_event(&self.account.sid, event, self.source(origin));
            self.tell_configured(event, service, user, &fields);
        }
    }

    /// Queues a complete event for the configuration-level webhooks of a service. Events of one `subject` (a SID)
    /// reach a receiver in order.
    fn tell_configured(&self, event: &str, service: &str, subject: &str, fields: &Fields) {
        for webhook in self.configured(service, event) {
            if let Some(url) = &webhook.post_url {
                self.deliver(event, subject, url, &webhook.method, fields.clone());
            }
        }
    }

    /// Studio is not part of the sandbox: that a flow would run is all that is kept.
    fn note_flow(&self, conversation: &Conversation, flow: &str, fields: &Fields) {
        let message = fields.get("MessageSid").unwrap_or_default();
        self.outbox.push(Job::Note(NoteEntry {
            what: "studio_flow".to_owned(),
            subject: conversation.sid.clone(),
            code: 0,
            message: format!("flow {flow} would run for message {message}; the sandbox executes no flows"),
        }));
    }

    /// Sends the messages after an index to a new webhook of the conversation.
    pub(crate) fn replay(&self, sid: &str, webhook: &ScopedWebhook, after: i64) {
        let first = match self.behaviour.replay_after {
            ReplayAfter::Exclusive => after.saturating_add(1),
            ReplayAfter::Inclusive => after,
        };
        let (Some(conversation), Some(url)) = (self.conversations.get(sid), &webhook.url) else { return };
        for message in &conversation.messages {
            if i64::try_from(message.index).is_ok_and(|index| index < first)
                || !webhook.hears("onMessageAdded", message.body.as_deref())
            {
                continue;
            }
            let fields = payload::message_added(conversation, message);
            let fields = fields.of_event(&self.account.sid, "onMessageAdded", self.source(Origin::Platform));
            self.deliver("onMessageAdded", sid, url, &webhook.method, fields);
        }
    }

    /// The configuration-level webhooks that ask for an event of a service: its own first, then the account's.
    pub(crate) fn configured(
        &self,
        service: &str,
        event: &str,
    ) -> impl Iterator<Item = &ConfigurationWebhook> {
        let own = self.service(service).map(|service| &service.webhook).filter(|webhook| webhook.is_set());
        // A service's own webhook knows no events of users, so that it cannot stand in for the account's.
        let replaced = own.is_some()
            && self.behaviour.service_webhooks == ServiceWebhooks::Override
            && !event.starts_with("onUser");
        let account = Some(&self.webhook).filter(|_| !replaced);
        [own, account].into_iter().flatten().filter(move |webhook| webhook.hears(event))
    }

    /// The `Source` of an event's webhooks.
    pub(crate) fn source(&self, origin: Origin) -> &'static str {
        match self.behaviour.webhook_source {
            WebhookSource::Channel => origin.source(),
            WebhookSource::Api => "API",
            WebhookSource::Sdk => "SDK",
        }
    }

    fn deliver(&self, event: &str, subject: &str, url: &str, method: &http::Method, fields: Fields) {
        self.outbox.push(Job::Deliver(Delivery {
            // In order for each subject and receiver; receivers do not wait for each other.
            lane: format!("{subject}|{url}"),
            event: event.to_owned(),
            url: url.to_owned(),
            method: method.clone(),
            params: fields.into_params(),
            kind: Kind::Conversations,
        }));
    }
}
