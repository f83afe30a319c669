//! Values that each parameter can have; names in braces as in `besides`.

use serde_json::{Value, json};

use super::names::{self, HEX};

/// The shape of a list's entries, or the shape itself.
pub(super) fn item(shape: &Value) -> &Value {
    shape.as_array().map_or(shape, |list| &list[0])
}

/// Values to try: every one of an enum, both of a switch, one of anything else.
pub(super) fn samples(operation: &str, name: &str, shape: &Value) -> Vec<Value> {
    if let Some(value) = sample(operation, name) {
        return vec![json!(value)];
    }
    match shape {
        Value::Object(_) => return vec![made(shape)],
        Value::Array(list) if list[0].is_object() => return vec![made(shape)],
        _ => {}
    }
    let values = names::values(item(shape));
    if !values.is_empty() {
        return values.into_iter().map(Value::from).collect();
    }
    match item(shape).as_str().unwrap_or_default() {
        "bool" => vec![json!("true"), json!("false")],
        "map" => vec![json!({"1": "one"})],
        kind => match kind.strip_prefix("int<=") {
            Some(most) => vec![json!("1"), json!(most)],
            None => vec![leaf(kind)],
        },
    }
}

/// Parameters whose kind does not tell what they can be, of any operation or of one.
#[rustfmt::skip]
const SAMPLES: &[(&str, &[&str], &str)] = &[
    ("POST /v1/Configuration/Addresses", &["Address"], "{number}"),
    ("GET /v1/Configuration/Addresses", &["Type"], "sms"),
    ("GET /v1/ParticipantConversations", &["Address"], "{address}"),
    ("GET /v1/ParticipantConversations", &["Identity"], "{identity}"),
    // A message can only be emptied.
    ("POST /2010-04-01/Accounts/{}/Messages/{}.json", &["Body"], ""),
    ("", &["AddressCountry", "CountryCode", "IsoCountryCode"], "DE"),
    ("", &["AlphaSender"], "Si{n}"),
    ("", &["Attributes"], r#"{"a":1}"#),
    ("", &["AutoCreation.WebhookUrl", "Configuration.Url", "PreWebhookUrl", "PostWebhookUrl"], "http://127.0.0.1:9/{n}"),
    ("", &["Bindings.Email.Address"], "si@example.com"),
    ("", &["BrandRegistrationSid"], "{BN}"),
    ("", &["Configuration.Filters", "Filters", "AutoCreation.WebhookFilters"], "onMessageAdded"),
    ("", &["Configuration.FlowSid", "AutoCreation.StudioFlowSid"], "{FW}"),
    ("", &["Configuration.ReplayAfter", "LastReadMessageIndex", "Page"], "0"),
    ("", &["ContentSid"], "{HX}"),
    ("", &["Description", "MessageFlow", "MessageSamples"], "A text that is long enough for somebody to look at it and to agree"),
    ("", &["Fields"], "line_type_intelligence"),
    ("", &["HelpMessage", "OptInMessage", "OptOutMessage"], "A reply that is long enough"),
    ("", &["LastVerifiedDate"], "20240131"),
    ("", &["UsAppToPersonUsecase"], "MARKETING"),
    ("", &["Usecase"], "marketing"),
    ("", &["ContentVariables"], r#"{"1":"Ana"}"#),
    ("", &["DefaultClosedTimer", "Timers.Closed"], "PT10M"),
    ("", &["DefaultInactiveTimer", "Timers.Inactive"], "PT1M"),
    ("", &["DefaultChatServiceRoleSid", "RoleSid"], "{RL:service}"),
    ("", &["DefaultConversationCreatorRoleSid", "DefaultConversationRoleSid"], "{RL}"),
    ("", &["DefaultChatServiceSid", "AutoCreation.ConversationServiceSid"], "{IS}"),
    ("", &["FallbackFrom", "From", "MessagingBinding.ProjectedAddress", "MessagingBinding.ProxyAddress"], "{sms}"),
    ("", &["Identity"], "person{n}"),
    ("", &["LastReadTimestamp", "SendAt"], "{soon}"),
    ("", &["MediaSid"], "{ME}"),
    ("", &["MediaUrl"], "{file}"),
    ("", &["MessagingBinding.Address", "To"], "+1555{n}"),
    ("", &["MessagingServiceSid", "DefaultMessagingServiceSid"], "{MG}"),
    ("", &["Method"], "POST"),
    ("", &["PageToken"], "{token}"),
    ("", &["Participant"], r#"{"identity":"person{n}"}"#),
    ("", &["Permission"], "sendMessage"),
    ("", &["PersistentAction"], "geo:1.0,2.0|Here"),
    ("", &["PhoneNumberSid"], "{PN}"),
    ("", &["ShortCodeSid"], "{SC}"),
    ("", &["Sid"], "{XE}"),
    ("", &["StartDate", "EndDate"], "2024-01-02"),
    ("", &["ValidityPeriod"], "60"),
    ("", &["X-Twilio-Api-Version"], "v1.2"),
    ("", &["category"], "UTILITY"),
    ("", &["language"], "en"),
];

fn sample(operation: &str, name: &str) -> Option<&'static str> {
    let fits = |(of, names, _): &&(&str, &[&str], &str)| {
        (of.is_empty() || *of == operation) && names.contains(&name)
    };
    SAMPLES.iter().find(fits).map(|(_, _, value)| *value)
}

fn leaf(kind: &str) -> Value {
    match kind {
        "time" => json!("2024-01-02T03:04:05Z"),
        "uri" => json!("http://127.0.0.1:9/{n}"),
        "int" => json!("1"),
        "number" => json!("0.5"),
        prefix if prefix.len() == 2 => json!(format!("{prefix}{HEX}")),
        _ => json!("text{n}"),
    }
}

/// JSON of a shape; of an enum its first value.
fn made(shape: &Value) -> Value {
    match shape {
        Value::Object(shapes) => shapes
            .iter()
            .map(|(name, shape)| (name.clone(), made(shape)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(shapes) => json!([made(&shapes[0])]),
        _ => match (names::values(shape).first(), shape.as_str().unwrap_or_default()) {
            (Some(value), _) => json!(value),
            (None, "bool") => json!(true),
            (None, "int") => json!(1),
            (None, "number") => json!(1.5),
            (None, "map") => json!({"1": "one"}),
            (None, kind) => leaf(kind),
        },
    }
}
