//! Webhooks: what they carry, how they are signed, how they are delivered.

pub(crate) mod conversations;
pub(crate) mod deliver;
pub(crate) mod dispatch;
pub(crate) mod envelope;
pub(crate) mod fields;
pub(crate) mod held;
pub(crate) mod hosts;
pub(crate) mod legacy;
pub(crate) mod messaging;
pub(crate) mod overrides;
pub(crate) mod pre;
pub(crate) mod sign;
pub(crate) mod twiml;
pub(crate) mod user;
