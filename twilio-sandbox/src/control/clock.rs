//! `/sandbox/clock`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::accounts::Accounts;
use crate::clock::iso_millis;
use crate::hub::Platform;
use crate::state::validate::duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// An ISO 8601 duration.
    advance: String,
}

pub(super) fn read(platform: &Platform) -> Value {
    let clock = &platform.clock;
    json!({"now": iso_millis(clock.now_ms()), "offset_ms": clock.offset_ms()})
}

/// Moves time forward; what became due is carried out before the answer.
pub(super) fn advance(accounts: &Accounts, body: &[u8]) -> Outcome {
    let Advance { advance } = super::read(body)?;
    let forward = duration(&advance).filter(|milliseconds| *milliseconds >= 0).ok_or_else(|| {
        Problem::bad(format!("advance {advance:?} is not an ISO 8601 duration such as PT10M, 0 or above"))
    })?;
    accounts.advance(forward);
    super::ok(read(&accounts.platform))
}
