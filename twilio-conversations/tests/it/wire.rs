//! Each resource as Twilio documents it: read, and written back the same.

use crate::support::{HEX, conversation_json, sid};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use twilio_conversations::model::{
    AddressConfiguration, AddressType, AutoCreationType, Binding, BindingType, Configuration,
    ConfigurationWebhook, Conversation, ConversationState, ConversationWebhook, Credential, DeliveryExtent,
    DeliveryStatus, HttpMethod, IncomingPhoneNumber, Message, MessageStatus, Notification, NotificationLevel,
    Participant, ParticipantConversation, PushBindingType, PushType, Receipt, Role, RoleType, Service,
    ServiceConfiguration, User, UserConversation, WebhookTarget,
    content::{
        ApprovalCategory, ApprovalStatus, Approvals, Content, ContentAndApprovals, ContentType, LegacyContent,
    },
    lookup::{LineType, Lookup, ValidationError},
    messaging,
    messaging_service::{
        ChannelSender, DestinationAlphaSender, MessagingService, ServicePhoneNumber, ServiceShortCode,
    },
    usa2p::{CampaignStatus, UsAppToPerson},
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

#[test]
fn users_roles_and_services() {
    let user: User = read(
        r#"{"sid":"US??","account_sid":"AC??","chat_service_sid":"IS??","role_sid":"RL??","identity":"ann",
        "friendly_name":"Ann","attributes":"{}","is_online":true,"is_notifiable":null,"date_created":"2024-01-02T03:04:05Z",
        "date_updated":"2024-01-02T03:04:05Z","url":"u","links":{"user_conversations":"x"}}"#,
    );
    assert!(!format!("{user:?}").contains("nn\""));
    assert_eq!(user.links.unwrap()["user_conversations"].as_deref(), Some("x"));
    let seen: UserConversation = read(
        r#"{"account_sid":"AC??","chat_service_sid":"IS??","conversation_sid":"CH??","unread_messages_count":100,
        "last_read_message_index":7,"participant_sid":"MB??","user_sid":"US??","friendly_name":"n",
        "conversation_state":"inactive","timers":{"date_closed":"2015-12-16T22:28:38Z"},"attributes":"{}",
        "date_created":"2015-07-30T20:00:00Z","date_updated":"2015-07-30T20:00:00Z","created_by":"system",
        "notification_level":"muted","unique_name":"u","url":"u","links":{"participant":"p","conversation":"c"}}"#,
    );
    assert_eq!(seen.notification_level, Some(NotificationLevel::Muted));
    let role: Role = read(
        r#"{"sid":"RL??","account_sid":"AC??","chat_service_sid":"IS??","friendly_name":"guest","type":"service",
        "permissions":["sendMessage"],"date_created":"2016-03-03T19:47:15Z","date_updated":"2016-03-03T19:47:15Z","url":"u"}"#,
    );
    assert_eq!(role.role_type, RoleType::Service);
    let credential: Credential = read(
        r#"{"sid":"CR??","account_sid":"AC??","friendly_name":"n","type":"apn","sandbox":"False",
        "date_created":"2015-10-07T17:50:01Z","date_updated":"2015-10-07T17:50:01Z","url":"u"}"#,
    );
    assert_eq!(credential.push_type, PushType::Apn);
    let service: Service = read(
        r#"{"account_sid":"AC??","sid":"IS??","friendly_name":"n","date_created":"2015-10-07T17:50:01Z",
        "date_updated":"2015-10-07T17:50:01Z","url":"u","links":{"users":"x"}}"#,
    );
    assert_eq!(service.friendly_name.as_deref(), Some("n"));
    let defaults: ServiceConfiguration = read(
        r#"{"chat_service_sid":"IS??","default_conversation_creator_role_sid":"RL??","default_conversation_role_sid":"RL??",
        "default_chat_service_role_sid":"RL??","reachability_enabled":false,"url":"u","links":{"notifications":"x"}}"#,
    );
    assert_eq!(defaults.reachability_enabled, Some(false));
}

#[test]
fn bindings_and_notifications() {
    let binding: Binding = read(
        r#"{"sid":"BS??","account_sid":"AC??","chat_service_sid":"IS??","credential_sid":"CR??","endpoint":"token",
        "identity":"ann","binding_type":"fcm","message_types":["new_message"],"date_created":"2016-10-21T11:37:03Z",
        "date_updated":"2016-10-21T11:37:03Z","url":"u"}"#,
    );
    assert_eq!(binding.binding_type, Some(PushBindingType::Fcm));
    assert!(!format!("{binding:?}").contains("token"));
    let notification: Notification = read(
        r#"{"account_sid":"AC??","chat_service_sid":"IS??","log_enabled":false,
        "added_to_conversation":{"enabled":true,"template":"in","sound":"ring"},
        "new_message":{"enabled":true,"template":"t","badge_count_enabled":false,"sound":"ring",
        "with_media":{"enabled":false,"template":"m"}},"removed_from_conversation":{"enabled":false},"url":"u"}"#,
    );
    let media = notification.new_message.unwrap().with_media.unwrap();
    assert_eq!(media.template.as_deref(), Some("m"));
}

#[test]
fn content_with_its_approval() {
    let content: Content = read(
        r#"{"sid":"HX??","account_sid":"AC??","friendly_name":"n","language":"en","variables":{"1":"foo"},
        "types":{"twilio/location":{"longitude":104.5,"latitude":39.5,"label":"Here"},"twilio/text":{"body":"hi"}},
        "url":"u","date_created":"2015-07-30T19:00:00Z","date_updated":"2015-07-30T19:00:00Z","links":{"approval_fetch":"x"}}"#,
    );
    assert_eq!(
        content.types.as_slice().iter().map(ContentType::name).collect::<Vec<_>>(),
        ["twilio/location", "twilio/text"]
    );
    let both: ContentAndApprovals = read(
        r#"{"sid":"HX??","account_sid":"AC??","friendly_name":"n","language":"en","variables":{},"types":{},
        "approval_requests":{"name":"","category":"TRANSACTIONAL","content_type":"","status":"approved",
        "rejection_reason":"","allow_category_change":true},"date_created":"d","date_updated":"d"}"#,
    );
    let approval = both.approval_requests.unwrap();
    assert_eq!(approval.status, Some(ApprovalStatus::Approved));
    assert_eq!(approval.category, Some(ApprovalCategory::Unknown("TRANSACTIONAL".into())));
    let legacy: LegacyContent = read(
        r#"{"sid":"HX??","account_sid":"AC??","friendly_name":"n","language":"en","variables":{},"types":{},
        "legacy_template_name":"tree","legacy_body":"b","url":"u","date_created":"d","date_updated":"d"}"#,
    );
    assert_eq!(legacy.legacy_template_name.as_deref(), Some("tree"));
    let approvals: Approvals = read(r#"{"sid":"HX??","account_sid":"AC??","whatsapp":null,"url":"u"}"#);
    assert_eq!(approvals.whatsapp, None);
}

#[test]
fn files_and_feedback_of_the_2010_message() {
    let media: messaging::Media = read(
        r#"{"sid":"ME??","account_sid":"AC??","parent_sid":"MM??","content_type":"image/jpeg",
        "date_created":"Thu, 24 Aug 2023 05:01:45 +0000","date_updated":"Thu, 24 Aug 2023 05:01:45 +0000","uri":"/x"}"#,
    );
    assert_eq!(media.content_type.as_deref(), Some("image/jpeg"));
    let feedback: messaging::Feedback = read(
        r#"{"account_sid":"AC??","message_sid":"SM??","outcome":"confirmed","date_created":"d","date_updated":"d","uri":"/x"}"#,
    );
    assert_eq!(feedback.outcome, messaging::FeedbackOutcome::Confirmed);
}

#[test]
fn messaging_services_and_senders() {
    let service: MessagingService = read(
        r#"{"sid":"MG??","account_sid":"AC??","friendly_name":"n","date_created":"d","date_updated":"d",
        "inbound_request_url":"https://u:secret@h/","inbound_method":"POST","fallback_url":null,"fallback_method":"GET",
        "status_callback":null,"sticky_sender":true,"mms_converter":true,"smart_encoding":false,
        "scan_message_content":"inherit","fallback_to_long_code":true,"area_code_geomatch":true,
        "synchronous_validation":false,"validity_period":600,"url":"u","links":{"phone_numbers":"x"},"usecase":"marketing",
        "us_app_to_person_registered":false,"use_inbound_webhook_on_number":true}"#,
    );
    assert_eq!((service.validity_period, service.sticky_sender), (Some(600), Some(true)));
    assert!(!format!("{service:?}").contains("secret"));
    let number: ServicePhoneNumber = read(
        r#"{"sid":"PN??","account_sid":"AC??","service_sid":"MG??","date_created":"d","date_updated":"d",
        "phone_number":"+1","country_code":"US","capabilities":["SMS","MMS"],"url":"u"}"#,
    );
    assert_eq!(number.capabilities.unwrap(), ["SMS", "MMS"]);
    let code: ServiceShortCode = read(
        r#"{"sid":"SC??","account_sid":"AC??","service_sid":"MG??","date_created":"d","date_updated":"d",
        "short_code":"12345","country_code":"US","capabilities":[],"url":"u"}"#,
    );
    assert_eq!(code.short_code.as_deref(), Some("12345"));
    let alpha: DestinationAlphaSender = read(
        r#"{"sid":"AI??","account_sid":"AC??","service_sid":"MG??","date_created":"d","date_updated":"d",
        "alpha_sender":"SI","iso_country_code":"DE","capabilities":["SMS"],"url":"u"}"#,
    );
    assert_eq!(alpha.iso_country_code.as_deref(), Some("DE"));
    let sender: ChannelSender = read(
        r#"{"sid":"XE??","account_sid":"AC??","messaging_service_sid":"MG??","sender":"whatsapp:+1",
        "sender_type":"WhatsApp","country_code":"US","date_created":"d","date_updated":"d","url":"u"}"#,
    );
    assert_eq!(sender.sender.as_deref(), Some("whatsapp:+1"));
    let campaign: UsAppToPerson = read(
        r#"{"sid":"QE??","account_sid":"AC??","brand_registration_sid":"BN??","messaging_service_sid":"MG??",
        "description":"d","message_samples":["a","b"],"us_app_to_person_usecase":"MARKETING","has_embedded_links":true,
        "campaign_status":"IN_PROGRESS","rate_limits":{"att":{"mps":600}},"errors":[{"error_code":30886}]}"#,
    );
    assert_eq!(campaign.campaign_status, Some(CampaignStatus::InProgress));
}

#[test]
fn lookups() {
    let lookup: Lookup = read(
        r#"{"calling_country_code":"1","country_code":"US","phone_number":"+15550001111","national_format":"(555) 000-1111",
        "valid":false,"validation_errors":["TOO_SHORT"],"caller_name":null,
        "sim_swap":{"last_sim_swap":{"last_sim_swap_date":"d","swapped_period":"PT48H","swapped_in_period":true},
        "carrier_name":"c","mobile_country_code":"310","mobile_network_code":"456","error_code":null},
        "line_type_intelligence":{"mobile_country_code":"310","mobile_network_code":"456","carrier_name":"c",
        "type":"landline","error_code":null},"sms_pumping_risk":{"carrier_risk_category":"low","number_blocked":false,
        "number_blocked_date":null,"number_blocked_last_3_months":false,"sms_pumping_risk_score":2,"error_code":null},
        "reassigned_number":{"last_verified_date":"20201227","is_number_reassigned":"no","error_code":null},"url":"u"}"#,
    );
    assert_eq!(lookup.validation_errors.as_deref(), Some(&[ValidationError::TooShort][..]));
    assert!(!format!("{lookup:?}").contains("555"));
    assert_eq!(lookup.line_type_intelligence.unwrap().line_type, Some(LineType::Landline));
    let nobody: Lookup = read(
        r#"{"phone_number":"+1","valid":true,"line_type_intelligence":{"mobile_country_code":null,
        "mobile_network_code":null,"carrier_name":null,"type":"unknown","error_code":null}}"#,
    );
    assert_eq!(nobody.line_type_intelligence.unwrap().line_type, Some(LineType::UnknownType));
}
