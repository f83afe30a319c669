//! The status callback of an outbound message.

use super::inbound::take_message_sid;
use crate::{
    model::MessageStatus,
    sid::{AccountSid, MessagingServiceSid, SmsSid},
    webhook::{PayloadError, fields::Fields},
};
use std::collections::BTreeMap;

/// What became of a message. Arrives in any order, and may arrive twice or not at all; message and status together
/// recognise a repetition.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageStatusUpdate {
    /// The account; check that it is one of yours.
    pub account_sid: AccountSid,
    /// Which message.
    pub message_sid: SmsSid,
    /// What became of it.
    pub message_status: MessageStatus,
    /// The messaging service that sent it, if any.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// The sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// A code of <https://www.twilio.com/docs/api/errors>; zero counts as none.
    pub error_code: Option<u32>,
    /// Twilio's words for it.
    pub error_message: Option<String>,
    /// The carrier's time, `YYMMDDhhmm`.
    pub raw_dlr_done_date: Option<String>,
    /// The channel's own event; SMS has none.
    pub event_type: Option<ChannelEvent>,
    /// The channel, such as `whatsapp`; SMS has none.
    pub channel_prefix: Option<String>,
    /// The installation of the channel in the account.
    pub channel_install_sid: Option<String>,
    /// The recipient as the channel writes them.
    pub channel_to_address: Option<String>,
    /// What the channel said.
    pub channel_status_message: Option<String>,
    /// The API's version, `2010-04-01`.
    pub api_version: Option<String>,
    /// Fields this version does not know. A second value of a name is kept as `name[2]`.
    pub extra: BTreeMap<String, String>,
}

open_enum! {
    /// What a channel other than SMS says happened.
    ChannelEvent {
        /// Opened by the person.
        Read = "READ",
    }
}

debug_shows! { MessageStatusUpdate { account_sid, message_sid, message_status, messaging_service_sid, error_code } }

impl MessageStatusUpdate {
    /// Reads a callback from the pairs of its form. `MessageStatus` counts; the legacy `SmsStatus` stands in for it.
    ///
    /// # Errors
    /// [`PayloadError`] when a field that identifies something is missing, malformed or ambiguous.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> Result<Self, PayloadError> {
        let mut fields = Fields::new(pairs);
        let message_sid = take_message_sid(&mut fields)?;
        let legacy = fields.filled("SmsStatus")?;
        let status = fields.filled("MessageStatus")?;
        if let (Some(legacy), Some(status)) = (&legacy, &status)
            && legacy != status
        {
            fields.put_back("SmsStatus", legacy.clone());
        }
        Ok(Self {
            account_sid: fields.required_sid("AccountSid")?,
            message_sid,
            message_status: status.or(legacy).ok_or(PayloadError::Missing { field: "MessageStatus" })?.into(),
            messaging_service_sid: fields.parsed("MessagingServiceSid")?,
            from: fields.filled("From")?,
            to: fields.filled("To")?,
            error_code: fields.parsed("ErrorCode")?.filter(|code| *code != 0),
            error_message: fields.filled("ErrorMessage")?,
            raw_dlr_done_date: fields.filled("RawDlrDoneDate")?,
            event_type: fields.choice("EventType")?,
            channel_prefix: fields.filled("ChannelPrefix")?,
            channel_install_sid: fields.filled("ChannelInstallSid")?,
            channel_to_address: fields.filled("ChannelToAddress")?,
            channel_status_message: fields.filled("ChannelStatusMessage")?,
            api_version: fields.filled("ApiVersion")?,
            extra: fields.rest(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(more: &[(&str, &str)]) -> Result<MessageStatusUpdate, PayloadError> {
        let hex = "b".repeat(32);
        let mut pairs = vec![
            ("MessageSid".to_owned(), format!("MM{hex}")),
            ("AccountSid".to_owned(), format!("AC{hex}")),
        ];
        pairs.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        MessageStatusUpdate::parse(&pairs)
    }

    #[test]
    fn status_error_and_unknown_fields_are_read() {
        let update = parse(&[
            ("MessageStatus", "undelivered"),
            ("SmsStatus", "undelivered"),
            ("ErrorCode", "30003"),
            ("RawDlrDoneDate", "2401020304"),
            ("EventType", "READ"),
            ("ChannelPrefix", "whatsapp"),
            ("ChannelInstallSid", "XE1"),
            ("ChannelToAddress", "+15550001111"),
            ("ChannelStatusMessage", "seen"),
            ("Brand", "new"),
        ])
        .unwrap();
        assert_eq!((update.message_status, update.error_code), (MessageStatus::Undelivered, Some(30003)));
        assert_eq!(update.event_type, Some(ChannelEvent::Read));
        assert_eq!(update.raw_dlr_done_date.as_deref(), Some("2401020304"));
        assert_eq!(
            [&update.channel_prefix, &update.channel_install_sid, &update.channel_to_address]
                .map(|text| text.as_deref().unwrap_or_default()),
            ["whatsapp", "XE1", "+15550001111"]
        );
        assert_eq!(update.channel_status_message.as_deref(), Some("seen"));
        assert_eq!(update.extra, BTreeMap::from([("Brand".to_owned(), "new".to_owned())]));
    }

    #[test]
    fn the_legacy_name_of_the_status_stands_in() {
        assert_eq!(parse(&[("SmsStatus", "sent")]).unwrap().message_status, MessageStatus::Sent);
        let both = parse(&[("SmsStatus", "sent"), ("MessageStatus", "later")]).unwrap();
        assert_eq!(both.message_status, MessageStatus::Unknown("later".into()));
        assert_eq!(both.extra["SmsStatus"], "sent");
        assert_eq!(parse(&[]), Err(PayloadError::Missing { field: "MessageStatus" }));
    }
}
