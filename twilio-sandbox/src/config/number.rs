//! Senders with what carriers know of them.

use crate::state::sender::SenderProfile;
pub use crate::state::sender::SenderType;

/// A sender of an account and what carriers know of it. `None` is what its digits say, or the usual.
///
/// # Examples
///
/// ```
/// use twilio_sandbox::{NumberConfig, SandboxConfig, SenderType};
///
/// let config = SandboxConfig {
///     number_settings: vec![
///         NumberConfig { throughput: Some(0.5), ..NumberConfig::new("+15005550006") },
///         NumberConfig { sender_type: Some(SenderType::Landline), ..NumberConfig::new("+12125550100") },
///         NumberConfig::new("12345"),
///     ],
///     ..SandboxConfig::default()
/// };
/// assert_eq!(config.number_settings[2].number, "12345");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumberConfig {
    /// E.164, `whatsapp:` and E.164, or a short code of five or six digits.
    pub number: String,
    /// Its type, such as a landline's that has no SMS.
    pub sender_type: Option<SenderType>,
    /// Its country (ISO 3166-1); a short code is American otherwise.
    pub country: Option<String>,
    /// Whether a long code is registered for 10DLC, or a toll-free number verified; it is unless this says no.
    /// Texts of others to their country do not get through (30034, 30032).
    pub a2p_registered: Option<bool>,
    /// Segments per second, in place of Twilio's for its type; heeded with
    /// [`Throughput::Twilio`](crate::Throughput::Twilio) alone.
    pub throughput: Option<f64>,
    /// Texts to the United States per day of the sandbox's clock (UTC), as carriers cap them (30023); of a WhatsApp sender,
    /// people it writes to outside of their 24 hours (63018). No limit otherwise.
    pub daily_limit: Option<u32>,
}

impl NumberConfig {
    /// A sender as its digits describe it.
    pub fn new(number: impl Into<String>) -> Self {
        Self { number: number.into(), ..Self::default() }
    }

    pub(crate) fn profile(&self) -> SenderProfile {
        SenderProfile {
            kind: self.sender_type,
            country: self.country.clone(),
            a2p_registered: self.a2p_registered,
            throughput: self.throughput,
            daily_limit: self.daily_limit,
        }
    }
}
