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
    let (number, line) = set(accounts, &number, told)?;
    super::ok(json!({"number": number, "line": line}))
}

/// Changes what is known of a number, and gives both as they are now.
pub(super) fn set(
    accounts: &Accounts,
    number: &str,
    told: Map<String, Value>,
) -> Result<(String, Line), Problem> {
    let seen = inspect(number, None);
    if let Some(error) = seen.error {
        return Err(Problem::bad(format!("{number:?} is not a phone number: {error}")));
    }
    let known = accounts.main().world().line(&seen.phone_number).cloned().unwrap_or_default();
    let line: Line = super::changed(&known, told)?;
    if line.risk_score > 100 {
        return Err(Problem::bad("risk_score is from 0 to 100"));
    }
    // A line is the same whoever looks.
    for hub in accounts.all() {
        hub.world().lines.known.insert(seen.phone_number.clone(), line.clone());
    }
    Ok((seen.phone_number, line))
}
