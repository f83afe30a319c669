//! Every request with all it can carry, against the names of Twilio's OpenAPI documents.

use crate::support::{CH, attributes, conversation, line, message, now, parts, sid};
use std::time::Duration;
use twilio_conversations::{
    Attributes, ConversationRef, ParticipantRef, Scope,
    api::{
        address_configuration as address, configuration,
        content::ContentVariables,
        conversation as conversations, conversation_webhook as webhook, message as messages,
        messaging::{self, Sender},
        participant, participant_conversation as participations, phone_number, receipt,
    },
    model::{AddressType, ConfigurationWebhookTarget, ConversationState, HttpMethod},
    request::Class,
};

#[test]
fn conversations() {
    let full = conversations::CreateConversation::new()
        .friendly_name("Trip")
        .unwrap()
        .unique_name("trip-1")
        .messaging_service_sid(sid("MG"))
        .attributes(&attributes())
        .unwrap()
        .state(ConversationState::Active)
        .inactive_timer(Duration::from_mins(1))
        .unwrap()
        .closed_timer(Duration::from_hours(1))
        .unwrap()
        .email_address("a@b.example")
        .email_name("A")
        .date_created(now())
        .date_updated(now());
    assert_eq!(
        line(&full),
        "POST /v1/Conversations FriendlyName=Trip UniqueName=trip-1 MessagingServiceSid=MG… Attributes={} State=active \
         Timers.Inactive=PT1M Timers.Closed=PT60M Bindings.Email.Address=a@b.example Bindings.Email.Name=A \
         DateCreated=2024-01-02T03:04:05Z DateUpdated=2024-01-02T03:04:05Z"
    );
    let update = conversations::UpdateConversation::new(conversation()).state(ConversationState::Closed);
    assert_eq!(line(&update), "POST /v1/Conversations/{CH} State=closed");
    assert_eq!(parts(&update).class, Class::Update);
    assert_eq!(line(&conversations::FetchConversation::new(conversation())), "GET /v1/Conversations/{CH}");
    let by_name = ConversationRef::unique_name("a/b c").unwrap();
    assert_eq!(line(&conversations::DeleteConversation::new(by_name)), "DELETE /v1/Conversations/a%2Fb%20c");
    let list = conversations::ListConversations::new()
        .start_date(now())
        .end_date(now())
        .state(ConversationState::Inactive)
        .page_size(1000);
    assert_eq!(
        line(&list),
        "GET /v1/Conversations StartDate=2024-01-02T03:04:05Z EndDate=2024-01-02T03:04:05Z State=inactive PageSize=100"
    );
}

#[test]
fn participants() {
    use participant::CreateParticipant;
    let path = "POST /v1/Conversations/{CH}/Participants";
    let by_address = CreateParticipant::by_address(conversation(), "+15550001111", "+15550002222").unwrap();
    let by_address = by_address.attributes(&attributes()).unwrap().role_sid(sid("RL"));
    assert_eq!(
        line(&by_address.date_created(now()).date_updated(now())),
        format!(
            "{path} MessagingBinding.Address=+15550001111 MessagingBinding.ProxyAddress=+15550002222 Attributes={{}} \
             RoleSid=RL… DateCreated=2024-01-02T03:04:05Z DateUpdated=2024-01-02T03:04:05Z"
        )
    );
    for (request, expected) in [
        (CreateParticipant::by_identity(conversation(), "si"), "Identity=si"),
        (CreateParticipant::by_group_address(conversation(), "+1"), "MessagingBinding.Address=+1"),
        (
            CreateParticipant::by_projected_identity(conversation(), "si", "+2"),
            "Identity=si MessagingBinding.ProjectedAddress=+2",
        ),
    ] {
        assert_eq!(line(&request.unwrap()), format!("{path} {expected}"));
    }
    assert!(CreateParticipant::by_identity(conversation(), "i".repeat(257)).is_err());
    let who: twilio_conversations::sid::ParticipantSid = sid("MB");
    let update = participant::UpdateParticipant::new(conversation(), &who)
        .identity("x")
        .unwrap()
        .without_proxy_address()
        .without_projected_address()
        .last_read_message_index(7)
        .last_read_timestamp(now());
    assert_eq!(
        line(&update),
        "POST /v1/Conversations/{CH}/Participants/MB… Identity=x MessagingBinding.ProxyAddress=null \
         MessagingBinding.ProjectedAddress=null LastReadMessageIndex=7 LastReadTimestamp=2024-01-02T03:04:05Z"
    );
    let by_identity = ParticipantRef::identity("+x").unwrap();
    let fetch = participant::FetchParticipant::new(conversation(), by_identity);
    assert_eq!(line(&fetch), "GET /v1/Conversations/{CH}/Participants/%2Bx");
    let delete = participant::DeleteParticipant::new(conversation(), who);
    assert_eq!(line(&delete), "DELETE /v1/Conversations/{CH}/Participants/MB…");
    let list = participant::ListParticipants::new(conversation()).page_size(0);
    assert_eq!(line(&list), "GET /v1/Conversations/{CH}/Participants PageSize=1");
}

#[test]
fn messages_and_receipts() {
    use messages::CreateMessage;
    let path = "POST /v1/Conversations/{CH}/Messages";
    let text = CreateMessage::text(conversation(), "hi").unwrap().author("si").subject("S").unwrap();
    assert_eq!(
        line(&text.attributes(&attributes()).unwrap()),
        format!("{path} Body=hi Author=si Subject=S Attributes={{}}")
    );
    let media = CreateMessage::captioned_media(conversation(), sid("ME"), "look").unwrap();
    assert_eq!(line(&media), format!("{path} MediaSid=ME… Body=look"));
    let variables = ContentVariables::new([("1", "Ann")]).unwrap();
    let template = CreateMessage::template(conversation(), sid("HX"), &variables);
    assert_eq!(line(&template), format!(r#"{path} ContentSid=HX… ContentVariables={{"1":"Ann"}}"#));
    assert!(CreateMessage::text(conversation(), "x".repeat(32 * 1024 + 1)).is_err());
    assert!(
        CreateMessage::text(conversation(), "x")
            .unwrap()
            .attributes(&Attributes::new("x".repeat(4097)))
            .is_err()
    );

    let update = messages::UpdateMessage::new(conversation(), message()).body("b").unwrap();
    assert_eq!(line(&update), "POST /v1/Conversations/{CH}/Messages/{IM} Body=b");
    assert_eq!(
        line(&messages::FetchMessage::new(conversation(), message())),
        "GET /v1/Conversations/{CH}/Messages/{IM}"
    );
    assert_eq!(
        line(&messages::DeleteMessage::new(conversation(), message())),
        "DELETE /v1/Conversations/{CH}/Messages/{IM}"
    );
    let list = messages::ListMessages::new(conversation()).newest_first().page_size(20);
    assert_eq!(line(&list), "GET /v1/Conversations/{CH}/Messages Order=desc PageSize=20");

    let list = messages::ListMessages::new(conversation()).oldest_first();
    assert_eq!(line(&list), "GET /v1/Conversations/{CH}/Messages Order=asc");

    let path = "GET /v1/Conversations/{CH}/Messages/{IM}/Receipts";
    let receipt: twilio_conversations::sid::ReceiptSid = sid("DY");
    assert_eq!(line(&receipt::FetchReceipt::new(conversation(), message(), receipt)), format!("{path}/DY…"));
    let list = receipt::ListReceipts::new(conversation(), message()).page_size(100);
    assert_eq!(line(&list), format!("{path} PageSize=50"));
}

#[test]
fn conversation_webhooks() {
    use webhook::CreateConversationWebhook as Create;
    let path = "POST /v1/Conversations/{CH}/Webhooks";
    let events = Create::events(conversation(), "https://h/", ["onMessageAdded", "onDeliveryUpdated"]);
    assert_eq!(
        line(&events.method(&HttpMethod::Post).replay_after(3)),
        format!(
            "{path} Target=webhook Configuration.Url=https://h/ Configuration.Filters=onMessageAdded \
             Configuration.Filters=onDeliveryUpdated Configuration.Method=post Configuration.ReplayAfter=3"
        )
    );
    let triggers = Create::triggers(conversation(), "https://h/", ["help"]).unwrap();
    assert_eq!(
        line(&triggers),
        format!("{path} Target=trigger Configuration.Url=https://h/ Configuration.Triggers=help")
    );
    assert!(Create::triggers(conversation(), "https://h/", ["a", "b", "c", "d", "e", "f"]).is_err());
    let studio = Create::studio(conversation(), sid("FW"));
    assert_eq!(line(&studio), format!("{path} Target=studio Configuration.FlowSid=FW…"));
    let hook: twilio_conversations::sid::WebhookSid = sid("WH");
    let update = webhook::UpdateConversationWebhook::new(conversation(), hook.clone()).url("https://i/");
    assert_eq!(
        line(&update.filters(["onMessageAdded"])),
        format!("{path}/WH… Configuration.Url=https://i/ Configuration.Filters=onMessageAdded")
    );
    let fetch = webhook::FetchConversationWebhook::new(conversation(), hook.clone());
    assert_eq!(line(&fetch), "GET /v1/Conversations/{CH}/Webhooks/WH…");
    let delete = webhook::DeleteConversationWebhook::new(conversation(), hook);
    assert_eq!(line(&delete), "DELETE /v1/Conversations/{CH}/Webhooks/WH…");
    let list = webhook::ListConversationWebhooks::new(conversation()).page_size(9);
    assert_eq!(line(&list), "GET /v1/Conversations/{CH}/Webhooks PageSize=5");
}

#[test]
fn configuration_and_addresses() {
    let update = configuration::UpdateConfiguration::new()
        .default_chat_service_sid(sid("IS"))
        .default_messaging_service_sid(sid("MG"))
        .default_inactive_timer(Duration::from_secs(90))
        .unwrap()
        .default_closed_timer(Duration::from_mins(10))
        .unwrap();
    assert_eq!(
        line(&update),
        "POST /v1/Configuration DefaultChatServiceSid=IS… DefaultMessagingServiceSid=MG… DefaultInactiveTimer=PT90S \
         DefaultClosedTimer=PT10M"
    );
    assert!(configuration::UpdateConfiguration::new().default_closed_timer(Duration::from_mins(9)).is_err());
    assert_eq!(line(&configuration::FetchConfiguration::new()), "GET /v1/Configuration");
    assert_eq!(line(&configuration::FetchConfigurationWebhook::new()), "GET /v1/Configuration/Webhooks");
    let hooks = configuration::UpdateConfigurationWebhook::new()
        .pre_webhook_url("https://h/pre")
        .post_webhook_url("https://h/post")
        .method(HttpMethod::Post)
        .target(ConfigurationWebhookTarget::Webhook)
        .filters(["onMessageAdd", "onMessageAdded"]);
    assert_eq!(
        line(&hooks),
        "POST /v1/Configuration/Webhooks PreWebhookUrl=https://h/pre PostWebhookUrl=https://h/post Method=POST \
         Target=webhook Filters=onMessageAdd Filters=onMessageAdded"
    );

    let path = "POST /v1/Configuration/Addresses";
    let create = address::CreateAddressConfiguration::new(&AddressType::Sms, "+15550002222")
        .friendly_name("Main")
        .unwrap()
        .address_country("US")
        .conversation_service_sid(sid("IS"));
    assert_eq!(
        line(&create.clone().auto_create_webhook("https://h/", &HttpMethod::Post, ["onMessageAdded"])),
        format!(
            "{path} Type=sms Address=+15550002222 FriendlyName=Main AddressCountry=US \
             AutoCreation.ConversationServiceSid=IS… AutoCreation.Enabled=true AutoCreation.Type=webhook \
             AutoCreation.WebhookUrl=https://h/ AutoCreation.WebhookMethod=post AutoCreation.WebhookFilters=onMessageAdded"
        )
    );
    let binding: twilio_conversations::sid::AddressConfigurationSid = sid("IG");
    let update = address::UpdateAddressConfiguration::new(binding.clone()).auto_create_studio(&sid("FW"), 2);
    assert_eq!(
        line(&update),
        format!(
            "{path}/IG… AutoCreation.Enabled=true AutoCreation.Type=studio AutoCreation.StudioFlowSid=FW… \
             AutoCreation.StudioRetryCount=2"
        )
    );
    let update =
        address::UpdateAddressConfiguration::new(binding.clone()).auto_create_default().auto_creation(false);
    assert_eq!(line(&update), format!("{path}/IG… AutoCreation.Type=default AutoCreation.Enabled=false"));
    assert_eq!(
        line(&address::FetchAddressConfiguration::new(binding.clone())),
        "GET /v1/Configuration/Addresses/IG…"
    );
    assert_eq!(
        line(&address::DeleteAddressConfiguration::new(binding)),
        "DELETE /v1/Configuration/Addresses/IG…"
    );
    let list = address::ListAddressConfigurations::new().address_type(AddressType::WhatsApp).page_size(50);
    assert_eq!(line(&list), "GET /v1/Configuration/Addresses Type=whatsapp PageSize=50");
}

#[test]
fn participations_take_an_address_or_an_identity() {
    use participations::{ListParticipantConversations as List, Person};
    let by_address = List::new(Person::Address("whatsapp:+15550001111".into())).page_size(50);
    assert_eq!(
        line(&by_address),
        "GET /v1/ParticipantConversations Address=whatsapp:+15550001111 PageSize=50"
    );
    assert_eq!(parts(&by_address).query.encode(), "Address=whatsapp%3A%2B15550001111&PageSize=50");
    let by_identity = List::new(Person::Identity("si".into()));
    assert_eq!(line(&by_identity), "GET /v1/ParticipantConversations Identity=si");
}

#[test]
fn messaging_and_numbers() {
    let path = "POST /2010-04-01/Accounts/{AC}/Messages.json";
    let from = || Sender::From("+15550002222".into());
    let text = messaging::CreateMessage::text("+15550001111", from(), "hi").unwrap();
    assert_eq!(
        line(&text.status_callback("https://h/s").smart_encoded(true).validity_period(99_999)),
        format!(
            "{path} To=+15550001111 From=+15550002222 Body=hi StatusCallback=https://h/s SmartEncoded=true \
             ValidityPeriod=36000"
        )
    );
    let service = Sender::MessagingService(sid("MG"));
    let media =
        messaging::CreateMessage::captioned_media("+1", service, ["https://h/a", "https://h/b"], "look");
    assert_eq!(
        line(&media.unwrap()),
        format!("{path} To=+1 MessagingServiceSid=MG… MediaUrl=https://h/a MediaUrl=https://h/b Body=look")
    );
    let template = messaging::CreateMessage::template("+1", from(), sid("HX"), &ContentVariables::default());
    assert_eq!(line(&template), format!("{path} To=+1 From=+15550002222 ContentSid=HX…"));
    assert!(messaging::CreateMessage::text("+1", from(), "x".repeat(1601)).is_err());
    assert!(messaging::CreateMessage::media("+1", from(), ["https://h/a"; 11]).is_err());

    let fetch = messaging::FetchMessage::new(sid::<twilio_conversations::sid::SmsSid>("SM"));
    assert_eq!(line(&fetch), "GET /2010-04-01/Accounts/{AC}/Messages/SM….json");
    let list = messaging::ListMessages::new()
        .to("+1")
        .from("+2")
        .date_sent("2024-01-02")
        .date_sent_after("2024-01-01")
        .date_sent_before("2024-01-03")
        .page_size(1000);
    assert_eq!(
        parts(&list).query.encode(),
        "To=%2B1&From=%2B2&DateSent=2024-01-02&DateSent%3E=2024-01-01&DateSent%3C=2024-01-03&PageSize=1000"
    );

    let list = phone_number::ListIncomingPhoneNumbers::new().phone_number("+1").friendly_name("Main");
    assert_eq!(
        line(&list),
        "GET /2010-04-01/Accounts/{AC}/IncomingPhoneNumbers.json PhoneNumber=+1 FriendlyName=Main"
    );
    let number: twilio_conversations::sid::PhoneNumberSid = sid("PN");
    let update = phone_number::UpdateIncomingPhoneNumber::new(number)
        .sms_url("https://h/sms")
        .sms_method(HttpMethod::Post)
        .sms_fallback_url("https://h/f")
        .sms_fallback_method(HttpMethod::Get)
        .status_callback("https://h/c")
        .status_callback_method(HttpMethod::Post);
    assert_eq!(
        line(&update),
        "POST /2010-04-01/Accounts/{AC}/IncomingPhoneNumbers/PN….json SmsUrl=https://h/sms SmsMethod=POST \
         SmsFallbackUrl=https://h/f SmsFallbackMethod=GET StatusCallback=https://h/c StatusCallbackMethod=POST"
    );
}

#[test]
fn a_scope_moves_the_path_and_the_switch_is_a_header() {
    let service: twilio_conversations::sid::ServiceSid = sid("IS");
    let scoped = messages::CreateMessage::text(conversation(), "hi").unwrap().scope(service.clone());
    assert!(parts(&scoped.clone()).headers.is_empty());
    assert_eq!(line(&scoped), "POST /v1/Services/IS…/Conversations/{CH}/Messages Body=hi");
    let switched = parts(&scoped.webhook_enabled(true).scope(Scope::Default));
    assert_eq!(switched.headers, [("X-Twilio-Webhook-Enabled", "true".to_owned())]);
    assert_eq!(switched.path, format!("/v1/Conversations/{CH}/Messages"));
    let hooks = configuration::FetchConfigurationWebhook::new().scope(service);
    assert_eq!(line(&hooks), "GET /v1/Services/IS…/Configuration/Webhooks");
}

#[test]
fn requests_do_not_show_what_people_write() {
    let text = messages::CreateMessage::text(ConversationRef::unique_name("ann").unwrap(), "secret").unwrap();
    let shown = format!("{text:?} {:?}", Sender::From("+15550001111".into()));
    assert!(!shown.contains("secret") && !shown.contains("ann") && !shown.contains("555"), "{shown}");
}
