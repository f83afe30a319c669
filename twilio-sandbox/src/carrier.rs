//! What carriers do: count segments, heed keywords, bring phones' messages in.

pub(crate) mod inbound;
pub(crate) mod keyword;
pub(crate) mod segments;
