//! What Twilio leaves open, as switches.

mod carrier;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use carrier::{
    GroupKeywords, GroupMms, InitialCallback, LandlineRefusal, MagicNumbers, Throughput, TollFreeKeywords,
};

/// How the sandbox behaves where Twilio's sources are silent or differ. Every field has a default, and each can be
/// changed while the sandbox runs (`POST /sandbox/behaviour`).
///
/// A test of a product that depends on one of these should pass with every value of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// What follows when a pre-action webhook cannot be reached at all.
    pub unreachable_pre_hook: UnreachablePreHook,
    /// From when the closed timer counts.
    pub closed_timer: ClosedTimer,
    /// What restarts a conversation's timers.
    pub timer_reset: TimerReset,
    /// What a 409/50416 says of the conversation that holds the pair.
    pub binding_conflict: BindingConflict,
    /// The `Source` of Conversations webhooks.
    pub webhook_source: WebhookSource,
    /// Whether a service's own webhook replaces the account's or joins it.
    pub service_webhooks: ServiceWebhooks,
    /// How requests to a suspended or closed account are refused.
    pub inactive_account: InactiveAccount,
    /// What becomes of templates that are submitted to WhatsApp.
    pub template_review: TemplateReview,
    /// Whether the participants of a `ConversationWithParticipants` are there with the answer or come later.
    pub bulk_creation: BulkCreation,
    /// Whether `Configuration.ReplayAfter` replays the message of that index as well.
    pub replay_after: ReplayAfter,
    /// How long a body may be that REST writes.
    pub body_limit: BodyLimit,
    /// Whose webhook addresses may carry connection overrides (`#rc=2&rt=500`).
    pub connection_overrides: ConnectionOverrides,
    /// The code with which a text to a landline is refused where Twilio does not try.
    pub landline_refusal: LandlineRefusal,
    /// Whether the network's keywords on toll-free numbers reach webhooks and conversations as well.
    pub toll_free_keywords: TollFreeKeywords,
    /// Whether the account may have group texts.
    pub group_mms: GroupMms,
    /// Whether a keyword in the thread of a group text is one.
    pub group_keywords: GroupKeywords,
    /// Whether the numbers that Twilio answers with errors to test credentials do so here; those of the account
    /// never do. See <https://www.twilio.com/docs/iam/test-credentials>.
    pub magic_numbers: MagicNumbers,
    /// Whether a message's first status is called back as well.
    pub initial_callback: InitialCallback,
    /// Whether senders keep to Twilio's rates.
    pub throughput: Throughput,
    /// How often a post-action Conversations webhook is sent again after no answer or a 5xx; 0 by default, since
    /// Twilio documents no retry. `RetryCount` counts along.
    pub post_action_retries: u32,
}

impl Behaviour {
    /// Changes the fields that a JSON object names; the others stay.
    ///
    /// # Errors
    ///
    /// What does not fit, in words, when a name is unknown or a value is not one of its field's; then nothing
    /// has changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use serde_json::json;
    /// use twilio_sandbox::{Behaviour, TimerReset};
    ///
    /// let mut behaviour = Behaviour::default();
    /// behaviour.change(&json!({"timer_reset": "any_change"}))?;
    /// assert_eq!(behaviour.timer_reset, TimerReset::AnyChange);
    /// assert!(behaviour.change(&json!({"timer_rest": "message"})).is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn change(&mut self, changes: &Value) -> Result<(), String> {
        let Value::Object(changes) = changes else { return Err("expected an object of switches".to_owned()) };
        let mut all = match serde_json::to_value(&*self) {
            Ok(Value::Object(all)) => all,
            Ok(_) => Map::new(),
            Err(error) => return Err(error.to_string()),
        };
        all.extend(changes.clone());
        *self = serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Changes one field written as `NAME=VALUE`, as the program's `--behaviour` takes it.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is not NAME=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        self.change(&Value::Object(Map::from_iter([(name.to_owned(), value)])))
    }
}

/// What becomes of an action whose pre-action webhook refused the connection. Twilio does not document it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnreachablePreHook {
    /// The action goes on unchanged, as after a timeout.
    #[default]
    Publish,
    /// The action is refused, as after a 5xx.
    Refuse,
}

/// From when a conversation's closed timer counts. Twilio's examples show the first; its prose can be read as
/// the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClosedTimer {
    /// From the last activity, like the inactive timer.
    #[default]
    FromActivity,
    /// From the moment the conversation becomes inactive.
    FromInactive,
}

/// What counts as activity for the timers. Twilio does not document it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimerReset {
    /// A new message.
    #[default]
    Message,
    /// A new message, and any change of the conversation or of its participants.
    AnyChange,
}

/// The message of a 409/50416. Public integrations parse the SID out of it; Twilio does not promise it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BindingConflict {
    /// It ends in the other conversation's SID.
    #[default]
    NamesConversation,
    /// It names no conversation.
    NamesNone,
}

/// The `Source` field. Twilio documents `API` and `SDK`; channels' names are seen in the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WebhookSource {
    /// `API` for REST, `SMS` or `WHATSAPP` for phones.
    #[default]
    Channel,
    /// `API` for everything.
    Api,
    /// `SDK` for everything.
    Sdk,
}

/// Which configuration-level webhooks hear of a service's events. Twilio's pages say both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceWebhooks {
    /// The service's alone once it has one, else the account's.
    #[default]
    Override,
    /// The service's and the account's, each by its own filters. Before an action only the service's is asked if
    /// it wants the event, else the account's.
    Both,
}

/// Twilio's dictionary names both codes for an account that is not active, and no status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InactiveAccount {
    /// 403/20005, account not active.
    #[default]
    NotActive,
    /// 401/20003, as with wrong credentials.
    Authenticate,
}

/// What WhatsApp says of the templates that are submitted to it. Those against its rules are rejected in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TemplateReview {
    /// They are approved.
    #[default]
    Approve,
    /// They are rejected.
    Reject,
    /// They stay `received` until `/sandbox/content/{Sid}/approval` says otherwise.
    Hold,
}

/// When the participants of a `ConversationWithParticipants` are added. Twilio answers 202 with any participant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BulkCreation {
    /// Before the answer, all or none; a participant that does not fit is the caller's error.
    #[default]
    AtOnce,
    /// After the answer, which shows an `initializing` conversation. If one does not fit by then, the conversation
    /// is closed (50427 in the log).
    Initializing,
}

/// From which message on a new webhook replays. Twilio's parameter is named after the first, and described as the
/// second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplayAfter {
    /// From the message after that index.
    #[default]
    Exclusive,
    /// From the message of that index.
    Inclusive,
}

/// The limit of a body that REST writes (50504). Twilio's API reference gives one figure, its page of limits two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BodyLimit {
    /// 1,600 characters.
    #[default]
    Rest,
    /// 1,600 characters if the conversation has a phone, else 32 KB.
    Channel,
}

/// Whose webhooks heed connection overrides. Twilio's page says that Conversations webhooks do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionOverrides {
    /// Messaging webhooks; others ignore them.
    #[default]
    Messaging,
    /// Conversations webhooks as well.
    Everywhere,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_switch_is_set_by_name_and_a_wrong_one_changes_nothing() {
        let mut behaviour = Behaviour::default();
        behaviour.set("post_action_retries=3").unwrap();
        behaviour.set("closed_timer=from_inactive").unwrap();
        let expected = Behaviour {
            post_action_retries: 3,
            closed_timer: ClosedTimer::FromInactive,
            ..Behaviour::default()
        };
        assert_eq!(behaviour, expected);
        for wrong in ["closed_timer=never", "nothing=1", "closed_timer", "post_action_retries=-1"] {
            assert!(behaviour.set(wrong).is_err(), "{wrong}");
        }
        assert!(behaviour.change(&json!([1])).is_err());
        assert_eq!(behaviour, expected);
    }
}
