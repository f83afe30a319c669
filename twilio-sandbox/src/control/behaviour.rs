//! `/sandbox/behaviour`: what Twilio leaves open, as switches.

use serde_json::json;

use super::{Outcome, Problem};
use crate::accounts::Accounts;

pub(super) fn read(accounts: &Accounts) -> Outcome {
    super::ok(json!(accounts.main().world().behaviour))
}

/// Changes the switches that are named, in every account; timers that run follow a new rule at their next change.
pub(super) fn change(accounts: &Accounts, body: &[u8]) -> Outcome {
    let changes = super::read(body)?;
    let mut behaviour = accounts.main().world().behaviour.clone();
    behaviour.change(&changes).map_err(Problem::bad)?;
    accounts.set_behaviour(&behaviour);
    read(accounts)
}
