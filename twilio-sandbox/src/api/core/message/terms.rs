//! The parameters of a message that set conditions rather than content.

use crate::error::ApiError;
use crate::http::form::Form;
use crate::state::terms::{Feedback, Terms};

/// Reads every condition. Those without an effect of their own are checked and then of no consequence, as at
/// Twilio: `MaxPrice` is obsolete, `Attempt` for Twilio's statistics.
pub(super) fn read(form: &Form, now: i64) -> Result<Terms, ApiError> {
    number::<f64>(form, "MaxPrice", |price| price.is_finite() && *price >= 0.0)?;
    number::<u32>(form, "Attempt", |_| true)?;
    let feedback = flag(form, "ProvideFeedback")?.unwrap_or(false);
    let discards_content = one_of(form, "ContentRetention", ["retain", "discard"], 30029)? == Some("discard");
    let obfuscates_address =
        one_of(form, "AddressRetention", ["retain", "obfuscate"], 20001)? == Some("obfuscate");
    let skips_risk_check = one_of(form, "RiskCheck", ["enable", "disable"], 20001)? == Some("disable");
    Ok(Terms {
        pooled: false,
        validity: validity(form)?,
        smart_encoded: flag(form, "SmartEncoded")?,
        as_mms: flag(form, "SendAsMms")?.unwrap_or(false),
        discards_content,
        obfuscates_address,
        free: one_of(form, "TrafficType", ["free"], 20001)?.is_some(),
        forced: flag(form, "ForceDelivery")?.unwrap_or(false),
        skips_risk_check,
        location: location(form)?,
        feedback: feedback.then_some(Feedback { confirmed: false, created: now, updated: now }),
    })
}

/// `ValidityPeriod` in seconds, of a message or of a service.
pub(crate) fn validity(form: &Form) -> Result<Option<i64>, ApiError> {
    let Some(text) = form.filled("ValidityPeriod") else { return Ok(None) };
    match text.parse() {
        Ok(seconds) if (1..=36_000).contains(&seconds) => Ok(Some(seconds)),
        _ => Err(ApiError::bad(21624, format!("ValidityPeriod {text:?} is not from 1 to 36000"))),
    }
}

/// `true` or `false` in any case.
pub(crate) fn flag(form: &Form, name: &str) -> Result<Option<bool>, ApiError> {
    match form.filled(name).map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(ApiError::bad(20001, format!("{name} {other:?} is neither true nor false"))),
    }
}

fn number<T: std::str::FromStr>(form: &Form, name: &str, fits: impl Fn(&T) -> bool) -> Result<(), ApiError> {
    match form.filled(name) {
        Some(text) if !text.parse().is_ok_and(|number| fits(&number)) => {
            Err(ApiError::bad(20001, format!("{name} {text:?} is not a number that fits")))
        }
        _ => Ok(()),
    }
}

fn one_of<'a, const N: usize>(
    form: &'a Form,
    name: &str,
    values: [&str; N],
    code: u32,
) -> Result<Option<&'a str>, ApiError> {
    match form.filled(name) {
        Some(value) if !values.contains(&value) => {
            let message = format!("{name} {value:?} is not one of {}", values.join(", "));
            Err(ApiError::bad(code, message))
        }
        value => Ok(value),
    }
}

/// `PersistentAction=geo:LATITUDE,LONGITUDE|LABEL`, a place for WhatsApp.
fn location(form: &Form) -> Result<Option<String>, ApiError> {
    let Some(actions) = form.list("PersistentAction") else { return Ok(None) };
    for action in &actions {
        let place = action.strip_prefix("geo:").and_then(|place| place.split('|').next());
        let degrees: Option<Vec<f64>> =
            place.and_then(|place| place.split(',').map(|part| part.trim().parse().ok()).collect());
        let fits = degrees.is_some_and(|it| it.len() == 2 && it[0].abs() <= 90.0 && it[1].abs() <= 180.0);
        if !fits {
            let message = format!("PersistentAction {action:?} is not geo:LATITUDE,LONGITUDE or with |LABEL");
            return Err(ApiError::bad(20001, message));
        }
    }
    Ok(actions.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_value_is_taken_and_no_other() {
        for (form, ok) in [
            ("ContentRetention=discard&AddressRetention=obfuscate&TrafficType=free&RiskCheck=disable", true),
            ("ContentRetention=retain&AddressRetention=retain&RiskCheck=enable", true),
            ("MaxPrice=0.05&Attempt=3&ForceDelivery=true&ProvideFeedback=false&SendAsMms=TRUE", true),
            ("PersistentAction=geo:37.78,-122.39|Home", true),
            ("ValidityPeriod=36000", true),
            ("ContentRetention=keep", false),
            ("TrafficType=paid", false),
            ("RiskCheck=true", false),
            ("MaxPrice=cheap", false),
            ("Attempt=-1", false),
            ("SmartEncoded=yes", false),
            ("PersistentAction=geo:97,0", false),
            ("PersistentAction=tel:1", false),
            ("ValidityPeriod=36001", false),
        ] {
            assert_eq!(read(&Form::parse(form.as_bytes()), 0).is_ok(), ok, "{form}");
        }
    }
}
