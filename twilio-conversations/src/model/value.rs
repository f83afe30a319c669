//! Values that answers and webhooks share.

use std::collections::BTreeMap;

/// The URLs of resources below or beside this one, by Twilio's names for them.
pub type Links = BTreeMap<String, Option<String>>;

open_enum! {
    /// Where a conversation is in its life: <https://www.twilio.com/docs/conversations-classic/states-timers>.
    ConversationState {
        /// Being built together with its participants; cannot be edited.
        Initializing = "initializing",
        /// In use; the default.
        Active = "active",
        /// Idle; can become active again.
        Inactive = "inactive",
        /// Ended for good; its address pairs are free again.
        Closed = "closed",
    }
}

impl ConversationState {
    /// True for every state but [`Self::Closed`]: such a conversation holds its address pairs.
    pub fn is_open(&self) -> bool {
        *self != Self::Closed
    }
}

open_enum! {
    /// How a participant is reached.
    BindingType {
        /// SMS and MMS.
        Sms = "sms",
        /// WhatsApp.
        WhatsApp = "whatsapp",
        /// A chat SDK.
        Chat = "chat",
        /// RCS.
        Rcs = "rcs",
        /// Facebook Messenger.
        Messenger = "messenger",
        /// Google Business Messages.
        Gbm = "gbm",
        /// Email.
        Email = "email",
        /// Apple Messages for Business.
        Apple = "apple",
    }
}

open_enum! {
    /// What became of a conversation's message at one participant.
    DeliveryStatus {
        /// Handed to the channel.
        Sent = "sent",
        /// Arrived on the device.
        Delivered = "delivered",
        /// Opened by the person.
        Read = "read",
        /// Refused by the channel or the carrier.
        Undelivered = "undelivered",
        /// Never handed over.
        Failed = "failed",
    }
}

open_enum! {
    /// The status of a message of the 2010 API:
    /// <https://www.twilio.com/docs/messaging/api/message-resource#message-status-values>.
    MessageStatus {
        /// Taken by a messaging service that has not chosen a sender yet.
        Accepted = "accepted",
        /// To be sent later.
        Scheduled = "scheduled",
        /// Cancelled before it was sent.
        Canceled = "canceled",
        /// Waiting for its sender's turn.
        Queued = "queued",
        /// On its way to the carrier.
        Sending = "sending",
        /// Taken by the carrier; may be the last word where carriers give no receipt.
        Sent = "sent",
        /// Arrived on the device.
        Delivered = "delivered",
        /// Some recipients of a group have it.
        PartiallyDelivered = "partially_delivered",
        /// Opened by the person (WhatsApp, RCS).
        Read = "read",
        /// Refused by the carrier.
        Undelivered = "undelivered",
        /// Never handed to the carrier.
        Failed = "failed",
        /// Inbound, still being taken.
        Receiving = "receiving",
        /// Inbound.
        Received = "received",
    }
}

open_enum! {
    /// How Twilio calls a webhook. Written in capitals by the global configuration and in small letters elsewhere.
    HttpMethod {
        /// Parameters in the query.
        Get = "GET",
        /// Parameters in the body.
        Post = "POST",
    }
}

/// Reads an error code; zero counts as none.
pub(super) fn error_code<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let code = <Option<u32> as serde::Deserialize>::deserialize(deserializer)?;
    Ok(code.filter(|code| *code != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_ignore_case_and_unknown_ones_survive() {
        assert_eq!(BindingType::from("WHATSAPP"), BindingType::WhatsApp);
        let later: DeliveryStatus = serde_json::from_str("\"Parked\"").unwrap();
        assert_eq!(later, DeliveryStatus::Unknown("Parked".into()));
        assert_eq!(serde_json::to_string(&later).unwrap(), "\"Parked\"");
        assert_eq!(
            serde_json::to_string(&MessageStatus::PartiallyDelivered).unwrap(),
            "\"partially_delivered\""
        );
    }
}
