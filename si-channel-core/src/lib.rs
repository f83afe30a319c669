//! si-channel-core
