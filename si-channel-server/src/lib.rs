//! si-channel-server
