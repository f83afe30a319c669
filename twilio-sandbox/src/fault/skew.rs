//! Dates as a clock that is wrong would write them.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Shifts every date in an answer.
pub(crate) fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            if let Some(shifted) = shifted(text, by) {
                *text = shifted;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Object(fields) => fields.values_mut().for_each(|field| shift(field, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same moment by the wrong clock, written as before; `None` when the text is no date.
pub(crate) fn shifted(text: &str, by: SignedDuration) -> Option<String> {
    let bytes = text.as_bytes();
    // 2015-12-16T22:18:37Z or with milliseconds; Wed, 16 Dec 2015 22:18:37 +0000.
    if matches!(bytes.len(), 20 | 24) && bytes[10] == b'T' && bytes.ends_with(b"Z") {
        let at = text.parse::<Timestamp>().ok()?.checked_add(by).ok()?;
        let format = if bytes.len() == 20 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S.%3fZ" };
        return Some(at.strftime(format).to_string());
    }
    if bytes.len() == 31 && text.ends_with(" +0000") {
        let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.checked_add(by).ok()?;
        return Some(at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_shifted_and_nothing_else() {
        let mut value = json!({
            "date_created": "2015-12-16T22:18:37Z", "body": "at 2015-12-16T22:18:37Z", "index": 2015,
            "items": [{"at": "2015-12-16T22:18:37.250Z", "sent": "Wed, 16 Dec 2015 22:18:37 +0000"}, null],
        });
        shift(&mut value, SignedDuration::from_secs(-120));
        let expected = json!({
            "date_created": "2015-12-16T22:16:37Z", "body": "at 2015-12-16T22:18:37Z", "index": 2015,
            "items": [{"at": "2015-12-16T22:16:37.250Z", "sent": "Wed, 16 Dec 2015 22:16:37 +0000"}, null],
        });
        assert_eq!(value, expected);
    }
}
