//! Each resource as Twilio documents it: read, and written back the same.

use crate::support::{HEX, conversation_json, sid};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use twilio_conversations::model::{
    AddressConfiguration, AddressType, AutoCreationType, BindingType, Configuration, ConfigurationWebhook,
    Conversation, ConversationState, ConversationWebhook, DeliveryExtent, DeliveryStatus, HttpMethod,
    IncomingPhoneNumber, Message, MessageStatus, Participant, ParticipantConversation, Receipt,
    WebhookTarget, messaging,
};

/// Reads the value, checks that all it writes was in the value, and returns the resource.
fn read<T: DeserializeOwned + Serialize>(text: &str) -> T {
    let value: Value = serde_json::from_str(&text.replace("??", HEX)).unwrap();
    let resource: T = serde_json::from_value(value.clone()).unwrap();
    let Value::Object(written) = serde_json::to_value(&resource).unwrap() else { panic!("not an object") };
    for (name, written) in written {
        if value.get(&name).is_some_and(|given| !given.is_null()) && !written.is_null() {
            assert_eq!(written, value[&name], "{name}");
        }
    }
    resource
}

#[test]
fn conversation() {
    let full: Conversation = read(
        r#"{"sid":"CH??","account_sid":"AC??","chat_service_sid":"IS??","messaging_service_sid":"MG??",
        "friendly_name":"Trip","unique_name":"t","attributes":"{\"topic\":\"trip\"}","state":"inactive",
        "date_created":"2024-01-02T03:04:05Z","date_updated":"2024-01-02T03:04:05.678Z",
        "timers":{"date_inactive":"2024-01-02T04:04:05Z"},"bindings":{"email":{"projected_address":"a@b.example","name":"A"}},
        "url":"https://conversations.twilio.com/v1/Conversations/CH??","links":{"messages":"x"},"later":1}"#,
    );
    assert_eq!(full.state, ConversationState::Inactive);
    assert!(full.state.is_open());
    assert_eq!(
        full.timers.as_ref().unwrap().date_inactive.as_ref().unwrap().as_str(),
        "2024-01-02T04:04:05Z"
    );
    assert!(!format!("{full:?}").contains("b.example"));
    let bare: Conversation = serde_json::from_value(conversation_json()).unwrap();
    assert_eq!(bare.timers, Some(<_>::default()));
}

#[test]
fn participants_of_every_kind() {
    let with = |identity: &str, binding: &str| -> Participant {
        read(&format!(
            r#"{{"sid":"MB??","account_sid":"AC??","conversation_sid":"CH??","identity":{identity},"attributes":"{{}}",
            "messaging_binding":{binding},"role_sid":"RL??","date_created":"2024-01-02T03:04:05Z",
            "date_updated":"2024-01-02T03:04:05Z","url":"u","last_read_message_index":null,"last_read_timestamp":null}}"#
        ))
    };
    let phone = with(
        "null",
        r#"{"type":"whatsapp","address":"whatsapp:+15550001111","proxy_address":"whatsapp:+15550002222"}"#,
    );
    assert_eq!(phone.messaging_binding.as_ref().unwrap().binding_type, Some(BindingType::WhatsApp));
    assert!(!format!("{phone:?}").contains("555"));
    assert_eq!(with("\"si\"", "null").messaging_binding, None);
    let projected = with("\"si\"", r#"{"type":"sms","projected_address":"+15550002222"}"#);
    assert_eq!(projected.messaging_binding.unwrap().address, None);
    let later = with("null", r#"{"type":"pigeon","address":"coop 4"}"#);
    assert_eq!(later.messaging_binding.unwrap().binding_type, Some(BindingType::Unknown("pigeon".into())));
}

#[test]
fn message_and_receipt() {
    let message: Message = read(
        r#"{"sid":"IM??","account_sid":"AC??","conversation_sid":"CH??","index":3,"author":"system","body":null,
        "media":[{"sid":"ME??","content_type":"image/png","filename":"c.png","size":42}],"attributes":"{}",
        "participant_sid":null,"date_created":"2024-01-02T03:04:05Z","date_updated":"2024-01-02T03:04:05Z",
        "delivery":{"total":2,"sent":"all","delivered":"some","read":"none","failed":"none","undelivered":"later"},
        "content_sid":null,"url":"u","links":{"delivery_receipts":"x","channel_metadata":null}}"#,
    );
    assert_eq!(message.media.unwrap()[0].size, Some(42));
    let delivery = message.delivery.unwrap();
    assert_eq!(
        (delivery.sent, delivery.undelivered),
        (DeliveryExtent::All, DeliveryExtent::Unknown("later".into()))
    );

    for (code, expected) in [("0", None), ("null", None), ("30003", Some(30003))] {
        let receipt: Receipt = read(&format!(
            r#"{{"sid":"DY??","account_sid":"AC??","conversation_sid":"CH??","message_sid":"IM??",
            "channel_message_sid":"WA??","participant_sid":"MB??","status":"undelivered","error_code":{code},
            "date_created":"2024-01-02T03:04:05Z","date_updated":"2024-01-02T03:04:05Z","url":"u"}}"#
        ));
        assert_eq!((receipt.status, receipt.error_code), (DeliveryStatus::Undelivered, expected));
        assert_eq!(receipt.channel_message_sid, Some(sid("WA")));
    }
}

#[test]
fn webhooks_and_configuration() {
    let hook: ConversationWebhook = read(
        r#"{"sid":"WH??","account_sid":"AC??","conversation_sid":"CH??","target":"webhook",
        "configuration":{"url":"https://h/","method":"GET","filters":["onMessageAdded"],"replay_after":-1},
        "date_created":"2024-01-02T03:04:05Z","date_updated":"2024-01-02T03:04:05Z","url":"u"}"#,
    );
    assert_eq!(hook.target, WebhookTarget::Webhook);
    assert_eq!(hook.configuration.unwrap().method, Some(HttpMethod::Get));
    let global: ConfigurationWebhook = read(
        r#"{"account_sid":"AC??","method":"POST","filters":["onMessageAdd"],"pre_webhook_url":"https://h/pre",
        "post_webhook_url":null,"target":"webhook","url":"u"}"#,
    );
    assert_eq!(global.filters, ["onMessageAdd"]);
    let unset: ConfigurationWebhook =
        read(r#"{"account_sid":"AC??","chat_service_sid":"IS??","filters":null}"#);
    assert!(unset.filters.is_empty() && unset.target.is_none());
    let defaults: Configuration = read(
        r#"{"account_sid":"AC??","default_chat_service_sid":"IS??","default_messaging_service_sid":"MG??",
        "default_inactive_timer":"PT1M","default_closed_timer":null,"url":"u"}"#,
    );
    assert_eq!(defaults.default_inactive_timer.as_deref(), Some("PT1M"));
}

#[test]
fn addresses_and_participations() {
    let address: AddressConfiguration = read(
        r#"{"sid":"IG??","account_sid":"AC??","type":"sms","address":"+15550002222","friendly_name":"Main",
        "auto_creation":{"enabled":true,"type":"webhook","conversation_service_sid":"IS??","webhook_url":"https://h/",
        "webhook_method":"POST","webhook_filters":["onMessageAdded"]},"address_country":null,
        "date_created":"2024-01-02T03:04:05Z","date_updated":"2024-01-02T03:04:05Z","url":"u"}"#,
    );
    assert_eq!(address.address_type, AddressType::Sms);
    assert_eq!(address.auto_creation.unwrap().creation_type, Some(AutoCreationType::Webhook));
    let participation: ParticipantConversation = read(
        r#"{"account_sid":"AC??","chat_service_sid":"IS??","participant_sid":"MB??","participant_user_sid":null,
        "participant_identity":null,"participant_messaging_binding":{"type":"sms","address":"+15550001111",
        "proxy_address":"+15550002222"},"conversation_sid":"CH??","conversation_unique_name":null,
        "conversation_friendly_name":null,"conversation_attributes":"{}","conversation_date_created":"2024-01-02T03:04:05Z",
        "conversation_date_updated":"2024-01-02T03:04:05Z","conversation_created_by":"system","conversation_state":"closed",
        "conversation_timers":{},"links":{}}"#,
    );
    assert_eq!(participation.conversation_state, ConversationState::Closed);
    assert!(!participation.conversation_state.is_open());
}

#[test]
fn the_2010_message_and_number() {
    let message: messaging::Message = read(
        r#"{"sid":"SM??","account_sid":"AC??","messaging_service_sid":null,"from":null,"to":"+15550001111","body":"hi",
        "direction":"outbound-api","status":"accepted","error_code":null,"error_message":null,"num_segments":"1",
        "num_media":"0","price":null,"price_unit":"USD","date_created":"Thu, 24 Aug 2023 05:01:45 +0000",
        "date_updated":"Thu, 24 Aug 2023 05:01:45 +0000","date_sent":null,"uri":"/2010-04-01/x","api_version":"2010-04-01"}"#,
    );
    assert_eq!((message.status, message.num_segments), (MessageStatus::Accepted, Some(1)));
    let number: IncomingPhoneNumber = read(
        r#"{"sid":"PN??","account_sid":"AC??","phone_number":"+15550002222","friendly_name":"n",
        "capabilities":{"voice":true,"sms":true,"mms":false,"fax":false},"sms_url":"","sms_method":"POST","voice_url":null,
        "status_callback":"https://h/","status":"in-use"}"#,
    );
    assert_eq!((number.sms_url, number.voice_url), (None, None));
    assert_eq!(number.status_callback.as_deref(), Some("https://h/"));
    assert!(number.capabilities.unwrap().sms);
}

#[test]
fn a_resource_without_its_sid_is_refused() {
    let mut value = conversation_json();
    value["sid"] = json!("CH1");
    assert!(serde_json::from_value::<Conversation>(value).is_err());
}
