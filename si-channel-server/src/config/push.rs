//! Events sent to HTTP subscribers.

use std::time::Duration;

use super::reader::Reader;

/// Events sent to HTTP subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Push {
    /// How long a subscriber may take for an answer; 15 s.
    pub timeout: Duration,
    /// How long after the first failure an event is sent again; the pause doubles up to ten minutes. 1 s.
    pub first_pause: Duration,
    /// How often an event is sent that is refused; 10.
    pub tries: usize,
    /// How long a subscriber may be away before its subscription is disabled; five days.
    pub give_up_after: Duration,
    /// Subscribers may be anywhere, on this machine and its network too, and over plain HTTP. Development only.
    pub private_hosts: bool,
}

impl Push {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (second, day) = (Duration::from_secs(1), Duration::from_hours(24));
        Self {
            timeout: reader.duration("push.timeout", 15 * second, second..=60 * second),
            first_pause: reader.duration("push.first_pause", second, second / 100..=60 * second),
            tries: reader.number("push.tries", 10, 1..=50),
            give_up_after: reader.duration("push.give_up_after", 5 * day, 60 * second..=30 * day),
            private_hosts: reader.flag("push.private_hosts", false),
        }
    }
}
