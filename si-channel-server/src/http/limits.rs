//! What one listener and one connection may cost.

use std::time::Duration;

/// Limits of a listener; the defaults are fit for production behind a proxy or in the open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; further ones are answered 503 and closed. 1,024.
    pub max_connections: usize,
    /// Time for the head of a request, from its first byte (on a new connection: from its opening). 10 s.
    pub head_timeout: Duration,
    /// How long a connection may rest between requests. 75 s: longer than the 60 s of common proxies, since a
    /// proxy that reuses a connection as it is being closed loses the request.
    pub idle_timeout: Duration,
    /// How long a peer may take no byte of an answer before the connection is closed. 30 s.
    pub write_timeout: Duration,
    /// Headers of a request, beyond which it is answered 431. 64.
    pub max_headers: usize,
    /// Bytes of names and values of all headers, beyond which a request is answered 431. 16 KiB.
    pub max_header_bytes: usize,
    /// Bytes of path and query, beyond which a request is answered 414. 8 KiB.
    pub max_target_bytes: usize,
    /// How long requests in flight may take to end after a shutdown began. 25 s.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            max_headers: 64,
            max_header_bytes: 16 * 1024,
            max_target_bytes: 8 * 1024,
            shutdown_grace: Duration::from_secs(25),
        }
    }
}
