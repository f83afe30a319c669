//! Connection overrides: what a webhook's address says about timeouts and retries, in its fragment.
//!
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>

use std::time::Duration;

use super::deliver::{Delivery, Kind, Outcome};
use crate::config::ConnectionOverrides;
use crate::hub::Hub;

/// How often a webhook is tried, after which failures, and how long an answer may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overrides {
    /// Further tries (`rc`, 0 to 5).
    pub(super) retries: u32,
    /// After what (`rp`).
    policy: Policy,
    /// To the first byte of an answer (`rt`, 100 to 15,000 ms).
    pub(super) read: Duration,
    /// With every retry (`tt`, 100 to 15,000 ms).
    pub(super) total: Duration,
}

/// The failures after which a webhook is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Policy {
    connect: bool,
    read: bool,
    client: bool,
    server: bool,
}

impl Overrides {
    /// The rules of a webhook: its kind's, what the sandbox is told, and what its address says if that counts.
    pub(super) fn of_delivery(hub: &Hub, delivery: &Delivery) -> Self {
        let (retries, everywhere) = {
            let behaviour = &hub.world().behaviour;
            let everywhere = behaviour.connection_overrides == ConnectionOverrides::Everywhere;
            (behaviour.post_action_retries, everywhere)
        };
        let timeout = hub.config.conversations_webhook_timeout;
        let rules = match delivery.kind {
            Kind::Messaging => return Self::standard(hub.config.messaging_webhook_timeout).of(&delivery.url),
            Kind::PreAction => Self { retries: 0, policy: Policy::default(), read: timeout, total: timeout },
            // Every try has its own time, since Twilio documents no total for retries it does not document.
            Kind::Conversations => {
                let policy = Policy { client: false, ..Policy::ALL };
                Self {
                    retries,
                    policy,
                    read: timeout,
                    total: timeout.saturating_mul(retries.saturating_add(1)),
                }
            }
        };
        if everywhere { rules.of(&delivery.url) } else { rules }
    }

    /// What Twilio does without overrides: one retry, and only if no connection could be made.
    fn standard(timeout: Duration) -> Self {
        let policy = Policy { connect: true, ..Policy::default() };
        Self { retries: 1, policy, read: timeout, total: timeout }
    }

    /// With what the fragment of an address says. Unknown keys and values out of range are passed over; `ct`, `sni`
    /// and `e` have no meaning on one machine.
    fn of(mut self, url: &str) -> Self {
        let Some((_, fragment)) = url.split_once('#') else { return self };
        for (key, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            let time =
                || value.parse().ok().filter(|ms| (100..=15_000).contains(ms)).map(Duration::from_millis);
            match key {
                "rc" => self.retries = value.parse().ok().filter(|rc| *rc <= 5).unwrap_or(self.retries),
                "rp" => self.policy = Policy::parse(value).unwrap_or(self.policy),
                "rt" => self.read = time().unwrap_or(self.read),
                "tt" => self.total = time().unwrap_or(self.total),
                _ => {}
            }
        }
        self
    }

    /// Whether another try follows such an outcome.
    pub(super) fn again(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Answered { status: 400..500, .. } => self.policy.client,
            Outcome::Answered { status: 500.., .. } => self.policy.server,
            Outcome::TimedOut => self.policy.read,
            Outcome::Unreachable(_) => self.policy.connect,
            Outcome::Answered { .. } | Outcome::Forbidden | Outcome::Lost => false,
        }
    }
}

impl Policy {
    const ALL: Self = Self { connect: true, read: true, client: true, server: true };

    fn parse(text: &str) -> Option<Self> {
        let mut policy = Self::default();
        for word in text.split(',') {
            match word {
                "ct" => policy.connect = true,
                "rt" => policy.read = true,
                "4xx" => policy.client = true,
                "5xx" => policy.server = true,
                "all" => policy = Self::ALL,
                _ => return None,
            }
        }
        Some(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Overrides {
        Overrides::standard(Duration::from_secs(15)).of(url)
    }

    fn answered(status: u16) -> Outcome {
        Outcome::Answered { status, content_type: String::new(), body: Vec::new() }
    }

    #[test]
    fn without_a_fragment_only_a_failed_connection_is_tried_once_more() {
        let standard = of("https://h/p?q=1");
        assert_eq!((standard.retries, standard.read), (1, Duration::from_secs(15)));
        assert!(standard.again(&Outcome::Unreachable(String::new())));
        assert!(!standard.again(&Outcome::TimedOut) && !standard.again(&answered(503)));
    }

    #[test]
    fn the_fragment_says_how_often_after_what_and_how_long() {
        let some = of("https://h/p#rc=3&rp=5xx,rt&rt=500&tt=2000&ct=100&e=dublin");
        assert_eq!(
            (some.retries, some.read, some.total),
            (3, Duration::from_millis(500), Duration::from_secs(2))
        );
        assert!(some.again(&answered(503)) && some.again(&Outcome::TimedOut));
        assert!(!some.again(&answered(404)) && !some.again(&Outcome::Unreachable(String::new())));
        let all = of("https://h/p#rp=all");
        assert!(all.again(&answered(404)) && !all.again(&answered(204)) && !all.again(&Outcome::Forbidden));
        assert_eq!(of("https://h/p#rc=6&rt=1&tt=99999&rp=never"), of("https://h/p"));
    }
}
