//! `/sandbox/faults`.

use http::Method;
use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::fault::{Fault, PlannedFault};
use crate::hub::Platform;

/// The faults still to come, and the last ones that have done their work.
pub(super) fn list(platform: &Platform) -> Value {
    let faults = platform.faults();
    let planned: Vec<Value> = faults.planned().iter().map(render).collect();
    let spent: Vec<Value> = faults.spent().map(render).collect();
    json!({"faults": planned, "spent": spent})
}

fn render(one: &PlannedFault) -> Value {
    let mut value = json!(one.fault);
    value["id"] = json!(one.id);
    value["struck"] = json!(one.struck);
    value
}

/// Plans a fault; the answer is its number and the list.
fn plan(platform: &Platform, body: &[u8]) -> Outcome {
    let mut fault: Value = super::read(body)?;
    if let Some(fields) = fault.as_object_mut() {
        // What the list says of a fault can be planned as it is.
        fields.retain(|name, _| name != "id" && name != "struck");
    }
    let fault: Fault = serde_json::from_value(fault)
        .map_err(|error| Problem::bad(format!("the fault does not fit: {error}")))?;
    let id = platform.faults().plan(fault).map_err(|error| Problem::bad(error.to_string()))?;
    let mut answer = list(platform);
    answer["id"] = json!(id);
    super::ok(answer)
}

/// Answers `/sandbox/faults[/{id}]`; `None` for any other path or method.
pub(super) fn answer(platform: &Platform, method: &Method, path: &[&str], body: &[u8]) -> Option<Outcome> {
    Some(match (method, path) {
        (&Method::GET, []) => super::ok(list(platform)),
        (&Method::POST, []) => plan(platform, body),
        (&Method::DELETE, []) => {
            platform.faults().clear();
            super::ok(list(platform))
        }
        (&Method::DELETE, [id]) => {
            let removed = id.parse().is_ok_and(|id| platform.faults().remove(id));
            if removed {
                super::ok(list(platform))
            } else {
                Err(Problem::not_found(format!("no fault {id:?} is planned")))
            }
        }
        _ => return None,
    })
}
