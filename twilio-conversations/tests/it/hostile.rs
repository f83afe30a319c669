//! Whatever arrives: nothing panics, and nothing unsigned is accepted.

use proptest::{collection::vec, prelude::*};
use twilio_conversations::webhook::{
    conversations::ConversationsWebhook,
    form::{self, Limits},
    messaging::{InboundMessage, MessageStatusUpdate},
    signature::{AuthToken, SigningKey, Validator},
};

fn key() -> SigningKey {
    SigningKey::new("key", AuthToken::new("12345").unwrap())
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    vec(("[A-Za-z.]{0,8}|.{0,4}", ".{0,12}"), 0..8)
}

proptest! {
    #[test]
    fn any_body_is_parsed_or_refused(body in vec(any::<u8>(), 0..600)) {
        if let Ok(pairs) = form::parse(&body, Limits::default()) {
            let _ = ConversationsWebhook::parse(&pairs);
            let _ = InboundMessage::parse(&pairs);
            let _ = MessageStatusUpdate::parse(&pairs);
        }
    }

    #[test]
    fn no_field_of_an_unknown_event_is_lost(mut given in pairs()) {
        given.retain(|(name, _)| !["AccountSid", "EventType"].contains(&name.as_str()));
        let count = given.len();
        given.push(("EventType".into(), "onSomethingNew".into()));
        given.push(("AccountSid".into(), format!("AC{}", "0".repeat(32))));
        let webhook = ConversationsWebhook::parse(&given).unwrap();
        prop_assert_eq!(webhook.extra.len(), count);
    }

    #[test]
    fn any_form_that_was_signed_is_accepted_in_any_order(given in pairs(), path in "/[a-z]{0,5}(\\?[ -~&&[^#]]{0,20})?") {
        let url = format!("https://h.example{path}");
        let signature = key().sign_form(&url, &given).unwrap();
        let reversed: Vec<_> = given.iter().rev().collect();
        let reversed: Vec<_> = reversed.into_iter().map(|(name, value)| (name, value)).collect();
        prop_assert!(Validator::new([key()]).verify_form(&url, &reversed, &signature).is_ok());
    }

    #[test]
    fn any_other_url_and_signature_are_refused(url in ".{0,60}", signature in ".{0,40}|[A-Za-z0-9+/]{27}=") {
        let validator = Validator::new([key()]);
        prop_assert!(validator.verify_get(&url, &signature).is_err());
        prop_assert!(validator.verify_websocket(&url, &signature).is_err());
        prop_assert!(validator.verify_json(&url, signature.as_bytes(), &signature).is_err());
    }
}
