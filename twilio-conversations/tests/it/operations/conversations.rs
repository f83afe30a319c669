use crate::support::{attributes, conversation, line, now, sid};
use std::time::Duration;
use twilio_conversations::{
    Attributes, UserRef,
    api::{
        binding::{DeleteBinding, FetchBinding, ListBindings},
        conversation::CreateConversationWithParticipants,
        credential::{
            CreateCredential, DeleteCredential, FetchCredential, ListCredentials, PushCredential,
            UpdateCredential,
        },
        notification::{FetchNotification, UpdateNotification},
        participant::NewParticipant,
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
    model::{ConversationState, NotificationLevel, PushBindingType, RoleType},
    sid::{BindingSid, CredentialSid, RoleSid, ServiceSid, UserSid},
};

fn service() -> ServiceSid {
    sid("IS")
}

fn user() -> UserRef {
    sid::<UserSid>("US").into()
}

#[test]
fn users() {
    let create = CreateUser::new("ann").unwrap().friendly_name("Ann").unwrap().role_sid(sid("RL"));
    let update = UpdateUser::new(user()).role_sid(sid("RL")).friendly_name("A").unwrap();
    for (actual, expected) in [
        (
            line(&create.attributes(&attributes()).unwrap()),
            "POST /v1/Users Identity=ann FriendlyName=Ann RoleSid=RL… Attributes={}",
        ),
        (line(&FetchUser::new(UserRef::identity("a@b").unwrap())), "GET /v1/Users/a%40b"),
        (
            line(&update.attributes(&attributes()).unwrap().scope(service())),
            "POST /v1/Services/IS…/Users/US… RoleSid=RL… FriendlyName=A Attributes={}",
        ),
        (line(&DeleteUser::new(user())), "DELETE /v1/Users/US…"),
        (line(&ListUsers::new().page_size(99).scope(service())), "GET /v1/Services/IS…/Users PageSize=50"),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(CreateUser::new("i".repeat(257)).is_err());
    assert!(UpdateUser::new(user()).attributes(&Attributes::new("x".repeat(4097))).is_err());
}

#[test]
fn user_conversations() {
    let update = UpdateUserConversation::new(user(), conversation())
        .notification_level(NotificationLevel::Muted)
        .last_read_message_index(3)
        .last_read_timestamp(now());
    for (actual, expected) in [
        (line(&FetchUserConversation::new(user(), conversation())), "GET /v1/Users/US…/Conversations/{CH}"),
        (
            line(&update),
            "POST /v1/Users/US…/Conversations/{CH} NotificationLevel=muted LastReadMessageIndex=3 \
             LastReadTimestamp=2024-01-02T03:04:05Z",
        ),
        (
            line(&DeleteUserConversation::new(user(), conversation()).scope(service())),
            "DELETE /v1/Services/IS…/Users/US…/Conversations/{CH}",
        ),
        (
            line(&ListUserConversations::new(user()).page_size(50)),
            "GET /v1/Users/US…/Conversations PageSize=50",
        ),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn roles() {
    let role: RoleSid = sid("RL");
    let create = CreateRole::new("Guest", &RoleType::Conversation, ["sendMessage", "leaveConversation"]);
    for (actual, expected) in [
        (
            line(&create.unwrap()),
            "POST /v1/Roles FriendlyName=Guest Type=conversation Permission=sendMessage Permission=leaveConversation",
        ),
        (line(&FetchRole::new(role.clone())), "GET /v1/Roles/RL…"),
        (
            line(&UpdateRole::new(role.clone(), ["sendMessage"]).scope(service())),
            "POST /v1/Services/IS…/Roles/RL… Permission=sendMessage",
        ),
        (line(&DeleteRole::new(role)), "DELETE /v1/Roles/RL…"),
        (line(&ListRoles::new().page_size(50)), "GET /v1/Roles PageSize=50"),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(CreateRole::new("n".repeat(65), &RoleType::Service, ["x"]).is_err());
}

#[test]
fn credentials() {
    let credential: CredentialSid = sid("CR");
    let apn = PushCredential::Apn { certificate: "CERT".into(), private_key: "KEY".into(), sandbox: true };
    assert!(!format!("{apn:?}").contains("KEY"));
    let fcm = || PushCredential::Fcm { secret: "S".into() };
    let update = UpdateCredential::new(credential.clone()).credential(fcm()).friendly_name("P").unwrap();
    for (actual, expected) in [
        (
            line(&CreateCredential::new(apn).friendly_name("Phones").unwrap()),
            "POST /v1/Credentials Type=apn Certificate=CERT PrivateKey=KEY Sandbox=true FriendlyName=Phones",
        ),
        (
            line(&CreateCredential::new(PushCredential::Gcm { api_key: "K".into() })),
            "POST /v1/Credentials Type=gcm ApiKey=K",
        ),
        (line(&CreateCredential::new(fcm())), "POST /v1/Credentials Type=fcm Secret=S"),
        (line(&FetchCredential::new(credential.clone())), "GET /v1/Credentials/CR…"),
        (line(&update), "POST /v1/Credentials/CR… Type=fcm Secret=S FriendlyName=P"),
        (line(&DeleteCredential::new(credential)), "DELETE /v1/Credentials/CR…"),
        (line(&ListCredentials::new().page_size(1000)), "GET /v1/Credentials PageSize=100"),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn services_and_their_defaults() {
    let configure = UpdateServiceConfiguration::new(service())
        .default_conversation_creator_role_sid(sid("RL"))
        .default_conversation_role_sid(sid("RL"))
        .default_chat_service_role_sid(sid("RL"))
        .reachability_enabled(true);
    for (actual, expected) in [
        (line(&CreateService::new("Si").unwrap()), "POST /v1/Services FriendlyName=Si"),
        (line(&FetchService::new(service())), "GET /v1/Services/IS…"),
        (line(&DeleteService::new(service())), "DELETE /v1/Services/IS…"),
        (line(&ListServices::new().page_size(10)), "GET /v1/Services PageSize=10"),
        (line(&FetchServiceConfiguration::new(service())), "GET /v1/Services/IS…/Configuration"),
        (
            line(&configure),
            "POST /v1/Services/IS…/Configuration DefaultConversationCreatorRoleSid=RL… \
             DefaultConversationRoleSid=RL… DefaultChatServiceRoleSid=RL… ReachabilityEnabled=true",
        ),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(CreateService::new("n".repeat(257)).is_err());
}

#[test]
fn notifications_and_bindings() {
    let binding: BindingSid = sid("BS");
    let notify = UpdateNotification::new(service())
        .log_enabled(true)
        .new_message_enabled(true)
        .new_message_template("${MESSAGE}")
        .new_message_sound("ring")
        .new_message_badge_count_enabled(false)
        .new_message_with_media_enabled(true)
        .new_message_with_media_template("${MEDIA}")
        .added_to_conversation_enabled(true)
        .added_to_conversation_template("in")
        .added_to_conversation_sound("ring")
        .removed_from_conversation_enabled(false)
        .removed_from_conversation_template("out")
        .removed_from_conversation_sound("ring");
    let list = ListBindings::new(service())
        .binding_types([PushBindingType::Apn, PushBindingType::Twilsock])
        .identities(["ann", "bob"])
        .page_size(100);
    for (actual, expected) in [
        (line(&FetchNotification::new(service())), "GET /v1/Services/IS…/Configuration/Notifications"),
        (
            line(&notify),
            "POST /v1/Services/IS…/Configuration/Notifications LogEnabled=true NewMessage.Enabled=true \
             NewMessage.Template=${MESSAGE} NewMessage.Sound=ring NewMessage.BadgeCountEnabled=false \
             NewMessage.WithMedia.Enabled=true NewMessage.WithMedia.Template=${MEDIA} \
             AddedToConversation.Enabled=true AddedToConversation.Template=in AddedToConversation.Sound=ring \
             RemovedFromConversation.Enabled=false RemovedFromConversation.Template=out \
             RemovedFromConversation.Sound=ring",
        ),
        (line(&FetchBinding::new(service(), binding.clone())), "GET /v1/Services/IS…/Bindings/BS…"),
        (line(&DeleteBinding::new(service(), binding)), "DELETE /v1/Services/IS…/Bindings/BS…"),
        (
            line(&list),
            "GET /v1/Services/IS…/Bindings BindingType=apn BindingType=twilsock Identity=ann Identity=bob PageSize=100",
        ),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn a_conversation_with_its_participants() {
    let people = [
        NewParticipant::by_address("+1", "+2").unwrap().attributes(&attributes()).unwrap(),
        NewParticipant::by_identity("si").unwrap().role_sid(&sid("RL")),
        NewParticipant::by_projected_identity("bob", "+3").unwrap(),
        NewParticipant::by_group_address("+4").unwrap(),
    ];
    assert!(!format!("{people:?}").contains("si\""));
    let create = CreateConversationWithParticipants::new(people)
        .unwrap()
        .friendly_name("Trip")
        .unwrap()
        .state(ConversationState::Active)
        .closed_timer(Duration::from_mins(10))
        .unwrap()
        .attributes(&attributes())
        .unwrap();
    assert_eq!(
        line(&create.scope(service())),
        concat!(
            "POST /v1/Services/IS…/ConversationWithParticipants ",
            r#"Participant={"attributes":"{}","messaging_binding":{"address":"+1","proxy_address":"+2"}} "#,
            r#"Participant={"identity":"si","role_sid":"RL…"} "#,
            r#"Participant={"identity":"bob","messaging_binding":{"projected_address":"+3"}} "#,
            r#"Participant={"messaging_binding":{"address":"+4"}} "#,
            "FriendlyName=Trip State=active Timers.Closed=PT10M Attributes={}"
        )
    );
    let crowd = std::iter::repeat_n(NewParticipant::by_identity("x").unwrap(), 11);
    assert!(CreateConversationWithParticipants::new(crowd).is_err());
    assert!(NewParticipant::by_address("a".repeat(257), "+2").is_err());
}
