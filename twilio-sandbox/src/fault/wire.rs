//! Faults as JSON: flat, so that a common one is short.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Effect, Fault, FaultError, Plan, Refusal, RequestFault, RetryAfter, WebhookFault};

/// How long a webhook stays behind when no other comes.
const REORDER: u64 = 2000;

/// A fault, or a step of a script, as `POST /sandbox/faults` takes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    script: Option<Vec<Step>>,
    #[serde(default, rename = "match")]
    pattern: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(default, skip_serializing_if = "is_false")]
    always: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Seconds from now, said as a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_date: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skew_s: Option<i64>,
    #[serde(default, skip_serializing_if = "is_false")]
    fresh_token: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A step of a script: a status, a kind that needs no more, or all of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Step {
    Status(u16),
    Kind(Kind),
    Whole(Box<Wire>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// In scripts: nothing happens.
    Ok,
    Status,
    Delay,
    DropBeforeEffect,
    DropAfterEffect,
    Truncate,
    GarbageHtml,
    GarbageJson,
    Trickle,
    ClockSkew,
    WebhookLost,
    WebhookDuplicate,
    WebhookDelay,
    WebhookReorder,
    WebhookWrongSignature,
    WebhookOldToken,
    WebhookWrongIdempotencyToken,
    WebhookNoIdempotencyToken,
    WebhookClockSkew,
}

impl TryFrom<Wire> for Fault {
    type Error = FaultError;

    fn try_from(wire: Wire) -> Result<Self, FaultError> {
        let plan = match (wire.kind, &wire.script) {
            (Some(_), None) => match effect(&wire)? {
                Some(effect) => Plan::Each(effect),
                None => return Err(FaultError::new("kind ok has a place in scripts alone")),
            },
            (None, Some(steps)) => Plan::Script(steps.iter().map(step).collect::<Result<_, _>>()?),
            _ => return Err(FaultError::new("a fault has either a kind or a script")),
        };
        let endless = wire.always || (wire.probability.is_some() && wire.count.is_none());
        let count = if endless { None } else { Some(wire.count.unwrap_or(1)) };
        let fault = Self { pattern: wire.pattern, plan, count, probability: wire.probability };
        fault.check()?;
        Ok(fault)
    }
}

fn step(step: &Step) -> Result<Option<Effect>, FaultError> {
    match step {
        Step::Status(status) => effect(&Wire { status: Some(*status), ..Wire::of(Kind::Status) }),
        Step::Kind(kind) => effect(&Wire::of(*kind)),
        Step::Whole(wire) => effect(wire),
    }
}

fn effect(wire: &Wire) -> Result<Option<Effect>, FaultError> {
    let delay = || {
        let delay = wire.delay_ms.map(Duration::from_millis);
        delay.ok_or_else(|| FaultError::new("this kind needs delay_ms"))
    };
    let skew = || {
        let skew = wire.skew_s.map(SignedDuration::from_secs);
        skew.ok_or_else(|| FaultError::new("this kind needs skew_s, such as -300"))
    };
    let request = |fault| Ok(Some(Effect::Request(fault)));
    let webhook = |fault| Ok(Some(Effect::Webhook(fault)));
    match wire.kind.ok_or_else(|| FaultError::new("a step of a script needs a kind"))? {
        Kind::Ok => Ok(None),
        Kind::Status => request(RequestFault::Status(Refusal {
            status: wire.status.unwrap_or_default(),
            code: wire.code,
            message: wire.message.clone(),
            retry_after: wire
                .retry_after
                .map(RetryAfter::Seconds)
                .or(wire.retry_after_date.map(RetryAfter::DateIn)),
            location: wire.location.clone(),
        })),
        Kind::Delay => request(RequestFault::Delay(delay()?)),
        Kind::DropBeforeEffect => request(RequestFault::DropBeforeEffect),
        Kind::DropAfterEffect => request(RequestFault::DropAfterEffect),
        Kind::Truncate => request(RequestFault::Truncate),
        Kind::GarbageHtml => request(RequestFault::GarbageHtml),
        Kind::GarbageJson => request(RequestFault::GarbageJson),
        Kind::Trickle => request(RequestFault::Trickle(delay()?)),
        Kind::ClockSkew => request(RequestFault::ClockSkew(skew()?)),
        Kind::WebhookLost => webhook(WebhookFault::Lost),
        Kind::WebhookDuplicate => webhook(WebhookFault::Duplicate { fresh_token: wire.fresh_token }),
        Kind::WebhookDelay => webhook(WebhookFault::Delay(delay()?)),
        Kind::WebhookReorder => {
            let patience = Duration::from_millis(wire.delay_ms.unwrap_or(REORDER));
            webhook(WebhookFault::Reorder(patience))
        }
        Kind::WebhookWrongSignature => webhook(WebhookFault::WrongSignature),
        Kind::WebhookOldToken => webhook(WebhookFault::OldToken),
        Kind::WebhookWrongIdempotencyToken => webhook(WebhookFault::WrongIdempotencyToken),
        Kind::WebhookNoIdempotencyToken => webhook(WebhookFault::NoIdempotencyToken),
        Kind::WebhookClockSkew => webhook(WebhookFault::ClockSkew(skew()?)),
    }
}

impl From<Fault> for Wire {
    fn from(fault: Fault) -> Self {
        let mut wire = match &fault.plan {
            Plan::Each(effect) => Self::from(effect),
            Plan::Script(steps) => {
                let written = |step: &Option<Effect>| match step {
                    None => Step::Kind(Kind::Ok),
                    Some(effect) => Step::Whole(Box::new(Self::from(effect))),
                };
                Self { script: Some(steps.iter().map(written).collect()), ..Self::default() }
            }
        };
        wire.pattern = fault.pattern;
        wire.always = fault.count.is_none() && fault.probability.is_none();
        wire.count = fault.count;
        wire.probability = fault.probability;
        wire
    }
}

impl From<&Effect> for Wire {
    fn from(effect: &Effect) -> Self {
        let waiting = |kind, delay: Duration| {
            let delay_ms = u64::try_from(delay.as_millis()).ok();
            Self { delay_ms, ..Self::of(kind) }
        };
        let skewed = |kind, by: SignedDuration| Self { skew_s: Some(by.as_secs()), ..Self::of(kind) };
        match effect {
            Effect::Request(fault) => match fault {
                RequestFault::Status(refusal) => Self {
                    status: Some(refusal.status),
                    code: refusal.code,
                    message: refusal.message.clone(),
                    retry_after: match refusal.retry_after {
                        Some(RetryAfter::Seconds(seconds)) => Some(seconds),
                        Some(RetryAfter::DateIn(_)) | None => None,
                    },
                    retry_after_date: match refusal.retry_after {
                        Some(RetryAfter::DateIn(seconds)) => Some(seconds),
                        Some(RetryAfter::Seconds(_)) | None => None,
                    },
                    location: refusal.location.clone(),
                    ..Self::of(Kind::Status)
                },
                RequestFault::Delay(delay) => waiting(Kind::Delay, *delay),
                RequestFault::DropBeforeEffect => Self::of(Kind::DropBeforeEffect),
                RequestFault::DropAfterEffect => Self::of(Kind::DropAfterEffect),
                RequestFault::Truncate => Self::of(Kind::Truncate),
                RequestFault::GarbageHtml => Self::of(Kind::GarbageHtml),
                RequestFault::GarbageJson => Self::of(Kind::GarbageJson),
                RequestFault::Trickle(delay) => waiting(Kind::Trickle, *delay),
                RequestFault::ClockSkew(by) => skewed(Kind::ClockSkew, *by),
            },
            Effect::Webhook(fault) => match fault {
                WebhookFault::Lost => Self::of(Kind::WebhookLost),
                WebhookFault::Duplicate { fresh_token } => {
                    Self { fresh_token: *fresh_token, ..Self::of(Kind::WebhookDuplicate) }
                }
                WebhookFault::Delay(delay) => waiting(Kind::WebhookDelay, *delay),
                WebhookFault::Reorder(delay) => waiting(Kind::WebhookReorder, *delay),
                WebhookFault::WrongSignature => Self::of(Kind::WebhookWrongSignature),
                WebhookFault::OldToken => Self::of(Kind::WebhookOldToken),
                WebhookFault::WrongIdempotencyToken => Self::of(Kind::WebhookWrongIdempotencyToken),
                WebhookFault::NoIdempotencyToken => Self::of(Kind::WebhookNoIdempotencyToken),
                WebhookFault::ClockSkew(by) => skewed(Kind::WebhookClockSkew, *by),
            },
        }
    }
}

impl Wire {
    fn of(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fault(value: Value) -> Result<Fault, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for value in [
            json!({"kind": "status", "match": "/api", "count": 2, "status": 503}),
            json!({"kind": "status", "match": "", "count": 1, "status": 429, "retry_after": 2}),
            json!({"kind": "status", "match": "", "count": 1, "status": 429, "retry_after_date": 2}),
            json!({"kind": "status", "match": "", "count": 1, "status": 307, "location": "http://x/"}),
            json!({"kind": "delay", "match": "POST /", "count": 1, "delay_ms": 5}),
            json!({"kind": "trickle", "match": "", "always": true, "delay_ms": 5}),
            json!({"kind": "clock_skew", "match": "", "count": 1, "skew_s": -300}),
            json!({"kind": "webhook_duplicate", "match": "on*", "count": 1, "fresh_token": true}),
            json!({"kind": "webhook_lost", "match": "", "probability": 0.5}),
            json!({"kind": "webhook_old_token", "match": "", "probability": 0.5, "count": 3}),
            json!({"script": [{"kind": "truncate", "match": ""}, "ok"], "match": "", "count": 2}),
        ] {
            assert_eq!(serde_json::to_value(fault(value.clone()).unwrap()).unwrap(), value);
        }
    }

    #[test]
    fn a_script_is_short_to_write() {
        let short =
            fault(json!({"script": [503, "ok", "drop_after_effect", {"kind": "delay", "delay_ms": 9}]}));
        let long = Fault::script([
            Some(RequestFault::status(503)),
            None,
            Some(RequestFault::DropAfterEffect),
            Some(RequestFault::Delay(Duration::from_millis(9))),
        ]);
        assert_eq!(short, Ok(long));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (wrong, word) in [
            (json!({}), "either a kind or a script"),
            (json!({"kind": "truncate", "script": [503]}), "either a kind or a script"),
            (json!({"kind": "ok"}), "scripts alone"),
            (json!({"kind": "status"}), "300 to 599"),
            (json!({"kind": "status", "status": 200}), "300 to 599"),
            (json!({"kind": "delay"}), "delay_ms"),
            (json!({"kind": "clock_skew"}), "skew_s"),
            (json!({"kind": "flood"}), "flood"),
            (json!({"kind": "truncate", "cuont": 1}), "cuont"),
            (json!({"kind": "truncate", "count": 0}), "above 0"),
            (json!({"script": ["truncate", "webhook_lost"]}), "not both"),
        ] {
            let problem = fault(wrong.clone()).unwrap_err();
            assert!(problem.contains(word), "{wrong}: {problem}");
        }
    }
}
