//! Signatures of Standard Webhooks: <https://github.com/standard-webhooks/standard-webhooks>.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// Bytes of a secret; 24 to 64 are allowed.
const BYTES: usize = 32;

/// What signs, as text: `whsec_` and base64. It does not show in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub fn fresh() -> Self {
        let mut bytes = [0; BYTES];
        // Without randomness signatures could be forged; a process without it must not go on.
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }

    /// The text, for whoever checks.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        let key = STANDARD.decode(self.0.strip_prefix(PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The header `webhook-signature`: one signature of each secret, parted by spaces.
pub fn signatures(secrets: &[&Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signed: Vec<_> = secrets.iter().filter_map(|secret| secret.sign(id, timestamp, body)).collect();
    signed.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_published_example() {
        let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let body = br#"{"test": 2432232314}"#;
        let signed = signatures(&[&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let two =
            signatures(&[&Secret::fresh(), &secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert!(two.ends_with(&format!(" {signed}")) && two.split(' ').count() == 2);
    }

    #[test]
    fn a_secret_is_new_each_time_and_does_not_show() {
        let (one, two) = (Secret::fresh(), Secret::fresh());
        assert!(one != two && one.expose().starts_with(PREFIX));
        assert_eq!(format!("{one:?}"), "Secret");
    }
}
