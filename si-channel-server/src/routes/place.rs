//! `/v1/people/{address}/place`: where somebody is.

use ::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use si_channel_core::address::Address;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::hours;
use si_channel_core::input::Input;
use si_channel_core::place::{Evidence, Place, Zone};

use crate::app::App;
use crate::engine::Decided;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::routes::address::address;
use crate::routes::consent::ledger;
use crate::routes::refusal::{rejected, undecided};

/// What was told, and what follows from it.
fn view(app: &App, address: &Address, ledger: &ConsentLedger) -> Value {
    let located = hours::located(address, &ledger.whereabouts, app.engine.policy());
    json!({ "address": address, "told": ledger.whereabouts, "located": located })
}

/// Where the channel takes somebody to be, and why.
pub async fn read(app: &App, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    let ledger = ledger(app, &address).await?;
    Ok(response::json(StatusCode::OK, &view(app, &address, &ledger)))
}

/// Where somebody is, as another system or an operator reports it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    /// Who says so; the account unless given.
    #[serde(default = "account")]
    source: Evidence,
    #[serde(default)]
    place: Option<Place>,
    #[serde(default)]
    time_zone: Option<Zone>,
}

fn account() -> Evidence {
    Evidence::Account
}

/// Records a report; one without place and zone takes back what the same source said before.
pub async fn locate(app: &App, request: Request, text: &str) -> Result<Response, Problem> {
    let address = address(text)?;
    let (parts, incoming) = request.into_parts();
    let limits = &app.limits;
    let report: Report =
        body::read(&parts.headers, incoming, limits.max_json_bytes, limits.body_timeout).await?;
    if matches!(report.source, Evidence::Prefix | Evidence::Sender) {
        return Err(Problem::bad_request("source: expected person, address or account"));
    }
    let Report { source: evidence, place, time_zone } = report;
    let input = Input::LocatePerson { address: address.clone(), evidence, place, time_zone };
    match app.engine.decide(&input).await.map_err(|error| undecided(&error))? {
        Decided::Done(_) => {
            let ledger = ledger(app, &address).await?;
            Ok(response::json(StatusCode::OK, &view(app, &address, &ledger)))
        }
        Decided::Rejected(rejection) => Err(rejected(&rejection)),
    }
}
