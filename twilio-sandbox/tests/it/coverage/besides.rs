//! What a request needs besides the parameter that is tried.
//!
//! In forms, `{n}` is a number that grows, `{sms}` and `{whatsapp}` are the account's senders, and any other name in
//! braces is a resource made for the request (see `lab`).

use serde_json::Value;

/// An operation without its service, parameters, their value, and the form or JSON that goes with them. An empty list
/// or text stands for any; the first that fits counts.
type Row = (&'static str, &'static [&'static str], &'static str, &'static str);

const TEMPLATE: &str = r#"{"friendly_name":"t{n}","language":"en","types":{"twilio/text":{"body":"Hello {{1}}"}},"variables":{"1":"Ana"}}"#;
const CAMPAIGN: &str = "AgeGated=false&DirectLending=false&HasEmbeddedLinks=false&HasEmbeddedPhone=false\
     &Description=A description that is long enough for a campaign to be looked at by somebody\
     &MessageFlow=People write first and are asked whether they want to be written to before they are\
     &MessageSamples=One sample of a message that is long enough&MessageSamples=Another sample that is long enough";
const NEW_CAMPAIGN: &str = "BrandRegistrationSid={BN}&UsAppToPersonUsecase=MIXED&HasEmbeddedLinks=false\
     &HasEmbeddedPhone=false\
     &Description=A description that is long enough for a campaign to be looked at by somebody\
     &MessageFlow=People write first and are asked whether they want to be written to before they are\
     &MessageSamples=One sample of a message that is long enough&MessageSamples=Another sample that is long enough";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("POST /v1/Conversations", &["Timers.Inactive", "Timers.Closed"], "", "State=inactive"),
    ("POST /v1/Conversations", &["Bindings.Email.Name"], "", "Bindings.Email.Address=si@example.com"),
    ("POST /v1/Conversations/{}", &["Bindings.Email.Name"], "", "Bindings.Email.Address=si@example.com"),
    ("POST /v1/ConversationWithParticipants", &["Participant"], "", ""),
    ("POST /v1/ConversationWithParticipants", &["Timers.Inactive", "Timers.Closed"], "", r#"Participant={"identity":"person{n}"}&State=inactive"#),
    ("POST /v1/ConversationWithParticipants", &["Bindings.Email.Name"], "", r#"Participant={"identity":"person{n}"}&Bindings.Email.Address=si@example.com"#),
    ("POST /v1/ConversationWithParticipants", &[], "", r#"Participant={"identity":"person{n}"}"#),
    ("POST /v1/Conversations/{}/Messages", &["MediaSid", "ContentSid"], "", ""),
    ("POST /v1/Conversations/{}/Messages", &["ContentVariables"], "", "ContentSid={HX}"),
    ("POST /v1/Conversations/{}/Messages", &[], "", "Body=hi"),
    ("POST /v1/Conversations/{}/Participants", &["Identity"], "", ""),
    ("POST /v1/Conversations/{}/Participants", &["MessagingBinding.ProjectedAddress"], "", "Identity=person{n}"),
    ("POST /v1/Conversations/{}/Participants", &[], "", "MessagingBinding.Address=+1555{n}&MessagingBinding.ProxyAddress={sms}"),
    ("POST /v1/Conversations/{}/Webhooks", &["Configuration.Triggers"], "", "Target=trigger&Configuration.Url=http://127.0.0.1:9"),
    ("POST /v1/Conversations/{}/Webhooks", &["Configuration.FlowSid"], "", "Target=studio"),
    ("POST /v1/Conversations/{}/Webhooks", &["Target"], "studio", "Configuration.FlowSid={FW}"),
    ("POST /v1/Conversations/{}/Webhooks", &["Target"], "trigger", "Configuration.Url=http://127.0.0.1:9&Configuration.Triggers=help"),
    ("POST /v1/Conversations/{}/Webhooks", &[], "", "Target=webhook&Configuration.Url=http://127.0.0.1:9&Configuration.Filters=onMessageAdded"),
    ("POST /v1/Configuration/Addresses", &["Type"], "whatsapp", "Address={whatsapp}"),
    ("POST /v1/Configuration/Addresses", &["Type"], "messenger", "Address=messenger:{n}"),
    ("POST /v1/Configuration/Addresses", &["Type"], "gbm", "Address=gbm:{n}"),
    ("POST /v1/Configuration/Addresses", &["Type"], "email", "Address=si{n}@example.com"),
    ("POST /v1/Configuration/Addresses", &["Type"], "rcs", "Address=rcs:si{n}"),
    ("POST /v1/Configuration/Addresses", &["Type"], "apple", "Address=apple:{n}"),
    ("POST /v1/Configuration/Addresses", &["Type"], "chat", "Address=chat{n}"),
    ("POST /v1/Configuration/Addresses", &["AutoCreation.StudioFlowSid"], "", "Type=sms&Address={number}&AutoCreation.Type=studio"),
    ("POST /v1/Configuration/Addresses", &["AutoCreation.StudioRetryCount"], "", "Type=sms&Address={number}&AutoCreation.StudioFlowSid={FW}"),
    ("POST /v1/Configuration/Addresses", &["AutoCreation.Type"], "studio", "Type=sms&Address={number}&AutoCreation.StudioFlowSid={FW}"),
    ("POST /v1/Configuration/Addresses", &["AutoCreation.Type"], "webhook", "Type=sms&Address={number}&AutoCreation.WebhookUrl=http://127.0.0.1:9"),
    ("POST /v1/Configuration/Addresses", &[], "", "Type=sms&Address={number}"),
    ("POST /v1/Configuration/Addresses/{}", &["AutoCreation.StudioFlowSid"], "", "AutoCreation.Type=studio"),
    ("POST /v1/Configuration/Addresses/{}", &["AutoCreation.StudioRetryCount"], "", "AutoCreation.StudioFlowSid={FW}"),
    ("POST /v1/Configuration/Addresses/{}", &["AutoCreation.Type"], "studio", "AutoCreation.StudioFlowSid={FW}"),
    ("POST /v1/Configuration/Addresses/{}", &["AutoCreation.Type"], "webhook", "AutoCreation.WebhookUrl=http://127.0.0.1:9"),
    ("POST /v1/Credentials", &["Type"], "apn", "Certificate=c&PrivateKey=k"),
    ("POST /v1/Credentials", &["Type"], "gcm", "ApiKey=k"),
    ("POST /v1/Credentials", &["Certificate", "PrivateKey", "Sandbox"], "", "Type=apn&Certificate=c&PrivateKey=k"),
    ("POST /v1/Credentials", &["ApiKey"], "", "Type=gcm"),
    ("POST /v1/Credentials", &[], "", "Type=fcm&Secret=s"),
    ("POST /v1/Roles", &["Type"], "service", "FriendlyName=role{n}&Permission=createConversation"),
    ("POST /v1/Roles", &[], "", "FriendlyName=role{n}&Type=conversation&Permission=sendMessage"),
    ("POST /v1/Roles/{}", &[], "", "Permission=sendMessage"),
    ("POST /v1/Services", &[], "", "FriendlyName=service{n}"),
    ("POST /v1/Users", &[], "", "Identity=person{n}"),
    ("GET /v1/ParticipantConversations", &["Address"], "", ""),
    ("GET /v1/ParticipantConversations", &[], "", "Identity={identity}"),

    ("POST /v1/Content", &[], "", TEMPLATE),
    ("PUT /v1/Content/{}", &[], "", TEMPLATE),
    ("POST /v1/Content/{}/ApprovalRequests/whatsapp", &[], "", r#"{"name":"t{n}","category":"UTILITY"}"#),

    ("POST /2010-04-01/Accounts/{}/Messages.json", &["ContentSid", "MediaUrl"], "", "To=+1555{n}&From={sms}"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &["ContentVariables"], "", "To=+1555{n}&From={sms}&ContentSid={HX}"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &["MessagingServiceSid"], "", "To=+1555{n}&Body=hi"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &["SendAt"], "", "To=+1555{n}&MessagingServiceSid={MG}&Body=hi&ScheduleType=fixed"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &["ScheduleType"], "", "To=+1555{n}&MessagingServiceSid={MG}&Body=hi&SendAt={soon}"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &["ShortenUrls", "FallbackFrom"], "", "To=+1555{n}&MessagingServiceSid={MG}&Body=hi"),
    ("POST /2010-04-01/Accounts/{}/Messages.json", &[], "", "To=+1555{n}&From={sms}&Body=hi"),
    ("POST /2010-04-01/Accounts/{}/Messages/{}/Feedback.json", &[], "", "Outcome=confirmed"),

    ("POST /v1/Services/{}/PhoneNumbers", &[], "", "PhoneNumberSid={PN}"),
    ("POST /v1/Services/{}/ShortCodes", &[], "", "ShortCodeSid={SC}"),
    ("POST /v1/Services/{}/AlphaSenders", &[], "", "AlphaSender=Si{n}"),
    ("POST /v1/Services/{}/DestinationAlphaSenders", &[], "", "AlphaSender=Si{n}"),
    ("POST /v1/Services/{}/ChannelSenders", &[], "", "Sid={XE}"),
    ("POST /v1/Services/{}/Compliance/Usa2p", &[], "", NEW_CAMPAIGN),
    ("POST /v1/Services/{}/Compliance/Usa2p/{}", &[], "", CAMPAIGN),
    ("POST /v1/Services/PreregisteredUsa2p", &[], "", "CampaignId=C{n}&MessagingServiceSid={MG}"),

    ("POST /v2/PhoneNumbers/{}/Overrides/{}", &[], "", r#"{"line_type":"mobile","reason":"known"}"#),
    ("PUT /v2/PhoneNumbers/{}/Overrides/{}", &[], "", r#"{"line_type":"mobile","reason":"known"}"#),
    ("PUT /v2/RateLimits/Fields/{}/Bucket/{}", &[], "", r#"{"limit":10,"ttl":60}"#),
    ("GET /v2/PhoneNumbers/{}", &[], "", "Fields=caller_name,sim_swap,call_forwarding,line_status,line_type_intelligence,identity_match,reassigned_number,sms_pumping_risk,phone_number_quality_score,pre_fill&LastVerifiedDate=20240131"),
    ("POST /v2/batch/query", &[], "", r#"{"phone_numbers":[{"correlation_id":"a","phone_number":"+15557770001","country_code":"US","fields":["caller_name","sim_swap","call_forwarding","line_status","line_type_intelligence","identity_match","reassigned_number","sms_pumping_risk"],"identity_match":{"first_name":"Ann"},"reassigned_number":{"last_verified_date":"20240131"},"sms_pumping_risk":{"partner_sub_id":"a"}}]}"#),
];

/// What a request of an operation needs besides this parameter, or by itself.
pub(super) fn besides(operation: &str, parameter: Option<(&str, &Value)>) -> &'static str {
    let (name, value) =
        parameter.map_or(("", ""), |(name, value)| (name, value.as_str().unwrap_or_default()));
    let row = ROWS.iter().find(|(known, names, one, _)| {
        *known == operation
            && (names.is_empty() || names.contains(&name))
            && (one.is_empty() || *one == value)
    });
    row.map_or("", |row| row.3)
}
