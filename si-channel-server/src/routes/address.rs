//! Addresses as paths and bodies write them.

use si_channel_core::address::Address;

use crate::http::Problem;

/// The address that a text is; the refusal says what is wrong with it.
pub(super) fn address(text: &str) -> Result<Address, Problem> {
    text.parse().map_err(|error| Problem::bad_request(format!("address: {error}")))
}
