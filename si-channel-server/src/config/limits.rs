//! What requests may cost.

use std::time::Duration;

use super::reader::Reader;
use crate::http;

/// What requests may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections and heads of requests, and the grace of a shutdown.
    pub http: http::Limits,
    /// Requests that are answered at once; 512.
    pub max_requests: usize,
    /// Bytes of a form body, as Twilio's webhooks have; 256 KiB: a text of 32 KB grows threefold when encoded.
    pub max_form_bytes: usize,
    /// Bytes of a JSON body; 1 MiB.
    pub max_json_bytes: usize,
    /// How long a body may take to arrive; 5 s.
    pub body_timeout: Duration,
    /// How long a pre-action webhook, for which a person's text waits, may take to decide on; 2 s. Twilio waits 5.
    pub pre_action_timeout: Duration,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = http::Limits::default();
        let (short, long) = (Duration::from_millis(10), Duration::from_hours(1));
        let mut duration = |key: &str, default| reader.duration(key, default, short..=long);
        let (head_timeout, idle_timeout, write_timeout, shutdown_grace, body_timeout, pre_action_timeout) = (
            duration("limits.head_timeout", default.head_timeout),
            duration("limits.idle_timeout", default.idle_timeout),
            duration("limits.write_timeout", default.write_timeout),
            duration("limits.shutdown_grace", default.shutdown_grace),
            duration("limits.body_timeout", Duration::from_secs(5)),
            duration("limits.pre_action_timeout", Duration::from_secs(2)),
        );
        Self {
            http: http::Limits {
                max_connections: reader.number(
                    "limits.max_connections",
                    default.max_connections,
                    1..=100_000,
                ),
                head_timeout,
                idle_timeout,
                write_timeout,
                max_headers: reader.number("limits.max_headers", default.max_headers, 16..=1024),
                max_header_bytes: reader.number(
                    "limits.max_header_bytes",
                    default.max_header_bytes,
                    2048..=262_144,
                ),
                max_target_bytes: reader.number(
                    "limits.max_target_bytes",
                    default.max_target_bytes,
                    1024..=65_534,
                ),
                shutdown_grace,
            },
            max_requests: reader.number("limits.max_requests", 512, 1..=100_000),
            max_form_bytes: reader.number("limits.max_form_bytes", 256 << 10, 4096..=1 << 20),
            max_json_bytes: reader.number("limits.max_json_bytes", 1 << 20, 4096..=16 << 20),
            body_timeout,
            pre_action_timeout,
        }
    }
}
