//! Messages and media of the 2010 API, and messaging services with their senders and campaigns.

use super::book::Book;
use crate::support::{now, sid};
use twilio_conversations::{
    api::{
        content::ContentVariables,
        messaging::{
            CreateFeedback, CreateMessage, DeleteMessage, FetchMessage, ListMessages, Sender, UpdateMessage,
        },
        messaging_media::{DeleteMedia, FetchMedia, ListMedia},
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
    sid::{
        AlphaSenderSid, BrandRegistrationSid, ChannelSenderSid, MediaSid, MessagingServiceSid,
        PhoneNumberSid, ShortCodeSid, SmsSid, UsAppToPersonSid,
    },
};

fn service() -> MessagingServiceSid {
    sid("MG")
}

pub(super) fn fill(book: &mut Book) {
    messages(book);
    media(book);
    services(book);
    senders(book);
    campaigns(book);
}

fn messages(book: &mut Book) {
    let to = "+15550001111";
    let text = CreateMessage::captioned_media(to, Sender::From(to.into()), ["https://h"], "hi").unwrap();
    let variables = ContentVariables::new([("1", "one")]).unwrap();
    let template = CreateMessage::template(to, Sender::MessagingService(service()), sid("HX"), &variables);
    for message in [text, template] {
        book.one(
            &message
                .status_callback("https://h")
                .application_sid(sid("AP"))
                .max_price("0.1")
                .provide_feedback(true)
                .attempt(1)
                .validity_period(60)
                .force_delivery(true)
                .content_retention(book.pick("ContentRetention"))
                .address_retention(book.pick("AddressRetention"))
                .smart_encoded(true)
                .persistent_actions(["geo:1,2"])
                .traffic_type(book.pick("TrafficType"))
                .shorten_urls(true)
                .send_as_mms(true)
                .risk_check(book.pick("RiskCheck"))
                .fallback_from("+15550002222")
                .schedule(&now()),
        );
    }
    let message: SmsSid = sid("SM");
    book.one(&UpdateMessage::redact(message.clone()));
    book.one(&UpdateMessage::cancel(message.clone()));
    book.one(&FetchMessage::new(message.clone()));
    book.none(&DeleteMessage::new(message.clone()));
    book.list(
        &ListMessages::new()
            .to(to)
            .from(to)
            .date_sent("2024-01-02")
            .date_sent_before("2024-01-02")
            .date_sent_after("2024-01-02")
            .page_size(u16::MAX),
    );
    book.one(&CreateFeedback::new(message, &book.pick("Outcome")));
}

fn media(book: &mut Book) {
    let (message, media): (SmsSid, MediaSid) = (sid("SM"), sid("ME"));
    book.one(&FetchMedia::new(message.clone(), media.clone()));
    book.none(&DeleteMedia::new(message.clone(), media));
    book.list(
        &ListMedia::new(message)
            .date_created("2024-01-02")
            .date_created_before("2024-01-02")
            .date_created_after("2024-01-02")
            .page_size(u16::MAX),
    );
}

fn services(book: &mut Book) {
    macro_rules! filled {
        ($request:expr) => {
            $request
                .inbound_request_url("https://h")
                .inbound_method(book.pick("InboundMethod"))
                .fallback_url("https://h")
                .fallback_method(book.pick("FallbackMethod"))
                .status_callback("https://h")
                .sticky_sender(true)
                .mms_converter(true)
                .smart_encoding(true)
                .scan_message_content(book.pick("ScanMessageContent"))
                .fallback_to_long_code(true)
                .area_code_geomatch(true)
                .synchronous_validation(true)
                .usecase("notifications")
                .use_inbound_webhook_on_number(true)
                .validity_period(60)
        };
    }
    book.one(&filled!(CreateMessagingService::new("n")));
    book.one(&filled!(UpdateMessagingService::new(service()).friendly_name("n")));
    book.one(&FetchMessagingService::new(service()));
    book.none(&DeleteMessagingService::new(service()));
    book.list(&ListMessagingServices::new().page_size(u16::MAX));
    book.one(&FetchServiceUsecases::new());
}

fn senders(book: &mut Book) {
    let (number, code): (PhoneNumberSid, ShortCodeSid) = (sid("PN"), sid("SC"));
    let (alpha, channel): (AlphaSenderSid, ChannelSenderSid) = (sid("AI"), sid("XE"));
    book.one(&CreateServicePhoneNumber::new(service(), &number));
    book.one(&FetchServicePhoneNumber::new(service(), number.clone()));
    book.none(&DeleteServicePhoneNumber::new(service(), number));
    book.list(&ListServicePhoneNumbers::new(service()).page_size(u16::MAX));
    book.one(&CreateServiceShortCode::new(service(), &code));
    book.one(&FetchServiceShortCode::new(service(), code.clone()));
    book.none(&DeleteServiceShortCode::new(service(), code));
    book.list(&ListServiceShortCodes::new(service()).page_size(u16::MAX));
    book.one(&CreateAlphaSender::new(service(), "Si").unwrap());
    book.one(&FetchAlphaSender::new(service(), alpha.clone()));
    book.none(&DeleteAlphaSender::new(service(), alpha.clone()));
    book.list(&ListAlphaSenders::new(service()).page_size(u16::MAX));
    book.one(&CreateDestinationAlphaSender::new(service(), "Si").unwrap().iso_country_code("DE"));
    book.one(&FetchDestinationAlphaSender::new(service(), alpha.clone()));
    book.none(&DeleteDestinationAlphaSender::new(service(), alpha));
    book.list(&ListDestinationAlphaSenders::new(service()).iso_country_code("DE").page_size(u16::MAX));
    book.one(&CreateChannelSender::new(service(), &channel));
    book.one(&FetchChannelSender::new(service(), channel.clone()));
    book.none(&DeleteChannelSender::new(service(), channel));
    book.list(&ListChannelSenders::new(service()).page_size(u16::MAX));
}

fn campaigns(book: &mut Book) {
    let (brand, sid): (BrandRegistrationSid, UsAppToPersonSid) = (sid("BN"), sid("QE"));
    let campaign = || Campaign {
        description: "d".into(),
        message_flow: "f".into(),
        message_samples: vec!["one".into(), "two".into()],
        has_embedded_links: true,
        has_embedded_phone: false,
    };
    book.one(
        &CreateUsAppToPerson::new(service(), &brand, "MIXED", campaign())
            .api_version("v1.2")
            .opt_in_message("m")
            .opt_out_message("m")
            .help_message("m")
            .opt_in_keywords(["YES"])
            .opt_out_keywords(["NO"])
            .help_keywords(["HOW"])
            .subscriber_opt_in(true)
            .age_gated(true)
            .direct_lending(true)
            .privacy_policy_url("https://h")
            .terms_and_conditions_url("https://h"),
    );
    book.one(
        &UpdateUsAppToPerson::new(service(), sid.clone(), campaign(), true, false)
            .api_version("v1.2")
            .privacy_policy_url("https://h")
            .terms_and_conditions_url("https://h"),
    );
    book.one(&FetchUsAppToPerson::new(service(), sid.clone()).api_version("v1.2"));
    book.none(&DeleteUsAppToPerson::new(service(), sid));
    book.list(&ListUsAppToPerson::new(service()).api_version("v1.2").page_size(u16::MAX));
    book.one(&FetchUsAppToPersonUsecases::new(service()).brand_registration_sid(brand));
    book.one(&CreateExternalCampaign::new("c", &service()).cnp_migration(true));
}
