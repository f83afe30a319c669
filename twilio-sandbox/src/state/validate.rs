//! Checks that several resources share.

use jiff::civil::Date;
use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::error::ApiError;
use crate::http::form::Form;

/// Attributes: JSON text within a limit of bytes. Missing or empty is `{}`.
pub(crate) fn attributes(text: Option<&str>, limit: usize) -> Result<String, ApiError> {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return Ok("{}".to_owned());
    }
    if text.len() > limit {
        let message = format!("Attributes are {} bytes long; at most {limit} are allowed", text.len());
        return Err(ApiError::bad(50303, message));
    }
    if serde_json::from_str::<Value>(text).is_err() {
        return Err(ApiError::bad(50304, "Attributes must be valid JSON"));
    }
    Ok(text.to_owned())
}

/// A name of at most 256 characters.
pub(crate) fn name(parameter: &str, text: Option<&str>) -> Result<(), ApiError> {
    match text {
        Some(text) if text.chars().count() > 256 => {
            Err(ApiError::bad(20001, format!("{parameter} must be at most 256 characters long")))
        }
        _ => Ok(()),
    }
}

/// A friendly name of the resources that came from Programmable Chat: too long is 50003.
pub(crate) fn chat_name(text: Option<&str>, limit: usize) -> Result<Option<&str>, ApiError> {
    match text {
        Some(text) if text.chars().count() > limit => {
            Err(ApiError::bad(50003, format!("FriendlyName must be at most {limit} characters long")))
        }
        _ => Ok(text),
    }
}

/// A parameter that is `true` or `false`, in any case.
pub(crate) fn flag(form: &Form, parameter: &str) -> Result<Option<bool>, ApiError> {
    match form.filled(parameter) {
        None => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(text) => {
            Err(ApiError::bad(20001, format!("Invalid {parameter} {text:?}: expected true or false")))
        }
    }
}

/// A required parameter; without it 400/20001.
pub(crate) fn required<'a>(parameter: &str, value: Option<&'a str>) -> Result<&'a str, ApiError> {
    value.ok_or_else(|| ApiError::bad(20001, format!("Missing required parameter {parameter}")))
}

/// A time in a `Date…` parameter.
pub(crate) fn time(parameter: &str, value: Option<&str>) -> Result<Option<i64>, ApiError> {
    value
        .map(|text| {
            moment(text).ok_or_else(|| {
                let message = format!("{parameter} {text:?} is not a time: write 2015-12-16T22:18:37Z");
                ApiError::bad(20001, message)
            })
        })
        .transpose()
}

/// A time, or a date as the first moment of that day in UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    let date = text.parse::<Date>().ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// An ISO 8601 duration in milliseconds; days are 24 hours, months and years are not accepted.
pub(crate) fn duration(text: &str) -> Option<i64> {
    // `Span::from_str` would take jiff's own friendly format as well.
    let span = SpanParser::new().parse_span(text).ok()?;
    let duration = SignedDuration::try_from(span)
        .or_else(|_| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()))
        .ok()?;
    i64::try_from(duration.as_millis()).ok()
}

/// An absolute `http` or `https` address with a host.
pub(crate) fn is_web_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601() {
        for (text, expected) in [
            ("PT1M", Some(60_000)),
            ("PT10M", Some(600_000)),
            ("P1D", Some(86_400_000)),
            ("P2DT1S", Some(172_801_000)),
            ("P1M", None),
            ("10", None),
            ("5 minutes", None),
            ("", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
    }

    #[test]
    fn attributes_are_json_within_the_limit() {
        assert_eq!(attributes(None, 10).unwrap(), "{}");
        assert_eq!(attributes(Some("{\"a\":1}"), 10).unwrap(), "{\"a\":1}");
        assert_eq!(attributes(Some("{"), 10).unwrap_err().code, 50304);
        assert_eq!(attributes(Some("\"aaaaaaaaaa\""), 10).unwrap_err().code, 50303);
    }

    #[test]
    fn a_date_is_its_first_moment() {
        assert_eq!(moment("1970-01-02"), Some(86_400_000));
        assert_eq!(moment("1970-01-01T00:00:01Z"), Some(1000));
        assert_eq!(moment("yesterday"), None);
    }
}
