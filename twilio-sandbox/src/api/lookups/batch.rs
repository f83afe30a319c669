//! `/batch/query`: several numbers at once, answered in the order of the questions.

use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::phone_number::{Query, look_up};
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::line::Owner;

/// Numbers of a request, at most.
const LIMIT: usize = 1000;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    phone_numbers: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    correlation_id: Option<String>,
    phone_number: String,
    #[serde(default)]
    fields: Vec<String>,
    country_code: Option<String>,
    #[serde(default)]
    identity_match: Claim,
    #[serde(default)]
    reassigned_number: Reassigned,
    /// `partner_sub_id`, which nothing here depends on.
    #[serde(default, rename = "sms_pumping_risk")]
    _risk: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reassigned {
    last_verified_date: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claim {
    first_name: Option<String>,
    last_name: Option<String>,
    address_line1: Option<String>,
    #[serde(rename = "address_line2")]
    _address_line2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    address_country_code: Option<String>,
    national_id: Option<String>,
    date_of_birth: Option<String>,
}

pub(super) fn query(hub: &Hub, call: &Call) -> Answer {
    let request: Request = body(call)?;
    if request.phone_numbers.len() > LIMIT {
        return Err(ApiError::bad(20001, format!("phone_numbers holds more than {LIMIT} numbers")));
    }
    let world = hub.world();
    let answers: Vec<Value> = request
        .phone_numbers
        .into_iter()
        .map(|question| {
            let claim = question.identity_match;
            let query = Query {
                number: question.phone_number,
                country: question.country_code,
                fields: question.fields,
                claim: Owner {
                    first_name: claim.first_name,
                    last_name: claim.last_name,
                    address_line: claim.address_line1,
                    city: claim.city,
                    state: claim.state,
                    postal_code: claim.postal_code,
                    country_code: claim.address_country_code,
                    national_id: claim.national_id,
                    date_of_birth: claim.date_of_birth,
                },
                last_verified: question.reassigned_number.last_verified_date,
            };
            let mut answer = match look_up(&world, &query) {
                Ok(mut found) => {
                    found.insert("twilio_error_code".to_owned(), Value::Null);
                    Value::Object(found)
                }
                Err(error) => json!({"phone_number": query.number, "twilio_error_code": error.code}),
            };
            answer["correlation_id"] = json!(question.correlation_id);
            answer
        })
        .collect();
    Reply::ok(json!({"phone_numbers": answers}))
}
