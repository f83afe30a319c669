//! Files that are sent by URL.

use super::reader::Reader;

/// Files that are sent by URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundMedia {
    /// Bytes of one file; 16 MiB, what WhatsApp takes.
    pub max_bytes: usize,
    /// Files may come from any host, those of this machine and its network too, and over plain HTTP. Development only.
    pub private_hosts: bool,
}

impl OutboundMedia {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            max_bytes: reader.number("outbound_media.max_bytes", 16 << 20, 1024..=150 << 20),
            private_hosts: reader.flag("outbound_media.private_hosts", false),
        }
    }
}
