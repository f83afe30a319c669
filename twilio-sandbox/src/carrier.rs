//! What carriers do: count segments, keep to rates, filter, heed keywords, bring phones' messages in.

pub(crate) mod fetch;
pub(crate) mod filter;
pub(crate) mod inbound;
pub(crate) mod keyword;
pub(crate) mod limits;
pub(crate) mod magic;
pub(crate) mod price;
pub(crate) mod segments;
pub(crate) mod smart_encoding;
pub(crate) mod throughput;
