//! What Programmable Messaging webhooks carry.
//!
//! <https://www.twilio.com/docs/messaging/guides/webhook-request>

use super::fields::Fields;
use crate::state::account::Account;
use crate::state::text::{Press, Text, error_message};

/// A phone's message, as a number's webhook gets it.
pub(crate) fn inbound(
    account: &Account,
    base: &str,
    text: &Text,
    opt_out_type: Option<&'static str>,
) -> Fields {
    let mut fields = Fields::default();
    for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
        fields.put(name, &text.sid);
    }
    fields.put("AccountSid", &account.sid);
    fields.put("From", &text.from);
    fields.put("To", &text.to);
    fields.put("Body", &text.body);
    fields.put("NumMedia", text.media.len().to_string());
    fields.put("NumSegments", text.segments.to_string());
    fields.some("MessagingServiceSid", text.messaging_service_sid.as_deref());
    fields.put("SmsStatus", "received");
    fields.put("ApiVersion", "2010-04-01");
    for (position, media) in text.media.iter().enumerate() {
        fields.put(format!("MediaContentType{position}"), &*media.content_type);
        let path =
            format!("/api/2010-04-01/Accounts/{}/Messages/{}/Media/{}", account.sid, text.sid, media.sid);
        fields.put(format!("MediaUrl{position}"), format!("{base}{path}"));
    }
    if let Some(number) = text.from.strip_prefix("whatsapp:+") {
        // WhatsApp gives a name the person chose; a simulated phone has its number.
        fields.put("ProfileName", number);
        fields.put("WaId", number);
        fields.put("MessageType", message_type(text));
        if let Some(press) = &text.press {
            pressed(&mut fields, press, text);
        }
    } else {
        // What Twilio knows of the place depends on the number; nothing is known here.
        for end in ["From", "To"] {
            for part in ["City", "State", "Zip", "Country"] {
                fields.put(format!("{end}{part}"), "");
            }
        }
    }
    fields.some("OptOutType", opt_out_type);
    fields
}

/// What WhatsApp tells of a button or a list.
fn pressed(fields: &mut Fields, press: &Press, text: &Text) {
    fields.put("OriginalRepliedMessageSid", &press.message);
    fields.put("OriginalRepliedMessageSender", &text.to);
    let (title, payload) =
        if press.is_list { ("ListTitle", "ListId") } else { ("ButtonText", "ButtonPayload") };
    fields.put(title, &press.title);
    fields.some(payload, press.payload.as_deref());
}

fn message_type(text: &Text) -> &'static str {
    if let Some(press) = &text.press {
        return if press.of_template && !press.is_list { "button" } else { "interactive" };
    }
    match text.media.first().map(|media| &*media.content_type) {
        None => "text",
        Some(kind) if kind.starts_with("image/") => "image",
        Some(kind) if kind.starts_with("audio/") => "audio",
        Some(kind) if kind.starts_with("video/") => "video",
        Some("text/vcard") => "contacts",
        Some(_) => "document",
    }
}

/// The status of a text, as its `StatusCallback` gets it.
pub(crate) fn status(account: &Account, text: &Text) -> Fields {
    let status = text.status.as_str();
    let mut fields = Fields::default();
    fields.put("MessageSid", &text.sid);
    fields.put("SmsSid", &text.sid);
    fields.put("MessageStatus", status);
    fields.put("SmsStatus", status);
    fields.put("To", &text.to);
    fields.put("From", &text.from);
    fields.put("AccountSid", &account.sid);
    fields.put("ApiVersion", "2010-04-01");
    fields.some("MessagingServiceSid", text.messaging_service_sid.as_deref());
    if let Some(code) = text.error_code {
        fields.put("ErrorCode", code.to_string());
        fields.put("ErrorMessage", error_message(code));
    }
    if let Some(number) = text.to.strip_prefix("whatsapp:") {
        fields.put("ChannelPrefix", "whatsapp");
        fields.put("ChannelToAddress", number);
        if status == "read" {
            fields.put("EventType", "READ");
        }
    }
    fields
}
