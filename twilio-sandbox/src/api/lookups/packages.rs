//! The data packages of a lookup, from what the sandbox knows of a line.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::identity;
use super::phone_number::Query;
use crate::clock::iso;
use crate::error::ApiError;
use crate::state::line::Line;
use crate::state::numbering::{Inspection, LineType, mobile_country_code};
use crate::state::world::World;

/// Every package, in the order of an answer.
pub(super) const PACKAGES: [&str; 10] = [
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "line_type_intelligence",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
];

/// Twilio's code for a package that does not cover a number.
const NOT_COVERED: u32 = 60_600;
/// How recent a swap is one within the period, in milliseconds.
const SWAP_PERIOD: i64 = 24 * 60 * 60 * 1000;

pub(super) fn read(
    world: &World,
    package: &str,
    seen: &Inspection,
    query: &Query,
) -> Result<Value, ApiError> {
    let nobody = Line::default();
    let line = world.line(&seen.phone_number).unwrap_or(&nobody);
    let american = matches!(seen.country, "US" | "CA");
    Ok(match package {
        "caller_name" if !american => {
            json!({"caller_name": null, "caller_type": null, "error_code": NOT_COVERED})
        }
        "caller_name" => json!({
            "caller_name": line.caller_name, "caller_type": line.caller_type, "error_code": null,
        }),
        "sim_swap" => sim_swap(world, seen, line),
        "call_forwarding" => json!({"call_forwarding_enabled": line.call_forwarding, "error_code": null}),
        "line_status" => {
            let on = world.handsets.get(&seen.phone_number).is_none_or(|handset| handset.reachable);
            json!({"status": if on { "active" } else { "unreachable" }, "error_code": null})
        }
        "line_type_intelligence" => line_type(world, seen, line),
        "identity_match" => identity::compare(&query.claim, line.owner.as_ref()),
        "reassigned_number" => reassigned(line, query.last_verified.as_deref())?,
        "sms_pumping_risk" => json!({
            "carrier_risk_category": category(line.risk_score),
            "number_blocked": line.pumping_blocked,
            "number_blocked_date": line.pumping_blocked.then(|| iso(world.now())),
            "number_blocked_last_3_months": line.pumping_blocked,
            "sms_pumping_risk_score": line.risk_score,
            "error_code": null,
        }),
        "phone_number_quality_score" => {
            let (score, category) = (line.risk_score, category(line.risk_score));
            json!({
                "carrier_risk_score": score, "carrier_risk_category": category,
                "disposable_phone_risk_score": score, "disposable_phone_risk_category": category,
                "quality_score": score, "quality_category": category,
                "velocity_risk_score": score, "velocity_risk_category": category,
                "error_code": null,
            })
        }
        _ => pre_fill(line),
    })
}

fn category(score: u8) -> &'static str {
    match score {
        0..=30 => "low",
        31..=60 => "mild",
        61..=75 => "moderate",
        _ => "high",
    }
}

/// Carrier name, country code and network code: as told, Twilio's own for the account's numbers, else the
/// sandbox's carrier.
fn carrier(world: &World, seen: &Inspection, line: &Line) -> (String, Option<String>, Option<String>) {
    let own = world.number(&seen.phone_number).is_some();
    let (name, network) = if own { ("Twilio - SMS/MMS-SVR", "38") } else { ("Sandbox Mobile", "01") };
    let country = if own { Some("240") } else { mobile_country_code(&seen.phone_number) };
    let told = |told: &Option<String>, usual: Option<&str>| told.clone().or(usual.map(str::to_owned));
    (
        line.carrier_name.clone().unwrap_or_else(|| name.to_owned()),
        told(&line.mobile_country_code, country),
        told(&line.mobile_network_code, Some(network)),
    )
}

fn line_type(world: &World, seen: &Inspection, line: &Line) -> Value {
    let (name, country, network) = carrier(world, seen, line);
    let own_word = world.lines.overrides.get(&seen.phone_number).map(|one| one.overridden);
    let kind = own_word.unwrap_or_else(|| world.line_type(&seen.phone_number));
    // Only lines of a mobile network have its codes.
    let networked = matches!(kind, LineType::Mobile | LineType::NonFixedVoip);
    json!({
        "type": kind,
        "carrier_name": name,
        "mobile_country_code": country.filter(|_| networked),
        "mobile_network_code": network.filter(|_| networked),
        "error_code": null,
    })
}

fn sim_swap(world: &World, seen: &Inspection, line: &Line) -> Value {
    let (name, country, network) = carrier(world, seen, line);
    let swapped = line.sim_swapped_at.map(jiff::Timestamp::as_millisecond);
    json!({
        "last_sim_swap": {
            "last_sim_swap_date": swapped.map(iso),
            "swapped_period": "PT24H",
            "swapped_in_period": swapped.is_some_and(|at| world.now() - at < SWAP_PERIOD),
        },
        "carrier_name": name,
        "mobile_country_code": country,
        "mobile_network_code": network,
        "error_code": null,
    })
}

/// Whether somebody else got the number since the caller last verified it.
fn reassigned(line: &Line, last_verified: Option<&str>) -> Result<Value, ApiError> {
    let Some(text) = last_verified else {
        let message = "LastVerifiedDate is required for reassigned_number";
        return Err(ApiError::bad(20001, message));
    };
    let date = Date::strptime("%Y%m%d", text).map_err(|_| {
        ApiError::bad(20001, format!("LastVerifiedDate {text:?} is not a date such as 20240131"))
    })?;
    let answer = if line.reassigned_on.is_some_and(|on| on >= date) { "yes" } else { "no" };
    Ok(json!({"last_verified_date": date.to_string(), "is_number_reassigned": answer, "error_code": null}))
}

fn pre_fill(line: &Line) -> Value {
    let owner = line.owner.clone().unwrap_or_default();
    json!({
        "first_name": owner.first_name,
        "last_name": owner.last_name,
        "address_line": owner.address_line,
        "city": owner.city,
        "state": owner.state,
        "postal_code": owner.postal_code,
        "country_code": owner.country_code,
        "error_code": line.owner.is_none().then_some(NOT_COVERED),
    })
}
