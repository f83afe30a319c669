use super::*;
use crate::{
    model::{BindingType, ConversationState, DeliveryStatus},
    webhook::PayloadError,
};
use serde_json::json;

const HEX: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A webhook of this type with the common fields and those given; `??` in a value stands for 32 digits.
fn pairs(event_type: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let common = [("AccountSid", "AC??"), ("EventType", event_type), ("Source", "API")];
    common.iter().chain(more).map(|(n, v)| ((*n).to_owned(), v.replace("??", HEX))).collect()
}

fn parse(event_type: &str, more: &[(&str, &str)]) -> ConversationsWebhook {
    ConversationsWebhook::parse(&pairs(event_type, more)).unwrap()
}

/// Every documented event with the SIDs it must carry.
const EVENTS: [(&str, &[&str], bool); 23] = [
    ("onConversationAdd", &[], true),
    ("onConversationAdded", &["ConversationSid"], false),
    ("onConversationUpdate", &["ConversationSid"], true),
    ("onConversationUpdated", &["ConversationSid"], false),
    ("onConversationRemove", &["ConversationSid"], true),
    ("onConversationRemoved", &["ConversationSid"], false),
    ("onConversationStateUpdated", &["ConversationSid", "StateTo"], false),
    ("onMessageAdd", &["ConversationSid"], true),
    ("onMessageAdded", &["ConversationSid", "MessageSid"], false),
    ("onMessageUpdate", &["ConversationSid", "MessageSid"], true),
    ("onMessageUpdated", &["ConversationSid", "MessageSid"], false),
    ("onMessageRemove", &["ConversationSid", "MessageSid"], true),
    ("onMessageRemoved", &["ConversationSid", "MessageSid"], false),
    ("onParticipantAdd", &["ConversationSid"], true),
    ("onParticipantAdded", &["ConversationSid", "ParticipantSid"], false),
    ("onParticipantUpdate", &["ConversationSid", "ParticipantSid"], true),
    ("onParticipantUpdated", &["ConversationSid", "ParticipantSid"], false),
    ("onParticipantRemove", &["ConversationSid", "ParticipantSid"], true),
    ("onParticipantRemoved", &["ConversationSid", "ParticipantSid"], false),
    ("onDeliveryUpdated", &["ConversationSid", "MessageSid", "DeliveryReceiptSid", "Status"], false),
    ("onUserAdded", &["UserSid"], false),
    ("onUserUpdate", &["UserSid"], true),
    ("onUserUpdated", &["UserSid"], false),
];

fn value(field: &str) -> &'static str {
    match field {
        "ConversationSid" => "CH??",
        "MessageSid" => "IM??",
        "ParticipantSid" => "MB??",
        "DeliveryReceiptSid" => "DY??",
        "UserSid" => "US??",
        "StateTo" => "closed",
        _ => "delivered",
    }
}

#[test]
fn every_event_needs_its_identifying_fields_and_no_other() {
    for (name, required, pre_action) in EVENTS {
        let fields: Vec<_> = required.iter().map(|field| (*field, value(field))).collect();
        let webhook = parse(name, &fields);
        assert_eq!(webhook.event_type().as_str(), name);
        assert_eq!(webhook.event_type().is_pre_action(), pre_action, "{name}");
        assert!(!matches!(webhook.event, ConversationsEvent::Unknown { .. }), "{name}");
        assert_eq!(
            webhook.event.conversation_sid().is_some(),
            required.contains(&"ConversationSid"),
            "{name}"
        );
        assert!(webhook.extra.is_empty(), "{name}");
        for field in required {
            let others: Vec<_> = fields.iter().copied().filter(|(n, _)| n != field).collect();
            let error = ConversationsWebhook::parse(&pairs(name, &others)).unwrap_err();
            assert_eq!(error, PayloadError::Missing { field }, "{name}");
        }
    }
}

#[test]
fn a_message_with_media_is_read_whole() {
    let media = format!(
        r#"[{{"Sid":"ME{HEX}","Filename":"cat.png","ContentType":"image/png","Size":42,"Later":1}}]"#
    );
    let webhook = parse(
        "onMessageAdded",
        &[
            ("ConversationSid", "CH??"),
            ("MessageSid", "IM??"),
            ("Index", "7"),
            ("Body", " hi "),
            ("Author", "+15550001111"),
            ("ParticipantSid", ""),
            ("Attributes", r#"{"x":1}"#),
            ("Media", &media),
            ("DateCreated", "2016-03-24T20:37:57.123Z"),
            ("ChatServiceSid", "IS??"),
            ("NewField", "kept"),
        ],
    );
    let ConversationsEvent::MessageAdded(message) = &webhook.event else { panic!("{webhook:?}") };
    assert_eq!(
        (message.index, message.body.as_str(), message.author.as_str()),
        (Some(7), " hi ", "+15550001111")
    );
    assert_eq!(message.participant_sid, None);
    assert_eq!(message.attributes.get("x"), Some(json!(1)));
    assert_eq!(message.media[0].size, Some(42));
    assert_eq!(message.media[0].filename.as_deref(), Some("cat.png"));
    assert_eq!(message.date_created.as_ref().unwrap().as_str(), "2016-03-24T20:37:57.123Z");
    assert!(webhook.chat_service_sid.is_some());
    assert_eq!(webhook.extra["NewField"], "kept");
    let shown = format!("{webhook:?}");
    assert!(!shown.contains("hi ") && !shown.contains("555") && !shown.contains("cat"), "{shown}");
}

#[test]
fn unknown_events_and_unreadable_values_are_kept() {
    let webhook = parse("onPollOpened", &[("PollSid", "PO1"), ("ConversationSid", "odd")]);
    assert_eq!(webhook.event, ConversationsEvent::Unknown { event_type: "onPollOpened".into() });
    assert_eq!(webhook.extra["PollSid"], "PO1");
    assert_eq!(webhook.extra["ConversationSid"], "odd");

    let webhook = parse("onMessageAdd", &[("ConversationSid", "CH??"), ("Media", "{broken")]);
    assert_eq!(webhook.extra["Media"], "{broken");

    let more = [("ConversationSid", "CH??"), ("ParticipantSid", "x"), ("ChatServiceSid", "y")];
    let webhook = parse("onMessageAdd", &more);
    assert_eq!(
        (webhook.extra["ParticipantSid"].as_str(), webhook.extra["ChatServiceSid"].as_str()),
        ("x", "y")
    );
}

#[test]
fn malformed_and_ambiguous_identifiers_are_refused() {
    for (name, bad) in [("ConversationSid", "CH12"), ("MessageSid", "SM??")] {
        let mut fields = vec![("ConversationSid", "CH??"), ("MessageSid", "IM??")];
        fields.retain(|(n, _)| *n != name);
        fields.push((name, bad));
        let error = ConversationsWebhook::parse(&pairs("onMessageAdded", &fields)).unwrap_err();
        assert!(matches!(error, PayloadError::Sid { field, .. } if field == name), "{error}");
    }
    let twice = [("ConversationSid", "CH??"), ("Author", "ann"), ("Author", "bob")];
    let error = ConversationsWebhook::parse(&pairs("onMessageAdd", &twice)).unwrap_err();
    assert_eq!(error, PayloadError::Repeated { field: "Author" });
    assert_eq!(
        ConversationsWebhook::parse::<&str, &str>(&[]),
        Err(PayloadError::Missing { field: "EventType" })
    );
    let no_account = [("EventType".to_owned(), "onMessageAdd".to_owned())];
    assert_eq!(ConversationsWebhook::parse(&no_account), Err(PayloadError::Missing { field: "AccountSid" }));
}

#[test]
fn deliveries_read_both_names_of_the_status_and_no_zero_code() {
    let sids = [("ConversationSid", "CH??"), ("MessageSid", "IM??"), ("DeliveryReceiptSid", "DY??")];
    for (field, code, expected) in [("Status", "0", None), ("DeliveryStatus", "30003", Some(30003))] {
        let more = [&sids[..], &[(field, "undelivered"), ("ErrorCode", code), ("ChannelMessageSid", "WA??")]]
            .concat();
        let ConversationsEvent::DeliveryUpdated(delivery) = parse("onDeliveryUpdated", &more).event else {
            panic!("{field}")
        };
        assert_eq!((delivery.status, delivery.error_code), (DeliveryStatus::Undelivered, expected));
    }
}

#[test]
fn participants_states_and_users_are_read() {
    let webhook = parse(
        "onParticipantAdded",
        &[
            ("ConversationSid", "CH??"),
            ("ParticipantSid", "MB??"),
            ("MessagingBinding.Type", "WHATSAPP"),
            ("MessagingBinding.Address", "whatsapp:+15550001111"),
            ("MessagingBinding.ProxyAddress", "whatsapp:+15550002222"),
        ],
    );
    let ConversationsEvent::ParticipantAdded(joined) = webhook.event else { panic!() };
    assert_eq!(joined.binding.binding_type, Some(BindingType::WhatsApp));
    assert_eq!(joined.binding.addresses.address.as_deref(), Some("whatsapp:+15550001111"));

    let more =
        [("ConversationSid", "CH??"), ("StateFrom", "active"), ("StateTo", "inactive"), ("Reason", "TIMER")];
    let ConversationsEvent::ConversationStateUpdated(change) =
        parse("onConversationStateUpdated", &more).event
    else {
        panic!()
    };
    assert_eq!(change.state_to, ConversationState::Inactive);
    assert_eq!(change.reason, Some(StateChangeReason::Timer));

    let more = [("UserSid", "US??"), ("isOnline", "true"), ("isNotifiable", "maybe")];
    let webhook = parse("onUserUpdated", &more);
    assert_eq!(webhook.extra["isNotifiable"], "maybe");
    let ConversationsEvent::UserUpdated(user) = webhook.event else { panic!() };
    assert_eq!((user.is_online, user.is_notifiable), (Some(true), None));
}

/// The fields of an event as Twilio documents them, by resource; those about a change are on all but pre-action adds.
#[test]
fn every_documented_field_has_a_place() {
    let conversation = "FriendlyName UniqueName Attributes ChatServiceSid MessagingServiceSid State \
                        MessagingBinding.ProxyAddress MessagingBinding.Address MessagingBinding.ProjectedAddress \
                        MessagingBinding.AuthorAddress";
    let message = "ConversationSid Body Author ParticipantSid Attributes Media";
    let participant = "ConversationSid Identity RoleSid Attributes MessagingBinding.ProxyAddress \
                       MessagingBinding.Address MessagingBinding.ProjectedAddress MessagingBinding.Type";
    let user = "ChatServiceSid UserSid Identity RoleSid Attributes FriendlyName DateCreated DateUpdated";
    let changed = "DateCreated DateUpdated DateRemoved";
    for (event_type, ..) in EVENTS {
        let resource = event_type.trim_start_matches("on");
        let fields = match resource {
            "ConversationAdd" => format!("{conversation} MessageBody Media"),
            "ConversationStateUpdated" => {
                "ConversationSid ChatServiceSid MessagingServiceSid StateUpdated StateFrom StateTo Reason"
                    .into()
            }
            "DeliveryUpdated" => {
                "ConversationSid ChatServiceSid MessageSid DeliveryReceiptSid ChannelMessageSid \
                                  ParticipantSid Status ErrorCode DateCreated DateUpdated"
                    .into()
            }
            "MessageAdd" => message.into(),
            "ParticipantAdd" => participant.into(),
            _ if resource.starts_with("Conversation") => format!("ConversationSid {conversation} {changed}"),
            _ if resource.starts_with("Message") => {
                format!("{message} MessageSid MessagingServiceSid Index {changed}")
            }
            _ if resource.starts_with("Participant") => {
                format!("{participant} ParticipantSid LastReadMessageIndex {changed}")
            }
            _ => format!("{user} isOnline isNotifiable"),
        };
        let mut given: Vec<(&str, &str)> =
            fields.split_whitespace().map(|name| (name, sample(name))).collect();
        given.extend([("ClientIdentity", "ana"), ("RetryCount", "1")]);
        let webhook = parse(event_type, &given);
        assert!(webhook.extra.is_empty(), "{event_type}: {:?}", webhook.extra.keys());
        assert_eq!(webhook.event_type().as_str(), event_type);
    }
}

fn sample(field: &str) -> &'static str {
    match field {
        "ChatServiceSid" => "IS??",
        "MessagingServiceSid" => "MG??",
        "RoleSid" => "RL??",
        "ChannelMessageSid" => "SM??",
        "Media" => r#"[{"Sid":"ME??","Filename":"a.png","ContentType":"image/png","Size":3}]"#,
        "Index" | "LastReadMessageIndex" => "1",
        "ErrorCode" => "30003",
        "isOnline" | "isNotifiable" => "true",
        "ConversationSid" | "MessageSid" | "ParticipantSid" | "DeliveryReceiptSid" | "UserSid" => {
            value(field)
        }
        "Attributes" => "{}",
        _ => "x",
    }
}
