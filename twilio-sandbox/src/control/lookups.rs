//! `/sandbox/lookups`: what the world knows of phone lines. Lookups tell it, and carriers act by it.

use serde_json::{Map, Value, json};

use super::{Outcome, Problem};
use crate::accounts::Accounts;
use crate::state::line::Line;
use crate::state::numbering::inspect;

pub(super) fn list(accounts: &Accounts) -> Value {
    let world = accounts.main().world();
    let lines: Vec<Value> =
        world.lines.known.iter().map(|(number, line)| json!({"number": number, "line": line})).collect();
    json!({"lines": lines})
}

/// Sets what is known of `number`; fields that are left out stay, null forgets one.
pub(super) fn put(accounts: &Accounts, body: &[u8]) -> Outcome {
    let mut told: Map<String, Value> = super::read(body)?;
    let Some(Value::String(number)) = told.remove("number") else {
        return Err(Problem::bad("number is missing: write E.164"));
    };
    let seen = inspect(&number, None);
    if let Some(error) = seen.error {
        return Err(Problem::bad(format!("{number:?} is not a phone number: {error}")));
    }
    let known = accounts.main().world().line(&seen.phone_number).cloned().unwrap_or_default();
    let Ok(Value::Object(mut all)) = serde_json::to_value(known) else {
        return Err(Problem::bad("what is known cannot be shown"));
    };
    all.extend(told);
    all.retain(|_, value| !value.is_null());
    let line: Line = serde_json::from_value(Value::Object(all))
        .map_err(|error| Problem::bad(format!("the body does not fit: {error}")))?;
    if line.risk_score > 100 {
        return Err(Problem::bad("risk_score is from 0 to 100"));
    }
    // A line is the same whoever looks.
    for hub in accounts.all() {
        hub.world().lines.known.insert(seen.phone_number.clone(), line.clone());
    }
    super::ok(json!({"number": seen.phone_number, "line": line}))
}
