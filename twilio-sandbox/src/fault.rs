//! Planned faults: what the next matching requests or webhooks suffer.

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// A planned fault, as `POST /sandbox/faults` takes it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// `[METHOD ]PATH-PREFIX` for API faults (`*` stands for one segment), an event's name for webhook faults;
    /// empty matches everything.
    #[serde(default, rename = "match")]
    pub(crate) pattern: String,
    /// How often it strikes.
    #[serde(default = "once")]
    pub(crate) count: u64,
    /// For `status`: what is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// For `delay`: how long the request waits before it is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay_ms: Option<u64>,
}

fn once() -> u64 {
    1
}

/// What a fault does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    Status,
    Delay,
    DropAfterEffect,
    DropBeforeEffect,
    WebhookLost,
    WebhookDuplicate,
}

impl FaultKind {
    fn is_webhook(self) -> bool {
        matches!(self, Self::WebhookLost | Self::WebhookDuplicate)
    }
}

/// What an API request suffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiFault {
    Status(StatusCode),
    Delay(Duration),
    DropAfterEffect,
    DropBeforeEffect,
}

/// What a webhook suffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookFault {
    Lost,
    Duplicate,
}

/// The faults still to come, in the order they were planned.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Plans a fault; the text of what is wrong with it otherwise.
    pub(crate) fn plan(&mut self, fault: Fault) -> Result<(), String> {
        match (fault.kind, fault.status, fault.delay_ms) {
            (FaultKind::Status, status, _) if status.is_none_or(|status| !(400..600).contains(&status)) => {
                return Err("kind status needs a status from 400 to 599".to_owned());
            }
            (FaultKind::Delay, _, None) => return Err("kind delay needs delay_ms".to_owned()),
            _ => {}
        }
        if fault.count == 0 {
            return Err("count must be above 0".to_owned());
        }
        self.0.push(fault);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn planned(&self) -> &[Fault] {
        &self.0
    }

    /// Takes the first fault that strikes an API request.
    pub(crate) fn take_api(&mut self, method: &str, path: &str) -> Option<ApiFault> {
        let fault = self.take(|fault| !fault.kind.is_webhook() && strikes(&fault.pattern, method, path))?;
        match fault.kind {
            FaultKind::Status => {
                let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok());
                status.map(ApiFault::Status)
            }
            FaultKind::Delay => Some(ApiFault::Delay(Duration::from_millis(fault.delay_ms.unwrap_or(0)))),
            FaultKind::DropAfterEffect => Some(ApiFault::DropAfterEffect),
            FaultKind::DropBeforeEffect => Some(ApiFault::DropBeforeEffect),
            FaultKind::WebhookLost | FaultKind::WebhookDuplicate => None,
        }
    }

    /// Takes the first fault that strikes a webhook.
    pub(crate) fn take_webhook(&mut self, event: &str) -> Option<WebhookFault> {
        let fault = self
            .take(|fault| fault.kind.is_webhook() && (fault.pattern.is_empty() || fault.pattern == event))?;
        match fault.kind {
            FaultKind::WebhookLost => Some(WebhookFault::Lost),
            _ => Some(WebhookFault::Duplicate),
        }
    }

    fn take(&mut self, matches: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let position = self.0.iter().position(matches)?;
        let fault = self.0[position].clone();
        self.0[position].count -= 1;
        if self.0[position].count == 0 {
            self.0.remove(position);
        }
        Some(fault)
    }
}

/// Whether `[METHOD ]PATH-PREFIX` covers a request. Segments match whole; `*` is any one.
fn strikes(pattern: &str, method: &str, path: &str) -> bool {
    let prefix = match pattern.split_once(' ') {
        Some((wanted, _)) if !wanted.eq_ignore_ascii_case(method) => return false,
        Some((_, prefix)) => prefix,
        None => pattern,
    };
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    prefix
        .split('/')
        .filter(|segment| !segment.is_empty())
        .all(|wanted| segments.next().is_some_and(|segment| wanted == "*" || wanted == segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_prefixes_of_whole_segments() {
        let path = "/conversations/v1/Conversations/CH1/Messages";
        for (pattern, expected) in [
            ("", true),
            ("/conversations/v1/Conversations", true),
            ("/conversations/v1/Conv", false),
            ("POST /conversations/v1/Conversations/*/Messages", true),
            ("GET /conversations", false),
            ("/conversations/v1/Conversations/*/Messages/*", false),
        ] {
            assert_eq!(strikes(pattern, "POST", path), expected, "{pattern}");
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_planned() {
        let mut faults = Faults::default();
        let fault: Fault =
            serde_json::from_str(r#"{"kind":"status","match":"/api","status":503,"count":2}"#).unwrap();
        faults.plan(fault).unwrap();
        let struck = Some(ApiFault::Status(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(faults.take_api("GET", "/conversations"), None);
        assert_eq!(faults.take_api("GET", "/api/x"), struck);
        assert_eq!(faults.take_api("GET", "/api/x"), struck);
        assert_eq!(faults.take_api("GET", "/api/x"), None);
        assert_eq!(faults.take_webhook("onMessageAdded"), None);
    }
}
