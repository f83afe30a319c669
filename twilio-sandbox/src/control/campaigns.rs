//! `/sandbox/campaigns/{Sid}`: what the registry says of a campaign.

use serde::Deserialize;
use serde_json::json;

use super::{Outcome, Problem};
use crate::hub::Hub;
use crate::state::campaign::{CampaignError, CampaignStatus};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    status: CampaignStatus,
    #[serde(default)]
    errors: Vec<CampaignError>,
}

/// Decides a campaign's status; it keeps it until it is handed in again.
pub(super) fn decide(hub: &Hub, sid: &str, body: &[u8]) -> Outcome {
    let Decision { status, errors } = super::read(body)?;
    let mut world = hub.world();
    let now = world.now();
    let campaigns = world.messaging_services.values_mut().flat_map(|service| service.campaigns.values_mut());
    let campaign = campaigns.into_iter().find(|one| one.sid == sid);
    let campaign = campaign.ok_or_else(|| Problem::not_found(format!("there is no campaign {sid:?}")))?;
    (campaign.decided, campaign.errors, campaign.updated) = (Some(status), errors, now);
    super::ok(json!({"sid": sid, "status": status}))
}
