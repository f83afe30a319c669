//! The signature in `X-Twilio-Signature`.
//!
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-security>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Base64 of the HMAC-SHA1 over the URL and the form's names and values in order of the names.
///
/// A GET has no form: its parameters are in the URL's query. The URL is signed as configured, without user
/// information and fragment.
pub(crate) fn sign(token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort();
    // Twilio's Node helper, which the receivers use, reads a repeated pair once.
    sorted.dedup();
    let mut message = signed_url(url);
    for (name, value) in sorted {
        message.push_str(name);
        message.push_str(value);
    }
    match Hmac::<Sha1>::new_from_slice(token.as_bytes()) {
        Ok(mut mac) => {
            mac.update(message.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
        // HMAC takes keys of any length.
        Err(_) => String::new(),
    }
}

/// The URL without user information and fragment; nothing else is touched.
pub(crate) fn signed_url(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn published_vectors() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let form = params(&[
            ("To", "+18005551212"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
        ]);
        assert_eq!(sign("12345", url, &form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        let mut more = form.clone();
        more.extend(params(&[("ReasonConferenceEnded", "test"), ("Reason", "Participant")]));
        assert_eq!(sign("12345", url, &more), "vOEb5UThFn24KEfnOFLQY2AE5FY=");
        assert_eq!(sign("12345", &url.replace("https", "http"), &more), "n2xBNyzSW7rfYStDtOFiFMv7qNo=");
        let body = params(&[("property", "value"), ("boolean", "true")]);
        assert_eq!(sign("12345", url, &body), "NBdBDr/T/lgjI+tlgpXjKZQZs/k=");
    }

    #[test]
    fn user_information_and_fragment_are_not_signed() {
        assert_eq!(signed_url("https://u:p@h.test:8443/p?q=1#rc=2"), "https://h.test:8443/p?q=1");
        assert_eq!(signed_url("https://H.test?to=a@b"), "https://H.test?to=a@b");
    }
}
