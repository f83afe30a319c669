//! Planned faults: what the next matching requests or webhooks suffer.

mod effect;
mod pattern;
mod plan;
pub(crate) mod skew;
mod wire;

use serde::{Deserialize, Serialize};

pub use effect::{Refusal, RequestFault, RetryAfter, WebhookFault};
pub(crate) use plan::Faults;
pub use plan::PlannedFault;

use wire::Wire;

/// Something that is to go wrong: what it strikes, what it does, and how often.
///
/// Of several planned faults that fit a request or a webhook, the first one strikes, alone. As JSON it is what
/// `POST /sandbox/faults` takes.
///
/// # Examples
///
/// ```
/// use twilio_sandbox::{Fault, RequestFault, RetryAfter, WebhookFault};
///
/// // The next two creates of a message are told to come back later.
/// Fault::request(RequestFault::too_many(RetryAfter::Seconds(2)))
///     .on("POST /conversations/v1/Conversations/*/Messages")
///     .times(2);
/// // A tenth of all webhooks come twice, for as long as the fault is planned.
/// Fault::webhook(WebhookFault::Duplicate { fresh_token: false }).with_probability(0.1);
/// // The first create is lost after its effect, the second works, the third fails.
/// Fault::script([
///     Some(RequestFault::DropAfterEffect),
///     None,
///     Some(RequestFault::status(503)),
/// ])
/// .on("POST /conversations/v1/Conversations");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Fault {
    pattern: String,
    plan: Plan,
    /// `None` for no end.
    count: Option<u64>,
    probability: Option<f64>,
}

/// What happens at each strike.
#[derive(Clone, Debug, PartialEq)]
enum Plan {
    Each(Effect),
    /// One step a request; `None` lets it pass.
    Script(Vec<Option<Effect>>),
}

/// What a fault does, to whichever it strikes.
#[derive(Clone, Debug, PartialEq)]
enum Effect {
    Request(RequestFault),
    Webhook(WebhookFault),
}

impl From<RequestFault> for Effect {
    fn from(fault: RequestFault) -> Self {
        Self::Request(fault)
    }
}

impl From<WebhookFault> for Effect {
    fn from(fault: WebhookFault) -> Self {
        Self::Webhook(fault)
    }
}

/// Why a fault cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FaultError {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl Fault {
    /// Strikes one request to the APIs, whichever comes next.
    pub fn request(fault: RequestFault) -> Self {
        Self::of(Plan::Each(fault.into()))
    }

    /// Strikes one webhook, whichever comes next.
    pub fn webhook(fault: WebhookFault) -> Self {
        Self::of(Plan::Each(fault.into()))
    }

    /// Decides about successive requests, one step each; `None` lets a request pass.
    pub fn script(steps: impl IntoIterator<Item = Option<RequestFault>>) -> Self {
        Self::of(Plan::Script(steps.into_iter().map(|step| step.map(Effect::from)).collect()))
    }

    /// Decides about successive webhooks, one step each; `None` lets a webhook pass.
    pub fn webhook_script(steps: impl IntoIterator<Item = Option<WebhookFault>>) -> Self {
        Self::of(Plan::Script(steps.into_iter().map(|step| step.map(Effect::from)).collect()))
    }

    fn of(plan: Plan) -> Self {
        Self { pattern: String::new(), plan, count: Some(1), probability: None }
    }

    /// Strikes only what fits. For requests `[METHOD ]PATH-PREFIX` in whole segments, `*` standing for any one,
    /// such as `POST /conversations/v1/Conversations/*/Messages`; for webhooks an event's name, such as
    /// `onMessageAdded`, `messageStatus` or `inboundMessage`, or a beginning and `*`.
    #[must_use]
    pub fn on(mut self, pattern: impl Into<String>) -> Self {
        self.pattern = pattern.into();
        self
    }

    /// Strikes that often, at least once; a script is played that often.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Strikes until it is removed.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.count = None;
        self
    }

    /// Strikes with a probability from 0 to 1, without end unless [`times`](Self::times) is said afterwards. Which
    /// ones it strikes follows from the sandbox's seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self.always()
    }

    fn strikes_webhooks(&self) -> bool {
        let is_webhook = |effect: &Effect| matches!(effect, Effect::Webhook(_));
        match &self.plan {
            Plan::Each(effect) => is_webhook(effect),
            Plan::Script(steps) => steps.iter().flatten().any(is_webhook),
        }
    }

    fn check(&self) -> Result<(), FaultError> {
        if self.count == Some(0) {
            return Err(FaultError::new("count must be above 0"));
        }
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err(FaultError::new("probability must be from 0 to 1"));
        }
        let steps: Vec<&Effect> = match &self.plan {
            Plan::Each(effect) => vec![effect],
            Plan::Script(steps) => steps.iter().flatten().collect(),
        };
        if steps.is_empty() {
            return Err(FaultError::new("a script needs at least one step that is not ok"));
        }
        let webhooks = self.strikes_webhooks();
        if steps.iter().any(|effect| matches!(effect, Effect::Webhook(_)) != webhooks) {
            return Err(FaultError::new("a script is about requests or about webhooks, not both"));
        }
        steps.into_iter().try_for_each(|effect| match effect {
            Effect::Request(fault) => fault.check(),
            Effect::Webhook(_) => Ok(()),
        })
    }
}
