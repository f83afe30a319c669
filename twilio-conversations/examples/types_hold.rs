//! What the types of this crate do not let through. Each wrong line is marked with the compiler's error and stands
//! beside its right twin; `cargo xtask test types` compiles both and looks that each wrong line fails for its reason.
//!
//! ```text
//! cargo run -p twilio-conversations --example types_hold
//! ```

#![allow(unexpected_cfgs, reason = "the check of the wrong lines sets it")]
#![allow(unused_variables, reason = "nothing is sent")]

use std::error::Error;

use twilio_conversations::{
    UserRef,
    api::{
        address_configuration::UpdateAddressConfiguration,
        configuration::FetchConfiguration,
        content::ContentVariables,
        conversation::{CreateConversation, FetchConversation},
        conversation_webhook::CreateConversationWebhook,
        credential::PushCredential,
        message::{CreateMessage, FetchMessage},
        messaging::{self, Sender},
        messaging_sender::CreateServicePhoneNumber,
        participant::{CreateParticipant, FetchParticipant},
        participant_conversation::{ListParticipantConversations, Person},
        role::CreateRole,
        usa2p::Campaign,
        user::FetchUser,
    },
    model::{HttpMethod, RoleType},
    sid::{
        AddressConfigurationSid, ContentSid, ConversationSid, MediaSid, MessageSid, MessagingServiceSid,
        ParticipantSid, PhoneNumberSid, ServiceSid,
    },
};

type Held = Result<(), Box<dyn Error>>;

fn sid<S: std::str::FromStr<Err: Error + 'static>>(prefix: &str) -> Result<S, Box<dyn Error>> {
    Ok(format!("{prefix}0123456789abcdef0123456789abcdef").parse()?)
}

/// A SID of one resource is not one of another.
fn sids() -> Held {
    let (conversation, message): (ConversationSid, MessageSid) = (sid("CH")?, sid("IM")?);
    let participant: ParticipantSid = sid("MB")?;
    let (service, number): (MessagingServiceSid, PhoneNumberSid) = (sid("MG")?, sid("PN")?);

    let fetch = FetchMessage::new(&conversation, &message);
    #[cfg(wrong)]
    let fetch = FetchMessage::new(&message, &conversation); //~ E0277

    let fetch = FetchParticipant::new(&conversation, &participant);
    #[cfg(wrong)]
    let fetch = FetchParticipant::new(&conversation, &message); //~ E0277

    let add = CreateServicePhoneNumber::new(&service, &number);
    #[cfg(wrong)]
    let add = CreateServicePhoneNumber::new(&service, &service); //~ E0308

    let kept: ConversationSid = conversation.clone();
    #[cfg(wrong)]
    let kept: MessageSid = conversation.clone(); //~ E0308

    let conversations: ServiceSid = sid("IS")?;
    let scoped = CreateConversation::new().scope(conversations);
    #[cfg(wrong)]
    let scoped = CreateConversation::new().scope(service); //~ E0277

    let fetch = FetchUser::new(UserRef::identity("ana")?);
    #[cfg(wrong)]
    let fetch = FetchUser::new(twilio_conversations::ConversationRef::unique_name("ana")?); //~ E0277
    Ok(())
}

/// What Twilio requires cannot be left out.
fn required() -> Held {
    let conversation: ConversationSid = sid("CH")?;
    let from = || Sender::From("+15550002222".into());

    let message = CreateMessage::text(&conversation, "Hello")?;
    #[cfg(wrong)]
    let message = CreateMessage::text(&conversation)?; //~ E0061
    #[cfg(wrong)]
    let message = CreateMessage::new(&conversation); //~ E0599

    let participant = CreateParticipant::by_address(&conversation, "+15550001111", "+15550002222")?;
    #[cfg(wrong)]
    let participant = CreateParticipant::by_address(&conversation, "+15550001111")?; //~ E0061

    let text = messaging::CreateMessage::text("+15550001111", from(), "Hello")?;
    #[cfg(wrong)]
    let text = messaging::CreateMessage::text("+15550001111", "Hello")?; //~ E0061

    let role = CreateRole::new("reader", &RoleType::Conversation, ["sendMessage"])?;
    #[cfg(wrong)]
    let role = CreateRole::new("reader", &RoleType::Conversation)?; //~ E0061

    let webhook = CreateConversationWebhook::events(&conversation, "https://si.example", ["onMessageAdded"]);
    #[cfg(wrong)]
    let webhook = CreateConversationWebhook::events(&conversation, "https://si.example"); //~ E0061

    let people = ListParticipantConversations::new(Person::Identity("ana".into()));
    #[cfg(wrong)]
    let people = ListParticipantConversations::new(); //~ E0061

    let campaign = Campaign {
        description: String::new(),
        message_flow: String::new(),
        message_samples: Vec::new(),
        has_embedded_links: false,
        has_embedded_phone: false,
    };
    #[cfg(wrong)]
    let campaign = Campaign { description: String::new() }; //~ E0063
    Ok(())
}

/// What excludes each other cannot be said together.
fn exclusive() -> Held {
    let conversation: ConversationSid = sid("CH")?;
    let (template, media): (ContentSid, MediaSid) = (sid("HX")?, sid("ME")?);
    let none = ContentVariables::default();
    let from = || Sender::From("+15550002222".into());

    // A text, or a template.
    let message = CreateMessage::template(&conversation, template.clone(), &none).author("si");
    #[cfg(wrong)]
    let message = CreateMessage::template(&conversation, template.clone(), &none).body("Hello"); //~ E0624
    #[cfg(wrong)]
    let message = CreateMessage::text(&conversation, "Hello")?.content_sid(template.clone()); //~ E0599

    // A file with a text is made in one go.
    let message = CreateMessage::captioned_media(&conversation, media.clone(), "Look")?;
    #[cfg(wrong)]
    let message = CreateMessage::text(&conversation, "Look")?.media_sid(media); //~ E0599

    // A chat identity, or an address.
    let participant = CreateParticipant::by_identity(&conversation, "ana")?;
    #[cfg(wrong)]
    let participant = CreateParticipant::by_identity(&conversation, "ana")?.address("+15550001111"); //~ E0599

    // A number, or a messaging service.
    let text = messaging::CreateMessage::text("+15550001111", from(), "Hello")?;
    #[cfg(wrong)]
    let text =
        messaging::CreateMessage::text("+15550001111", from(), "Hello")?.messaging_service_sid(sid("MG")?); //~ E0599

    // An address, or an identity.
    let people = ListParticipantConversations::new(Person::Address("+15550001111".into()));
    #[cfg(wrong)]
    let people = ListParticipantConversations::new(Person::Address("+15550001111".into())).identity("ana"); //~ E0599

    // The secrets of one push service.
    let push = PushCredential::Fcm { secret: "s".into() };
    #[cfg(wrong)]
    let push = PushCredential::Fcm { secret: "s".into(), api_key: "k".into() }; //~ E0559

    // One way of creating conversations, with what it needs.
    let update =
        || Ok::<_, Box<dyn Error>>(UpdateAddressConfiguration::new(sid::<AddressConfigurationSid>("IG")?));
    let webhook = update()?.auto_create_webhook("https://si.example", &HttpMethod::Post, ["onMessageAdded"]);
    #[cfg(wrong)]
    let webhook = update()?.auto_create_webhook("https://si.example"); //~ E0061
    Ok(())
}

/// An option exists where Twilio has it.
fn options() -> Held {
    let conversation: ConversationSid = sid("CH")?;
    let create = CreateConversation::new().webhook_enabled(true);
    #[cfg(wrong)]
    let fetch = FetchConversation::new(&conversation).webhook_enabled(true); //~ E0599
    #[cfg(wrong)]
    let account = FetchConfiguration::new().scope(sid::<ServiceSid>("IS")?); //~ E0599
    let account = FetchConfiguration::new();
    let fetch = FetchConversation::new(&conversation);
    Ok(())
}

/// A secret is not shown.
#[cfg(feature = "client")]
fn secrets() -> Held {
    let token = twilio_conversations::auth::AuthToken::new("secret")?;
    println!("{token:?} says nothing");
    #[cfg(wrong)]
    println!("{token}"); //~ E0277
    Ok(())
}

fn main() -> Held {
    sids()?;
    required()?;
    exclusive()?;
    options()?;
    #[cfg(feature = "client")]
    secrets()?;
    Ok(())
}
