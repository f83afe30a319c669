//! `/sandbox/carriers`: what all carriers do, and where accounts may write to.

use serde_json::{Map, Value, json};

use super::Outcome;
use crate::accounts::Accounts;
use crate::state::reception::Carriers;

pub(super) fn read(accounts: &Accounts) -> Outcome {
    super::ok(json!(accounts.main().world().carriers))
}

/// Changes what is named; null is the default again.
pub(super) fn put(accounts: &Accounts, body: &[u8]) -> Outcome {
    let changes: Map<String, Value> = super::read(body)?;
    let carriers = accounts.main().world().carriers.clone();
    let carriers: Carriers = super::changed(&carriers, changes)?;
    let carriers = carriers.normal();
    for hub in accounts.all() {
        hub.world().carriers = carriers.clone();
    }
    read(accounts)
}
