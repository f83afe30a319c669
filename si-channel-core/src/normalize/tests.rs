use serde_json::json;

use super::*;
use crate::event::{Author, ReceiptStatus};
use crate::keyword::Keyword;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const CONVERSATION: &str = "CH00000000000000000000000000000001";
const MESSAGE: &str = "IM00000000000000000000000000000001";
const PARTICIPANT: &str = "MB00000000000000000000000000000001";

fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn event(kind: &str, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = pairs(&[("AccountSid", ACCOUNT), ("EventType", kind), ("ConversationSid", CONVERSATION)]);
    all.extend(pairs(given));
    all
}

fn read(kind: &str, given: &[(&str, &str)]) -> Fact {
    conversations(&event(kind, given), &ACCOUNT.parse().unwrap(), now()).unwrap()
}

#[test]
fn keys_are_made_of_what_twilio_owns_and_lanes_keep_what_may_wait_apart() {
    let participant = ("ParticipantSid", PARTICIPANT);
    let message = ("MessageSid", MESSAGE);
    let receipt = ("DeliveryReceiptSid", "DY00000000000000000000000000000001");
    for (kind, given, own, lane) in [
        ("onConversationAdded", vec![], CONVERSATION, CONVERSATION.to_owned()),
        ("onParticipantAdded", vec![participant], PARTICIPANT, CONVERSATION.to_owned()),
        ("onMessageAdded", vec![message], MESSAGE, CONVERSATION.to_owned()),
        ("onMessageRemoved", vec![message], MESSAGE, format!("message/{MESSAGE}")),
        (
            "onDeliveryUpdated",
            vec![message, receipt, participant, ("Status", "read")],
            "DY00000000000000000000000000000001/read",
            format!("receipt/{MESSAGE}"),
        ),
    ] {
        let fact = read(kind, &given);
        assert_eq!(fact.key, format!("{ACCOUNT}/{kind}/{own}"));
        assert_eq!(fact.lane, lane, "{kind}");
    }
}

#[test]
fn a_change_counts_once_whatever_the_order_of_its_parameters_and_another_change_again() {
    let change = |body| event("onMessageUpdated", &[("MessageSid", MESSAGE), ("Body", body)]);
    let key =
        |pairs: &[(String, String)]| conversations(pairs, &ACCOUNT.parse().unwrap(), now()).unwrap().key;
    let mut turned = change("a");
    turned.reverse();
    assert_eq!(key(&change("a")), key(&turned));
    assert_ne!(key(&change("a")), key(&change("b")));
}

#[test]
fn another_account_and_missing_ids_are_refused() {
    let ours = ACCOUNT.parse().unwrap();
    let mut foreign = event("onMessageAdded", &[("MessageSid", MESSAGE)]);
    foreign[0].1 = "AC00000000000000000000000000000002".to_owned();
    assert_eq!(conversations(&foreign, &ours, now()), Err(NormalizeError::OtherAccount));
    let nameless = event("onMessageAdded", &[]);
    assert!(matches!(conversations(&nameless, &ours, now()), Err(NormalizeError::Payload(_))));
    let sms = pairs(&[
        ("AccountSid", "AC00000000000000000000000000000002"),
        ("MessageSid", "SM00000000000000000000000000000001"),
        ("From", "+15551110001"),
        ("To", "+15550001111"),
    ]);
    assert_eq!(inbound(&sms, &ours, now()), Err(NormalizeError::OtherAccount));
}

#[test]
fn times_are_twilios_or_else_those_of_receipt() {
    for (told, expected) in [
        (Some("2026-11-21T09:59:58.123Z"), "2026-11-21T09:59:58.123Z"),
        (Some("yesterday"), "2026-11-21T10:00:00Z"),
        (None, "2026-11-21T10:00:00Z"),
    ] {
        let mut given = vec![("MessageSid", MESSAGE), ("Author", "+15551110001")];
        given.extend(told.map(|told| ("DateCreated", told)));
        let Some(Input::MessageArrived { received, .. }) = read("onMessageAdded", &given).input else {
            panic!("{told:?}")
        };
        assert_eq!(received.at, expected.parse().unwrap(), "{told:?}");
    }
}

#[test]
fn an_author_is_a_phone_or_an_identity() {
    for (author, phone) in [
        ("+15551110001", true),
        ("whatsapp:+15551110001", true),
        ("messenger:1234", true),
        ("system", false),
        ("agent:7", false),
        ("chat:ann", false),
        ("12345", false),
        ("", false),
    ] {
        let fact = read("onMessageAdded", &[("MessageSid", MESSAGE), ("Author", author)]);
        let Some(Input::MessageArrived { received, .. }) = fact.input else { panic!("{author}") };
        match received.author {
            Author::Person { address, .. } => assert!(phone && address.to_string() == author, "{author}"),
            Author::Other { identity } => assert!(!phone && identity == author, "{author}"),
            Author::Si => panic!("{author}"),
        }
    }
}

#[test]
fn our_own_message_is_known_by_its_mark_and_its_changes_say_nothing() {
    let mark = r#"{"si":{"id":"out_1"},"more":true}"#;
    let given = [("MessageSid", MESSAGE), ("Author", "system"), ("Attributes", mark), ("Index", "7")];
    let Some(Input::OwnMessageSeen { outbound_id, index, .. }) = read("onMessageAdded", &given).input else {
        panic!()
    };
    assert_eq!((outbound_id.as_str(), index), ("out_1", Some(7)));
    assert_eq!(read("onMessageUpdated", &given).input, None);
}

#[test]
fn a_relabelled_text_is_restored_and_foreign_attributes_stay() {
    let mark = r#"{"si":{"original":"hi"},"more":true}"#;
    let given =
        [("MessageSid", MESSAGE), ("Author", "+15551110001"), ("Body", "Ann: hi"), ("Attributes", mark)];
    let Some(Input::MessageArrived { received, .. }) = read("onMessageAdded", &given).input else { panic!() };
    assert_eq!(received.text, "hi");
    assert_eq!(received.attributes, json!({ "more": true }));
}

#[test]
fn receipts_are_read_and_an_unknown_status_is_kept() {
    let receipt = |status: &str, error: &str| {
        let given = [
            ("MessageSid", MESSAGE),
            ("DeliveryReceiptSid", "DY00000000000000000000000000000001"),
            ("ParticipantSid", PARTICIPANT),
            ("Status", status),
            ("ErrorCode", error),
        ];
        read("onDeliveryUpdated", &given).input
    };
    for (status, expected) in [
        ("sent", ReceiptStatus::Sent),
        ("delivered", ReceiptStatus::Delivered),
        ("read", ReceiptStatus::Read),
        ("undelivered", ReceiptStatus::Undelivered),
        ("failed", ReceiptStatus::Failed),
    ] {
        let Some(Input::ReceiptArrived { status, error_code, .. }) = receipt(status, "0") else { panic!() };
        assert_eq!((status, error_code), (expected, None));
    }
    assert!(matches!(
        receipt("failed", "30003"),
        Some(Input::ReceiptArrived { error_code: Some(30003), .. })
    ));
    assert!(matches!(receipt("teleported", "0"), Some(Input::Unrecognized { .. })));
}

#[test]
fn closing_ends_a_session_and_other_states_do_not() {
    for (state, ends) in [("closed", true), ("inactive", false), ("active", false)] {
        let input = read("onConversationStateUpdated", &[("StateFrom", "active"), ("StateTo", state)]).input;
        assert_eq!(matches!(input, Some(Input::ConversationEnded { .. })), ends, "{state}: {input:?}");
    }
    assert!(matches!(read("onConversationRemoved", &[]).input, Some(Input::ConversationEnded { .. })));
}

#[test]
fn what_changes_nothing_is_no_input_and_what_is_unknown_is_kept_whole() {
    for kind in ["onMessageAdd", "onConversationUpdated"] {
        assert_eq!(read(kind, &[("MessageSid", MESSAGE)]).input, None, "{kind}");
    }
    let Some(Input::Unrecognized { name, conversation_sid, parameters }) =
        read("onTeapotBoiled", &[("Heat", "100")]).input
    else {
        panic!()
    };
    assert_eq!((name.as_str(), conversation_sid.is_some()), ("onTeapotBoiled", true));
    assert_eq!(parameters["Heat"], "100");
}

#[test]
fn a_chat_identity_is_nobody_to_text() {
    let input = read("onParticipantAdded", &[("ParticipantSid", PARTICIPANT), ("Identity", "ann")]).input;
    assert_eq!(input, None);
}

#[test]
fn a_text_on_the_messaging_path_keeps_what_else_twilio_said() {
    let text = pairs(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", "SM00000000000000000000000000000001"),
        ("From", "whatsapp:+15551110001"),
        ("To", "whatsapp:+15550002222"),
        ("Body", "STOP"),
        ("OptOutType", "STOP"),
        ("ProfileName", "Ann"),
        ("FromCountry", "US"),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://api.twilio.com/media/1"),
        ("MediaContentType0", "image/png"),
    ]);
    let fact = inbound(&text, &ACCOUNT.parse().unwrap(), now()).unwrap();
    assert_eq!(fact.lane, "whatsapp:+15551110001|whatsapp:+15550002222");
    let Some(Input::MessageArrived { received, opt_out_type, .. }) = fact.input else { panic!() };
    assert_eq!(opt_out_type, Some(Keyword::Stop));
    assert_eq!(received.media[0].content_type, "image/png");
    assert_eq!(received.extra.keys().collect::<Vec<_>>(), ["FromCountry"]);
    assert_eq!(received.details.profile.and_then(|profile| profile.name).as_deref(), Some("Ann"));
    let mut nobody = text;
    nobody[2].1 = "anonymous".to_owned();
    let refused = inbound(&nobody, &ACCOUNT.parse().unwrap(), now());
    assert!(matches!(refused, Err(NormalizeError::Address { field: "From", .. })));
}

#[test]
fn a_status_counts_once_for_each_status() {
    let update = |word: &str| {
        let given = pairs(&[
            ("AccountSid", ACCOUNT),
            ("MessageSid", "SM00000000000000000000000000000001"),
            ("MessageStatus", word),
            ("To", "+15551110001"),
        ]);
        status(&given, Some("out_1"), &ACCOUNT.parse().unwrap(), now()).unwrap()
    };
    assert_ne!(update("sent").key, update("delivered").key);
    assert_eq!(update("sent").lane, update("delivered").lane);
    let Some(Input::StatusArrived { outbound_id, status, .. }) = update("sent").input else { panic!() };
    assert_eq!((outbound_id.unwrap().as_str(), status.as_str()), ("out_1", "sent"));
}

#[test]
fn a_repeated_a_malformed_and_an_unknown_parameter_are_kept_and_never_panic() {
    let given = pairs(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", "SM00000000000000000000000000000001"),
        ("From", "rcs:+15551110001"),
        ("To", "rcs:acme_agent"),
        ("Body", ""),
        ("NumMedia", "many"),
        ("MediaUrl1", "https://api.twilio.com/media/1"),
        ("Latitude", "x"),
        ("Newer", "a"),
        ("Newer", "b"),
        ("MessageType", "order"),
    ]);
    let Some(Input::MessageArrived { received, .. }) =
        inbound(&given, &ACCOUNT.parse().unwrap(), now()).unwrap().input
    else {
        panic!()
    };
    let expected = [
        ("Latitude", "x"),
        ("MediaUrl1", "https://api.twilio.com/media/1"),
        ("Newer", "a"),
        ("Newer[2]", "b"),
        ("NumMedia", "many"),
    ];
    assert_eq!(received.extra, pairs(&expected).into_iter().collect());
    assert_eq!(crate::media::said(&received), "[order]");
    assert_eq!(received.author.address().unwrap().to_string(), "rcs:+15551110001");
}

#[test]
fn details_are_read_from_a_conversations_webhook_too_where_twilio_sends_them() {
    let given = [
        ("MessageSid", MESSAGE),
        ("Author", "whatsapp:+15551110001"),
        ("Body", "Yes"),
        ("ButtonPayload", "y"),
        ("ChannelMetadata", r#"{"type":"whatsapp"}"#),
        ("Other", "kept"),
    ];
    let Some(Input::MessageArrived { received, .. }) = read("onMessageAdded", &given).input else { panic!() };
    let details = serde_json::to_value(&received.details).unwrap();
    assert_eq!(
        details,
        json!({ "choice": { "kind": "button", "payload": "y" }, "metadata": { "type": "whatsapp" } })
    );
    assert_eq!(received.extra, pairs(&[("Other", "kept")]).into_iter().collect());
}

#[test]
fn somebody_on_whatsapp_without_a_number_is_a_person_like_others() {
    let user = "whatsapp:US.13491208655302741918";
    let given = [("MessageSid", MESSAGE), ("Author", user), ("Body", "Hi")];
    let Some(Input::MessageArrived { received, .. }) = read("onMessageAdded", &given).input else { panic!() };
    let address = received.author.address().unwrap();
    assert_eq!((address.to_string().as_str(), address.is_user_id()), (user, true));
}
