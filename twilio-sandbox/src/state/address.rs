//! Addresses of phones and senders, and the channel they belong to.

/// A channel that carries messages to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Channel {
    Sms,
    WhatsApp,
}

impl Channel {
    /// The channel of a well-formed address.
    pub(crate) fn of(address: &str) -> Option<Self> {
        match address.strip_prefix("whatsapp:") {
            Some(number) => is_e164(number).then_some(Self::WhatsApp),
            None => is_e164(address).then_some(Self::Sms),
        }
    }

    /// As REST writes it in bindings.
    pub(crate) fn lower(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::WhatsApp => "whatsapp",
        }
    }

    /// As webhooks write it.
    pub(crate) fn upper(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::WhatsApp => "WHATSAPP",
        }
    }
}

/// `+`, a digit that is not 0, and 6 to 14 more digits.
fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_with_or_without_the_whatsapp_prefix_is_an_address() {
        for (address, channel) in [
            ("+15005550006", Some(Channel::Sms)),
            ("whatsapp:+4915112345678", Some(Channel::WhatsApp)),
            ("15005550006", None),
            ("+05005550006", None),
            ("+1500555000a", None),
            ("whatsapp:15005550006", None),
            ("+12", None),
            ("", None),
        ] {
            assert_eq!(Channel::of(address), channel, "{address}");
        }
    }
}
