//! Conversations v1: below the default service and below another.

use super::book::Book;
use crate::support::{attributes, conversation, message, now, sid};
use std::time::Duration;
use twilio_conversations::{
    ParticipantRef, UserRef,
    api::{
        address_configuration::{
            CreateAddressConfiguration, DeleteAddressConfiguration, FetchAddressConfiguration,
            ListAddressConfigurations, UpdateAddressConfiguration,
        },
        binding::{DeleteBinding, FetchBinding, ListBindings},
        configuration::{
            FetchConfiguration, FetchConfigurationWebhook, UpdateConfiguration, UpdateConfigurationWebhook,
        },
        content::ContentVariables,
        conversation::{
            CreateConversation, CreateConversationWithParticipants, DeleteConversation, FetchConversation,
            ListConversations, UpdateConversation,
        },
        conversation_webhook::{
            CreateConversationWebhook, DeleteConversationWebhook, FetchConversationWebhook,
            ListConversationWebhooks, UpdateConversationWebhook,
        },
        credential::{
            CreateCredential, DeleteCredential, FetchCredential, ListCredentials, PushCredential,
            UpdateCredential,
        },
        message::{CreateMessage, DeleteMessage, FetchMessage, ListMessages, UpdateMessage},
        notification::{FetchNotification, UpdateNotification},
        participant::{
            CreateParticipant, DeleteParticipant, FetchParticipant, ListParticipants, NewParticipant,
            UpdateParticipant,
        },
        participant_conversation::{ListParticipantConversations, Person},
        receipt::{FetchReceipt, ListReceipts},
        role::{CreateRole, DeleteRole, FetchRole, ListRoles, UpdateRole},
        service::{
            CreateService, DeleteService, FetchService, FetchServiceConfiguration, ListServices,
            UpdateServiceConfiguration,
        },
        user::{CreateUser, DeleteUser, FetchUser, ListUsers, UpdateUser},
        user_conversation::{
            DeleteUserConversation, FetchUserConversation, ListUserConversations, UpdateUserConversation,
        },
    },
    sid::{FlowSid, ReceiptSid, RoleSid, ServiceSid, WebhookSid},
};

const MINUTES: Duration = Duration::from_mins(10);

/// A request below the default service, and the same below a named one.
macro_rules! both {
    ($book:ident $kind:ident: $($request:expr),* $(,)?) => {$(
        $book.$kind(&$request);
        $book.$kind(&$request.scope(service()));
    )*};
}

fn service() -> ServiceSid {
    sid("IS")
}

fn variables() -> ContentVariables {
    ContentVariables::new([("1", "one")]).unwrap()
}

pub(super) fn fill(book: &mut Book) {
    account(book);
    services(book);
    conversations(book);
    messages(book);
    participants(book);
    webhooks(book);
    people(book);
}

/// What there is once in an account.
fn account(book: &mut Book) {
    book.one(&FetchConfiguration::new());
    let update = UpdateConfiguration::new()
        .default_chat_service_sid(service())
        .default_messaging_service_sid(sid("MG"))
        .default_inactive_timer(MINUTES)
        .and_then(|update| update.default_closed_timer(MINUTES));
    book.one(&update.unwrap());

    let create = CreateAddressConfiguration::new(&book.pick("Type"), "+15550001111")
        .address_country("DE")
        .friendly_name("n")
        .unwrap()
        .conversation_service_sid(service())
        .auto_creation(true);
    let update =
        UpdateAddressConfiguration::new(sid::<twilio_conversations::sid::AddressConfigurationSid>("IG"))
            .friendly_name("n")
            .unwrap()
            .conversation_service_sid(service())
            .auto_creation(false);
    let (flow, method): (FlowSid, _) = (sid("FW"), book.pick("AutoCreation.WebhookMethod"));
    book.one(&create.clone().auto_create_default());
    book.one(&create.clone().auto_create_webhook("https://h", &method, ["onMessageAdded"]));
    book.one(&create.auto_create_studio(&flow, 1));
    book.one(&update.clone().auto_create_default());
    book.one(&update.clone().auto_create_webhook("https://h", &method, ["onMessageAdded"]));
    book.one(&update.auto_create_studio(&flow, 1));
    let address = sid::<twilio_conversations::sid::AddressConfigurationSid>("IG");
    book.one(&FetchAddressConfiguration::new(address.clone()));
    book.none(&DeleteAddressConfiguration::new(address));
    book.list(&ListAddressConfigurations::new().page_size(u16::MAX).address_type(book.pick("Type")));

    for credential in [
        PushCredential::Apn { certificate: "c".into(), private_key: "k".into(), sandbox: true },
        PushCredential::Gcm { api_key: "k".into() },
        PushCredential::Fcm { secret: "s".into() },
    ] {
        book.one(&CreateCredential::new(credential.clone()).friendly_name("n").unwrap());
        let update = UpdateCredential::new(sid::<twilio_conversations::sid::CredentialSid>("CR"));
        book.one(&update.credential(credential).friendly_name("n").unwrap());
    }
    let credential = sid::<twilio_conversations::sid::CredentialSid>("CR");
    book.one(&FetchCredential::new(credential.clone()));
    book.none(&DeleteCredential::new(credential));
    book.list(&ListCredentials::new().page_size(u16::MAX));

    both! { book one:
        FetchConfigurationWebhook::new(),
        UpdateConfigurationWebhook::new()
            .pre_webhook_url("https://h")
            .post_webhook_url("https://h")
            .filters(["onMessageAdded"])
            .method(book.pick("Configuration.Method"))
            .target(book.pick("Target")),
    }
}

fn services(book: &mut Book) {
    book.one(&CreateService::new("n").unwrap());
    book.one(&FetchService::new(service()));
    book.none(&DeleteService::new(service()));
    book.list(&ListServices::new().page_size(u16::MAX));
    book.one(&FetchServiceConfiguration::new(service()));
    let role: RoleSid = sid("RL");
    book.one(
        &UpdateServiceConfiguration::new(service())
            .default_conversation_creator_role_sid(role.clone())
            .default_conversation_role_sid(role.clone())
            .default_chat_service_role_sid(role)
            .reachability_enabled(true),
    );
    book.one(&FetchNotification::new(service()));
    book.one(
        &UpdateNotification::new(service())
            .log_enabled(true)
            .new_message_enabled(true)
            .new_message_template("t")
            .new_message_sound("s")
            .new_message_badge_count_enabled(true)
            .new_message_with_media_enabled(true)
            .new_message_with_media_template("t")
            .added_to_conversation_enabled(true)
            .added_to_conversation_template("t")
            .added_to_conversation_sound("s")
            .removed_from_conversation_enabled(true)
            .removed_from_conversation_template("t")
            .removed_from_conversation_sound("s"),
    );
    let binding = sid::<twilio_conversations::sid::BindingSid>("BS");
    book.one(&FetchBinding::new(service(), binding.clone()));
    book.none(&DeleteBinding::new(service(), binding));
    let types = [book.pick("BindingType")];
    book.list(&ListBindings::new(service()).binding_types(types).identities(["ana"]).page_size(u16::MAX));
}

fn conversations(book: &mut Book) {
    macro_rules! filled {
        ($request:expr) => {
            $request
                .friendly_name("n")
                .unwrap()
                .unique_name("u")
                .attributes(&attributes())
                .unwrap()
                .messaging_service_sid(sid("MG"))
                .state(book.pick("State"))
                .email_address("a@example.com")
                .email_name("n")
                .inactive_timer(MINUTES)
                .unwrap()
                .closed_timer(MINUTES)
                .unwrap()
                .date_created(now())
                .date_updated(now())
                .webhook_enabled(true)
        };
    }
    both! { book one:
        filled!(CreateConversation::new()),
        filled!(UpdateConversation::new(conversation())),
        filled!(CreateConversationWithParticipants::new([NewParticipant::by_identity("ana").unwrap()]).unwrap()),
        FetchConversation::new(conversation()),
    }
    both! { book none: DeleteConversation::new(conversation()).webhook_enabled(true) }
    both! { book list:
        ListConversations::new().start_date(now()).end_date(now()).state(book.pick("State")).page_size(u16::MAX),
        ListParticipantConversations::new(Person::Address("+15550001111".into())).page_size(u16::MAX),
        ListParticipantConversations::new(Person::Identity("ana".into())).page_size(u16::MAX),
    }
}

fn messages(book: &mut Book) {
    macro_rules! filled {
        ($request:expr) => {
            $request
                .author("ana")
                .attributes(&attributes())
                .unwrap()
                .subject("s")
                .unwrap()
                .date_created(now())
                .date_updated(now())
                .webhook_enabled(true)
        };
    }
    both! { book one:
        filled!(CreateMessage::captioned_media(conversation(), sid("ME"), "hi").unwrap()),
        filled!(CreateMessage::template(conversation(), sid("HX"), &variables())),
        filled!(UpdateMessage::new(conversation(), message()).body("hi").unwrap()),
        FetchMessage::new(conversation(), message()),
        FetchReceipt::new(conversation(), message(), sid::<ReceiptSid>("DY")),
    }
    both! { book none: DeleteMessage::new(conversation(), message()).webhook_enabled(true) }
    both! { book list:
        ListMessages::new(conversation()).newest_first().page_size(u16::MAX),
        ListMessages::new(conversation()).oldest_first(),
        ListReceipts::new(conversation(), message()).page_size(u16::MAX),
    }
}

fn participants(book: &mut Book) {
    macro_rules! filled {
        ($request:expr) => {
            $request
                .role_sid(sid("RL"))
                .attributes(&attributes())
                .unwrap()
                .date_created(now())
                .date_updated(now())
                .webhook_enabled(true)
        };
    }
    let ana = || ParticipantRef::identity("ana").unwrap();
    both! { book one:
        filled!(CreateParticipant::by_address(conversation(), "+15550001111", "+15550002222").unwrap()),
        filled!(CreateParticipant::by_projected_identity(conversation(), "ana", "+15550002222").unwrap()),
        filled!(UpdateParticipant::new(conversation(), ana()))
            .identity("ana")
            .unwrap()
            .proxy_address("+15550002222")
            .unwrap()
            .projected_address("+15550002222")
            .unwrap()
            .last_read_message_index(1)
            .last_read_timestamp(now()),
        FetchParticipant::new(conversation(), ana()),
    }
    both! { book none: DeleteParticipant::new(conversation(), ana()).webhook_enabled(true) }
    both! { book list: ListParticipants::new(conversation()).page_size(u16::MAX) }
}

fn webhooks(book: &mut Book) {
    let (webhook, flow): (WebhookSid, FlowSid) = (sid("WH"), sid("FW"));
    let method = book.pick("Configuration.Method");
    both! { book one:
        CreateConversationWebhook::events(conversation(), "https://h", ["onMessageAdded"])
            .method(&method)
            .replay_after(1),
        CreateConversationWebhook::triggers(conversation(), "https://h", ["help"]).unwrap(),
        CreateConversationWebhook::studio(conversation(), flow.clone()),
        UpdateConversationWebhook::new(conversation(), webhook.clone())
            .url("https://h")
            .method(&method)
            .filters(["onMessageAdded"])
            .words(["help"])
            .unwrap()
            .flow_sid(flow.clone()),
        FetchConversationWebhook::new(conversation(), webhook.clone()),
    }
    both! { book none: DeleteConversationWebhook::new(conversation(), webhook.clone()) }
    both! { book list: ListConversationWebhooks::new(conversation()).page_size(u16::MAX) }
}

fn people(book: &mut Book) {
    let role: RoleSid = sid("RL");
    let ana = || UserRef::identity("ana").unwrap();
    both! { book one:
        CreateRole::new("n", &book.pick("Type"), ["sendMessage"]).unwrap(),
        UpdateRole::new(role.clone(), ["sendMessage"]),
        FetchRole::new(role.clone()),
        CreateUser::new("ana")
            .unwrap()
            .friendly_name("Ana")
            .unwrap()
            .attributes(&attributes())
            .unwrap()
            .role_sid(role.clone())
            .webhook_enabled(true),
        UpdateUser::new(ana())
            .friendly_name("Ana")
            .unwrap()
            .attributes(&attributes())
            .unwrap()
            .role_sid(role.clone())
            .webhook_enabled(true),
        FetchUser::new(ana()),
        UpdateUserConversation::new(ana(), conversation())
            .notification_level(book.pick("NotificationLevel"))
            .last_read_message_index(1)
            .last_read_timestamp(now()),
        FetchUserConversation::new(ana(), conversation()),
    }
    both! { book none:
        DeleteRole::new(role.clone()),
        DeleteUser::new(ana()).webhook_enabled(true),
        DeleteUserConversation::new(ana(), conversation()),
    }
    both! { book list:
        ListRoles::new().page_size(u16::MAX),
        ListUsers::new().page_size(u16::MAX),
        ListUserConversations::new(ana()).page_size(u16::MAX),
    }
}
