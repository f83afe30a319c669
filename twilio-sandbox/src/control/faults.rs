//! `/sandbox/faults`.

use serde_json::{Value, json};

use super::{Outcome, Problem};
use crate::hub::Hub;

pub(super) fn list(hub: &Hub) -> Value {
    json!({"faults": hub.faults().planned()})
}

pub(super) fn plan(hub: &Hub, body: &[u8]) -> Outcome {
    let fault = super::read(body)?;
    hub.faults().plan(fault).map_err(Problem::bad)?;
    super::ok(list(hub))
}
