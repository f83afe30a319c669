//! `/PhoneNumbers/{PhoneNumber}`: one number, with the packages that `Fields` names.

use serde_json::{Map, Value, json};

use super::packages::{self, PACKAGES};
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::line::Owner;
use crate::state::numbering::inspect;
use crate::state::world::World;

/// What a request asks about one number.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) number: String,
    pub(super) country: Option<String>,
    pub(super) fields: Vec<String>,
    /// What the caller believes of the person, for `identity_match`.
    pub(super) claim: Owner,
    /// When the number was the person's for certain, for `reassigned_number`.
    pub(super) last_verified: Option<String>,
}

pub(super) fn fetch(hub: &Hub, call: &Call, number: &str) -> Answer {
    let text = |name: &str| call.query.filled(name).map(str::to_owned);
    // Context for Twilio's models; nothing here depends on them.
    for name in ["PartnerSubId", "VerificationSid", "AddressLine2"] {
        call.query.filled(name);
    }
    let fields = call.query.filled("Fields").unwrap_or_default();
    let query = Query {
        number: number.to_owned(),
        country: text("CountryCode"),
        fields: fields.split(',').map(|field| field.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
        claim: Owner {
            first_name: text("FirstName"),
            last_name: text("LastName"),
            address_line: text("AddressLine1"),
            city: text("City"),
            state: text("State"),
            postal_code: text("PostalCode"),
            country_code: text("AddressCountryCode"),
            national_id: text("NationalId"),
            date_of_birth: text("DateOfBirth"),
        },
        last_verified: text("LastVerifiedDate"),
    };
    let world = hub.world();
    let mut found = look_up(&world, &query)?;
    let number = found.get("phone_number").and_then(Value::as_str).unwrap_or_default();
    let url = format!("{}/lookups/v2/PhoneNumbers/{number}", world.base);
    found.insert("url".to_owned(), json!(url));
    Reply::ok(Value::Object(found))
}

/// What is known of a number; packages that nobody asked for are null, as all are of an invalid number.
pub(super) fn look_up(world: &World, query: &Query) -> Result<Map<String, Value>, ApiError> {
    let wrong = |field: &&String| *field != "validation" && !PACKAGES.contains(&field.as_str());
    if let Some(field) = query.fields.iter().find(wrong) {
        return Err(ApiError::bad(20001, format!("Fields: {field:?} is not a package")));
    }
    let seen = inspect(&query.number, query.country.as_deref());
    let ok = seen.error.is_none();
    let mut found = Map::new();
    for (name, value) in [
        ("calling_country_code", json!(ok.then_some(&seen.calling_country_code))),
        ("country_code", json!(ok.then_some(seen.country))),
        ("phone_number", json!(seen.phone_number)),
        ("national_format", json!(ok.then_some(&seen.national_format))),
        ("valid", json!(ok)),
        ("validation_errors", json!(seen.error.into_iter().collect::<Vec<_>>())),
    ] {
        found.insert(name.to_owned(), value);
    }
    for package in PACKAGES {
        let asked = ok && query.fields.iter().any(|field| field == package);
        let value = if asked { packages::read(world, package, &seen, query)? } else { Value::Null };
        found.insert(package.to_owned(), value);
    }
    Ok(found)
}
