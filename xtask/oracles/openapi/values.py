"""Meaningful values for parameters. Generated texts are kept often enough to be refused now and then."""

import json

from resources import (
    CREATE,
    a2p_campaign,
    channel_sender,
    collection,
    participant_json,
    phone,
    phone_number,
    ready,
    send,
    short_code,
    sid,
    template_body,
    unique,
)

DATE = "2026-01-02T03:04:05Z"


def role(kind):
    """The SID of a role that fits."""
    return lambda: send(
        "POST",
        "/conversations/v1/Roles",
        form={"FriendlyName": unique("role"), "Type": kind, "Permission": ["sendMessage"] if kind == "conversation" else ["createConversation"]},
    )["sid"]


def messaging_service():
    return send("POST", "/messaging/v1/Services", form={"FriendlyName": unique("service")})["sid"]


def media():
    service = send("GET", "/conversations/v1/Configuration")["default_chat_service_sid"]
    return send("POST", f"/mcs/v1/Services/{service}/Media", data=b"hello", headers={"content-type": "text/plain"})["sid"]


# By the parameter's name; a leading collection makes an entry apply to it alone.
VALUES = {
    "AddressCountry": lambda: "US",
    "AgeGated": lambda: "false",
    "AlphaSender": lambda: "Si",
    "ApiKey": lambda: unique("key"),
    "ApplicationSid": lambda: sid("AP"),
    "Attempt": lambda: "1",
    "Attributes": lambda: json.dumps({"id": unique("a")}),
    "Author": lambda: "si",
    "AutoCreation.ConversationServiceSid": lambda: send("GET", "/conversations/v1/Configuration")["default_chat_service_sid"],
    "AutoCreation.StudioFlowSid": lambda: sid("FW"),
    "AutoCreation.StudioRetryCount": lambda: "2",
    "AutoCreation.Type": lambda: "default",
    "AutoCreation.WebhookFilters": lambda: ["onMessageAdded", "onParticipantAdded"],
    "AutoCreation.WebhookMethod": lambda: "POST",
    "AutoCreation.WebhookUrl": lambda: "https://example.com/hook",
    "Bindings.Email.Address": lambda: "si@example.com",
    "Bindings.Email.Name": lambda: "Si",
    "Body": lambda: "Hello again",
    "Certificate": lambda: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
    "Configuration.Filters": lambda: ["onMessageAdded"],
    "Configuration.FlowSid": lambda: sid("FW"),
    "Configuration.Method": lambda: "POST",
    "Configuration.ReplayAfter": lambda: "0",
    "Configuration.Triggers": lambda: ["help"],
    "Configuration.Url": lambda: "https://example.com/hook",
    "ContentSid": lambda: send("POST", "/content/v1/Content", body=template_body())["sid"],
    "ContentVariables": lambda: '{"1": "Bob"}',
    "DateCreated": lambda: DATE,
    "DateUpdated": lambda: DATE,
    "DefaultChatServiceSid": lambda: send("GET", "/conversations/v1/Configuration")["default_chat_service_sid"],
    "DefaultClosedTimer": lambda: "P2D",
    "DefaultConversationCreatorRoleSid": role("conversation"),
    "DefaultConversationRoleSid": role("conversation"),
    "DefaultChatServiceRoleSid": role("service"),
    "DefaultInactiveTimer": lambda: "PT12H",
    "DefaultMessagingServiceSid": messaging_service,
    "EndDate": lambda: "2030-01-01",
    "FallbackFrom": lambda: ready["sms_number"],
    "FallbackUrl": lambda: "https://example.com/fallback",
    "FallbackMethod": lambda: "POST",
    "Filters": lambda: ["onMessageAdded"],
    "InboundMethod": lambda: "POST",
    "FriendlyName": lambda: unique("name"),
    "From": lambda: ready["sms_number"],
    "Identity": lambda: unique("person"),
    "InboundRequestUrl": lambda: "https://example.com/inbound",
    "IsoCountryCode": lambda: "FR",
    "LastReadMessageIndex": lambda: "0",
    "LastReadTimestamp": lambda: DATE,
    "MaxPrice": lambda: "0.5",
    "MediaSid": media,
    "MediaUrl": lambda: ["https://example.com/cat.png"],
    "MessagingBinding.Address": phone,
    "MessagingBinding.ProjectedAddress": phone,
    "MessagingBinding.ProxyAddress": lambda: ready["sms_number"],
    "MessagingServiceSid": messaging_service,
    "Method": lambda: "POST",
    "Participant": lambda: [participant_json()],
    "Permission": lambda: ["sendMessage", "leaveConversation"],
    "PersistentAction": lambda: ["geo:1.0,2.0|Here"],
    "PostWebhookUrl": lambda: "https://example.com/after",
    "PreWebhookUrl": lambda: "https://example.com/before",
    "PrivateKey": lambda: "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----",
    "ReachabilityEnabled": lambda: "true",
    "RoleSid": role("conversation"),
    "Secret": lambda: unique("secret"),
    "SendAt": lambda: "2030-01-01T00:00:00Z",
    "StartDate": lambda: "2020-01-01",
    "State": lambda: "active",
    "StatusCallback": lambda: "https://example.com/status",
    "Subject": lambda: "A subject",
    "Timers.Closed": lambda: "P1D",
    "Timers.Inactive": lambda: "PT1H",
    "To": phone,
    "UniqueName": lambda: unique("unique"),
    "Usecase": lambda: "notifications",
    "ValidityPeriod": lambda: "600",
    "AddedToConversation.Sound": lambda: "ding",
    "AddedToConversation.Template": lambda: "You were added",
    "NewMessage.Sound": lambda: "ding",
    "NewMessage.Template": lambda: "You have a message",
    "NewMessage.WithMedia.Template": lambda: "You have a picture",
    "RemovedFromConversation.Sound": lambda: "ding",
    "RemovedFromConversation.Template": lambda: "You were removed",
    # Filters of lists.
    "Address": phone,
    "Type": lambda: "sms",
    "DateSent": lambda: DATE,
    "DateSent<": lambda: DATE,
    "DateSent>": lambda: DATE,
    # Lookups.
    "Fields": lambda: "line_type_intelligence,caller_name",
    "CountryCode": lambda: "US",
    "FirstName": lambda: "Ann",
    "LastName": lambda: "Lee",
    "AddressLine1": lambda: "1 Main Street",
    "AddressLine2": lambda: "Floor 2",
    "City": lambda: "Oslo",
    "AddressCountryCode": lambda: "NO",
    "NationalId": lambda: "123",
    "DateOfBirth": lambda: "19800101",
    "LastVerifiedDate": lambda: "20240101",
    "VerificationSid": lambda: sid("VE"),
    "PartnerSubId": lambda: "p1",
    "PostalCode": lambda: "0150",
}

for name, value in list(a2p_campaign().items()):
    VALUES.setdefault(name, lambda value=value: value)
VALUES.setdefault("SubscriberOptIn", lambda: "true")
VALUES.setdefault("PrivacyPolicyUrl", lambda: "https://example.com/privacy")
VALUES.setdefault("TermsAndConditionsUrl", lambda: "https://example.com/terms")

# What one collection means by a name.
SPECIAL = {
    "/conversations/v1/Users": {"RoleSid": role("service")},
    "/conversations/v1/Services/Configuration": {},
    "/conversations/v1/Configuration/Webhooks": {"Target": lambda: "webhook"},
}

# What must be there, or must not be together, for a request to be accepted.
WITHOUT = {
    "/conversations/v1/Conversations/Participants": ["Identity"],
    "/conversations/v1/Conversations/Messages": ["ContentSid", "ContentVariables", "MediaSid"],
    "/conversations/v1/Conversations/Webhooks": ["Configuration.FlowSid"],
    "/conversations/v1/Credentials": ["Certificate", "PrivateKey", "ApiKey", "Sandbox"],
    "/conversations/v1/Configuration/Addresses": ["AutoCreation.StudioFlowSid", "AutoCreation.StudioRetryCount"],
    "/api/2010-04-01/Accounts/Messages.json": ["MessagingServiceSid", "ContentSid", "ContentVariables", "SendAt", "ScheduleType", "ApplicationSid"],
}


def value(kind, name):
    """A meaningful value, or None when any is as good as another."""
    make = SPECIAL.get(kind, {}).get(name) or VALUES.get(name)
    return make() if make else None


def form(product, path, method, generated, creates):
    """A generated form made acceptable: what is needed is there, what contradicts it is not."""
    kind = collection(product, path)
    made = dict(CREATE[kind]()) if creates and kind in CREATE else {}
    for name, given in generated.items():
        if name in made or name in WITHOUT.get(kind, []):
            continue
        meaningful = value(kind, name)
        made[name] = given if meaningful is None else meaningful
    return made
