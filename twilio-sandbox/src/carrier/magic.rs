//! The numbers that Twilio answers with an error to test credentials.
//!
//! <https://www.twilio.com/docs/iam/test-credentials#test-sms-messages>

use crate::error::ApiError;

/// What writing to a magic number is answered with.
pub(crate) fn to(number: &str) -> Option<ApiError> {
    let (code, message) = match number {
        "+15005550001" => (21211, "Invalid 'To' Phone Number: +15005550001"),
        "+15005550002" => (21612, "The message cannot be sent with this combination of 'To' and 'From'"),
        "+15005550003" => {
            (21408, "Permission to send an SMS has not been enabled for the region of +15005550003")
        }
        "+15005550004" => (21610, "Attempt to send to unsubscribed recipient"),
        "+15005550009" => (21614, "'To' number is not a valid mobile number: +15005550009"),
        _ => return None,
    };
    Some(ApiError::bad(code, message))
}

/// What writing from a magic number is answered with. All others are nobody's, as everywhere.
pub(crate) fn from(number: &str) -> Option<ApiError> {
    let (code, message) = match number {
        "+15005550001" => (21212, "The 'From' number +15005550001 is not a valid phone number"),
        "+15005550008" => (21611, "This 'From' number has exceeded the maximum number of queued messages"),
        _ => return None,
    };
    Some(ApiError::bad(code, message))
}
