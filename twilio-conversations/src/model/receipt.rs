use super::{DeliveryStatus, value::error_code};
use crate::{
    Timestamp,
    sid::{
        AccountSid, ChannelMessageSid, ConversationSid, MessageSid, ParticipantSid, ReceiptSid, ServiceSid,
    },
};
use serde::{Deserialize, Serialize};

/// What became of a message at one participant:
/// <https://www.twilio.com/docs/conversations-classic/api/receipt-resource>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Its SID.
    pub sid: ReceiptSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The conversation service it belongs to; in answers below a service.
    pub chat_service_sid: Option<ServiceSid>,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The message.
    pub message_sid: MessageSid,
    /// The message that the channel carried.
    pub channel_message_sid: Option<ChannelMessageSid>,
    /// Who it was for.
    pub participant_sid: Option<ParticipantSid>,
    /// What became of it.
    pub status: DeliveryStatus,
    /// A code of <https://www.twilio.com/docs/api/errors>; zero counts as none.
    #[serde(default, deserialize_with = "error_code")]
    pub error_code: Option<u32>,
    /// When the receipt was made.
    pub date_created: Option<Timestamp>,
    /// When it last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
}
