//! The senders.

use si_channel_core::address::{Address, Channel};
use si_channel_core::policy::CarrierKeywords;

use super::reader::{Reader, quote};

/// The senders, at least one of which is needed to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// The number that sends and receives SMS.
    pub sms: Option<Address>,
    /// The sender of WhatsApp.
    pub whatsapp: Option<Address>,
    /// Who answers STOP, START and HELP on SMS first; Twilio's default handling.
    pub sms_keywords: CarrierKeywords,
    /// Who answers them on WhatsApp first; nobody.
    pub whatsapp_keywords: CarrierKeywords,
}

/// As [`CarrierKeywords`] is written.
const KEYWORDS: [(&str, CarrierKeywords); 4] = [
    ("twilio_default", CarrierKeywords::TwilioDefault),
    ("toll_free", CarrierKeywords::TollFree),
    ("advanced", CarrierKeywords::Advanced),
    ("none", CarrierKeywords::None),
];

impl Numbers {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            sms: reader.parsed("numbers.sms", "write an E.164 number, such as +15551234567", |text| {
                sender(Channel::Sms, text)
            }),
            whatsapp: reader.parsed("numbers.whatsapp", "write whatsapp:+15551234567", |text| {
                sender(Channel::Whatsapp, text)
            }),
            sms_keywords: reader.choice("numbers.sms_keywords", CarrierKeywords::TwilioDefault, &KEYWORDS),
            whatsapp_keywords: reader.choice("numbers.whatsapp_keywords", CarrierKeywords::None, &KEYWORDS),
        }
    }
}

/// A WhatsApp sender may be written without its prefix.
fn sender(channel: Channel, text: &str) -> Result<Address, String> {
    let text = match channel {
        Channel::Whatsapp if text.starts_with('+') => format!("whatsapp:{text}"),
        _ => text.to_owned(),
    };
    let address: Address =
        text.parse().map_err(|error| format!("{} is not a sender: {error}", quote(&text)))?;
    if address.channel() == channel {
        Ok(address)
    } else {
        Err(format!("{} is a sender of {}", quote(&text), address.channel()))
    }
}
