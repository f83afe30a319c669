//! Comparing with Twilio's records.

use std::time::Duration;

use super::reader::Reader;

/// Comparing with Twilio's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// Whether it is done without being asked for: on start, after an outage, and every so often; yes.
    pub on: bool,
    /// How often; 5 min.
    pub every: Duration,
    /// The most requests of one comparison; 300.
    pub requests: usize,
    /// How far back it looks at most; two days.
    pub reach: Duration,
    /// How long nothing is sent after a start while the first comparison has not ended; 30 s.
    pub hold_sends: Duration,
}

impl Repair {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let hour = Duration::from_hours(1);
        Self {
            on: reader.flag("repair.on", true),
            every: reader.duration(
                "repair.every",
                Duration::from_mins(5),
                Duration::from_secs(1)..=24 * hour,
            ),
            requests: reader.number("repair.requests", 300, 5..=100_000),
            reach: reader.duration("repair.reach", 48 * hour, Duration::from_mins(10)..=24 * 30 * hour),
            hold_sends: reader.duration(
                "repair.hold_sends",
                Duration::from_secs(30),
                Duration::ZERO..=Duration::from_mins(10),
            ),
        }
    }
}
