//! What carriers do: count segments, heed keywords, bring phones' messages in.

pub(crate) mod fetch;
pub(crate) mod inbound;
pub(crate) mod keyword;
pub(crate) mod limits;
pub(crate) mod segments;
