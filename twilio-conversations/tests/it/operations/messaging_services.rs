use crate::support::{line, sid};
use twilio_conversations::{
    api::{
        messaging_sender::{
            CreateAlphaSender, CreateChannelSender, CreateDestinationAlphaSender, CreateServicePhoneNumber,
            CreateServiceShortCode, DeleteAlphaSender, DeleteChannelSender, DeleteDestinationAlphaSender,
            DeleteServicePhoneNumber, DeleteServiceShortCode, FetchAlphaSender, FetchChannelSender,
            FetchDestinationAlphaSender, FetchServicePhoneNumber, FetchServiceShortCode, ListAlphaSenders,
            ListChannelSenders, ListDestinationAlphaSenders, ListServicePhoneNumbers, ListServiceShortCodes,
        },
        messaging_service::{
            CreateMessagingService, DeleteMessagingService, FetchMessagingService, FetchServiceUsecases,
            ListMessagingServices, UpdateMessagingService,
        },
        usa2p::{
            Campaign, CreateExternalCampaign, CreateUsAppToPerson, DeleteUsAppToPerson, FetchUsAppToPerson,
            FetchUsAppToPersonUsecases, ListUsAppToPerson, UpdateUsAppToPerson,
        },
    },
    model::{HttpMethod, messaging_service::ScanMessageContent},
    sid::{
        AlphaSenderSid, ChannelSenderSid, MessagingServiceSid, PhoneNumberSid, ShortCodeSid, UsAppToPersonSid,
    },
};

fn service() -> MessagingServiceSid {
    sid("MG")
}

#[test]
fn services() {
    let create = CreateMessagingService::new("Si")
        .inbound_request_url("https://h/in")
        .inbound_method(HttpMethod::Post)
        .fallback_url("https://h/f")
        .fallback_method(HttpMethod::Get)
        .status_callback("https://h/s")
        .sticky_sender(true)
        .mms_converter(true)
        .smart_encoding(false)
        .scan_message_content(ScanMessageContent::Inherit)
        .fallback_to_long_code(true)
        .area_code_geomatch(true)
        .synchronous_validation(false)
        .usecase("discussion")
        .use_inbound_webhook_on_number(true)
        .validity_period(0);
    for (actual, expected) in [
        (
            line(&create),
            "POST /v1/Services FriendlyName=Si InboundRequestUrl=https://h/in InboundMethod=POST \
             FallbackUrl=https://h/f FallbackMethod=GET StatusCallback=https://h/s StickySender=true MmsConverter=true \
             SmartEncoding=false ScanMessageContent=inherit FallbackToLongCode=true AreaCodeGeomatch=true \
             SynchronousValidation=false Usecase=discussion UseInboundWebhookOnNumber=true ValidityPeriod=1",
        ),
        (
            line(&UpdateMessagingService::new(service()).friendly_name("n").validity_period(60)),
            "POST /v1/Services/MG… FriendlyName=n ValidityPeriod=60",
        ),
        (line(&FetchMessagingService::new(service())), "GET /v1/Services/MG…"),
        (line(&DeleteMessagingService::new(service())), "DELETE /v1/Services/MG…"),
        (line(&ListMessagingServices::new().page_size(2000)), "GET /v1/Services PageSize=1000"),
        (line(&FetchServiceUsecases::new()), "GET /v1/Services/Usecases"),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn numbers_and_codes() {
    let number: PhoneNumberSid = sid("PN");
    let code: ShortCodeSid = sid("SC");
    for (actual, expected) in [
        (
            line(&CreateServicePhoneNumber::new(service(), &number)),
            "POST /v1/Services/MG…/PhoneNumbers PhoneNumberSid=PN…",
        ),
        (
            line(&FetchServicePhoneNumber::new(service(), number.clone())),
            "GET /v1/Services/MG…/PhoneNumbers/PN…",
        ),
        (line(&DeleteServicePhoneNumber::new(service(), number)), "DELETE /v1/Services/MG…/PhoneNumbers/PN…"),
        (
            line(&ListServicePhoneNumbers::new(service()).page_size(9)),
            "GET /v1/Services/MG…/PhoneNumbers PageSize=9",
        ),
        (
            line(&CreateServiceShortCode::new(service(), &code)),
            "POST /v1/Services/MG…/ShortCodes ShortCodeSid=SC…",
        ),
        (line(&FetchServiceShortCode::new(service(), code.clone())), "GET /v1/Services/MG…/ShortCodes/SC…"),
        (line(&DeleteServiceShortCode::new(service(), code)), "DELETE /v1/Services/MG…/ShortCodes/SC…"),
        (line(&ListServiceShortCodes::new(service())), "GET /v1/Services/MG…/ShortCodes"),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn names_and_other_channels() {
    let alpha: AlphaSenderSid = sid("AI");
    let channel: ChannelSenderSid = sid("XE");
    let abroad = CreateDestinationAlphaSender::new(service(), "SI").unwrap().iso_country_code("DE");
    for (actual, expected) in [
        (
            line(&CreateAlphaSender::new(service(), "SI").unwrap()),
            "POST /v1/Services/MG…/AlphaSenders AlphaSender=SI",
        ),
        (line(&FetchAlphaSender::new(service(), alpha.clone())), "GET /v1/Services/MG…/AlphaSenders/AI…"),
        (line(&DeleteAlphaSender::new(service(), alpha.clone())), "DELETE /v1/Services/MG…/AlphaSenders/AI…"),
        (line(&ListAlphaSenders::new(service())), "GET /v1/Services/MG…/AlphaSenders"),
        (line(&abroad), "POST /v1/Services/MG…/DestinationAlphaSenders AlphaSender=SI IsoCountryCode=DE"),
        (
            line(&FetchDestinationAlphaSender::new(service(), alpha.clone())),
            "GET /v1/Services/MG…/DestinationAlphaSenders/AI…",
        ),
        (
            line(&DeleteDestinationAlphaSender::new(service(), alpha)),
            "DELETE /v1/Services/MG…/DestinationAlphaSenders/AI…",
        ),
        (
            line(&ListDestinationAlphaSenders::new(service()).iso_country_code("DE")),
            "GET /v1/Services/MG…/DestinationAlphaSenders IsoCountryCode=DE",
        ),
        (
            line(&CreateChannelSender::new(service(), &channel)),
            "POST /v1/Services/MG…/ChannelSenders Sid=XE…",
        ),
        (
            line(&FetchChannelSender::new(service(), channel.clone())),
            "GET /v1/Services/MG…/ChannelSenders/XE…",
        ),
        (line(&DeleteChannelSender::new(service(), channel)), "DELETE /v1/Services/MG…/ChannelSenders/XE…"),
        (line(&ListChannelSenders::new(service())), "GET /v1/Services/MG…/ChannelSenders"),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(CreateAlphaSender::new(service(), "twelve chars").is_err());
}

#[test]
fn campaigns() {
    let campaign_sid: UsAppToPersonSid = sid("QE");
    let campaign = || Campaign {
        description: "d".into(),
        message_flow: "f".into(),
        message_samples: vec!["a".into(), "b".into()],
        has_embedded_links: true,
        has_embedded_phone: false,
    };
    let create = CreateUsAppToPerson::new(service(), &sid("BN"), "2FA", campaign())
        .opt_in_keywords(["START"])
        .opt_out_keywords(["STOP"])
        .help_keywords(["HELP"])
        .opt_in_message("in")
        .opt_out_message("out")
        .help_message("help")
        .subscriber_opt_in(true)
        .age_gated(false)
        .direct_lending(false)
        .privacy_policy_url("https://h/p")
        .terms_and_conditions_url("https://h/t");
    let update = UpdateUsAppToPerson::new(service(), campaign_sid.clone(), campaign(), true, false);
    for (actual, expected) in [
        (
            line(&create),
            "POST /v1/Services/MG…/Compliance/Usa2p Description=d MessageFlow=f MessageSamples=a MessageSamples=b \
             HasEmbeddedLinks=true HasEmbeddedPhone=false BrandRegistrationSid=BN… UsAppToPersonUsecase=2FA \
             OptInKeywords=START OptOutKeywords=STOP HelpKeywords=HELP OptInMessage=in OptOutMessage=out \
             HelpMessage=help SubscriberOptIn=true AgeGated=false DirectLending=false PrivacyPolicyUrl=https://h/p \
             TermsAndConditionsUrl=https://h/t",
        ),
        (
            line(&update),
            "POST /v1/Services/MG…/Compliance/Usa2p/QE… Description=d MessageFlow=f MessageSamples=a MessageSamples=b \
             HasEmbeddedLinks=true HasEmbeddedPhone=false AgeGated=true DirectLending=false",
        ),
        (
            line(&FetchUsAppToPerson::new(service(), campaign_sid.clone())),
            "GET /v1/Services/MG…/Compliance/Usa2p/QE…",
        ),
        (
            line(&DeleteUsAppToPerson::new(service(), campaign_sid)),
            "DELETE /v1/Services/MG…/Compliance/Usa2p/QE…",
        ),
        (line(&ListUsAppToPerson::new(service())), "GET /v1/Services/MG…/Compliance/Usa2p"),
        (
            line(&FetchUsAppToPersonUsecases::new(service()).brand_registration_sid(sid("BN"))),
            "GET /v1/Services/MG…/Compliance/Usa2p/Usecases BrandRegistrationSid=BN…",
        ),
        (
            line(&CreateExternalCampaign::new("CFOO", &service()).cnp_migration(true)),
            "POST /v1/Services/PreregisteredUsa2p CampaignId=CFOO MessagingServiceSid=MG… CnpMigration=true",
        ),
    ] {
        assert_eq!(actual, expected);
    }
}
