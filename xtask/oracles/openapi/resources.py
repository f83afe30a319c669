"""Resources that exist in the sandbox, so that a generated request meets something.

A path such as `/v1/Conversations/{ConversationSid}/Messages/{Sid}` is walked from the left; each parameter
becomes the SID of a resource that is made below what the walk has so far.
"""

import itertools
import json
import os
import time
from urllib.parse import quote

import requests

# The sandbox's ready line: `sandbox`, `account_sid`, `auth_token`, `sms_number`, `whatsapp_number`.
ready = json.loads(os.environ["SANDBOX_READY"])
session = requests.Session()
session.auth = (ready["account_sid"], ready["auth_token"])
session.trust_env = False
_numbers = itertools.count(1)


def unique(prefix):
    """A name that nobody had before."""
    return f"{prefix}-{next(_numbers)}"


def phone():
    """A phone number that nobody had before."""
    return f"+1555{next(_numbers):07d}"


def sid(prefix):
    """A well-formed SID of something that lives outside the sandbox, such as a Studio flow."""
    return prefix + f"{next(_numbers):032x}"


def send(method, path, *, form=None, body=None, data=None, headers=None):
    """A request of the preparation: it must succeed."""
    answer = session.request(method, ready["sandbox"] + path, data=form or data, json=body, headers=headers)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path} {form or body}: {answer.status_code} {answer.text[:300]}")
    return answer.json() if answer.content else None


def participant_json(**extra):
    return json.dumps({"messaging_binding": {"address": phone(), "proxy_address": ready["sms_number"]}, **extra})


def template_body():
    return {
        "friendly_name": unique("greeting").replace("-", "_"),
        "language": "en",
        "variables": {"1": "Ann"},
        "types": {"twilio/text": {"body": "Hello {{1}}"}},
    }


def a2p_campaign():
    return {
        "BrandRegistrationSid": sid("BN"),
        "Description": "Appointment reminders for the patients of a clinic, who asked for them",
        "MessageFlow": "Patients opt in with a form at the desk, which says what they will get and how to stop",
        "MessageSamples": ["Your appointment is on Monday at nine", "Reply STOP to end these reminders"],
        "UsAppToPersonUsecase": "MIXED",
        "HasEmbeddedLinks": "true",
        "HasEmbeddedPhone": "true",
        "OptInMessage": "You joined the reminders of the clinic. Reply STOP to end them.",
        "OptOutMessage": "You left the reminders of the clinic. Nothing more will come.",
        "HelpMessage": "Reminders of the clinic. Reply STOP to end them.",
        "OptInKeywords": ["START"],
        "OptOutKeywords": ["STOP"],
        "HelpKeywords": ["HELP"],
    }


def channel_sender():
    """A WhatsApp sender; the control tells its SID."""
    made = send("POST", "/sandbox/numbers", body={"number": "whatsapp:" + phone()})
    return made["sid"]


def short_code():
    made = send("POST", "/sandbox/numbers", body={"number": str(20000 + next(_numbers))})
    return made["sid"]


def phone_number():
    made = send("POST", "/sandbox/numbers", body={"number": phone()})
    return made["sid"]


# What creates one more of each collection, by product and the collection's path without SIDs.
CREATE = {
    "/conversations/v1/Configuration/Addresses": lambda: {
        "Type": "sms",
        "Address": send("POST", "/sandbox/numbers", body={"number": phone()})["number"],
        "AutoCreation.Enabled": "true",
        "AutoCreation.Type": "default",
    },
    "/conversations/v1/Conversations": lambda: {},
    "/conversations/v1/Conversations/Messages": lambda: {"Author": "si", "Body": "Hello"},
    "/conversations/v1/Conversations/Participants": lambda: {
        "MessagingBinding.Address": phone(),
        "MessagingBinding.ProxyAddress": ready["sms_number"],
    },
    "/conversations/v1/Conversations/Webhooks": lambda: {
        "Target": "webhook",
        "Configuration.Url": "https://example.com/hook",
        "Configuration.Filters": ["onMessageAdded"],
    },
    "/conversations/v1/ConversationWithParticipants": lambda: {"Participant": [participant_json()]},
    "/conversations/v1/Credentials": lambda: {"Type": "fcm", "Secret": unique("secret")},
    "/conversations/v1/Roles": lambda: {
        "FriendlyName": unique("role"),
        "Type": "conversation",
        "Permission": ["sendMessage"],
    },
    "/conversations/v1/Services": lambda: {"FriendlyName": unique("service")},
    "/conversations/v1/Users": lambda: {"Identity": unique("user")},
    "/messaging/v1/Services": lambda: {"FriendlyName": unique("service")},
    "/messaging/v1/Services/AlphaSenders": lambda: {"AlphaSender": f"Si {next(_numbers)}"},
    "/messaging/v1/Services/DestinationAlphaSenders": lambda: {
        "AlphaSender": f"Si {next(_numbers)}",
        "IsoCountryCode": "FR",
    },
    "/messaging/v1/Services/PhoneNumbers": lambda: {"PhoneNumberSid": phone_number()},
    "/messaging/v1/Services/ShortCodes": lambda: {"ShortCodeSid": short_code()},
    "/messaging/v1/Services/ChannelSenders": lambda: {"Sid": channel_sender()},
    "/messaging/v1/Services/Compliance/Usa2p": a2p_campaign,
    "/messaging/v1/Services/PreregisteredUsa2p": lambda: {
        "CampaignId": f"C{next(_numbers):06d}",
        "MessagingServiceSid": send("POST", "/messaging/v1/Services", form={"FriendlyName": "a2p"})["sid"],
    },
    "/api/2010-04-01/Accounts/Messages.json": lambda: {
        "From": ready["sms_number"],
        "To": phone(),
        "Body": "Hello",
    },
}


def collection(product, path):
    """`/v1/Services/{ChatServiceSid}/Users` of Conversations is made as `/v1/Users` is."""
    names = [part for part in path.split("/") if part and not part.startswith("{")]
    if product == "conversations" and "Services" in names[:-1]:
        names.remove("Services")
    return f"/{product}/" + "/".join(names)


def fill(product, path, fresh):
    """The path's parameters; with `fresh`, nothing of it has been used before."""
    values, prefix, key = {}, f"/{product}", ""
    parts = [part for part in path.split("/") if part]
    for at, part in enumerate(parts):
        stem = part.removesuffix(".json")
        if stem.startswith("{"):
            below = parts[at + 1].removesuffix(".json") if at + 1 < len(parts) else None
            values[stem[1:-1]] = part = one(product, key, prefix, stem[1:-1], below, fresh)
        else:
            key = f"{key}/{part}"
        prefix = f"{prefix}/{quote(part, safe='')}"
    return values


_made = {}


def one(product, key, prefix, name, below, fresh):
    """One resource of the collection at `prefix`, of which `below` will be asked."""
    if name == "AccountSid":
        return ready["account_sid"]
    if product == "lookups":
        return lookup(name, below, fresh)
    place = (prefix, below)
    if fresh:
        return make(product, key, prefix, below)
    if place not in _made:
        _made[place] = make(product, key, prefix, below)
    return _made[place]


LINE_TYPE = "line_type_intelligence"


def lookup(name, below, fresh):
    """What Lookups' paths name: numbers, whose overrides come with them, and buckets of limits."""
    if name == "Field":
        return LINE_TYPE
    if name == "Bucket":
        bucket = unique("bucket")
        send("PUT", f"/lookups/v2/RateLimits/Fields/{LINE_TYPE}/Bucket/{bucket}", body={"limit": 10, "ttl": 60})
        return bucket
    if below != "Overrides":
        return "+14155552671"
    number = phone()
    if not fresh:
        send("POST", f"/lookups/v2/PhoneNumbers/{number}/Overrides/{LINE_TYPE}", body=LINE_TYPE_OVERRIDE)
    return number


LINE_TYPE_OVERRIDE = {"line_type": "mobile", "reason": "It answers texts"}


def make(product, key, prefix, below):
    """Makes a resource and tells its SID."""
    kind, parent = collection(product, key), prefix.rsplit("/", 1)[0]
    if product == "content":
        return send("POST", "/content/v1/Content", body=template_body())["sid"]
    if kind == "/conversations/v1/Users/Conversations":
        identity, scope = send("GET", parent)["identity"], parent.rsplit("/Users/", 1)[0]
        conversation = send("POST", f"{scope}/Conversations")["sid"]
        send("POST", f"{scope}/Conversations/{conversation}/Participants", form={"Identity": identity})
        return conversation
    if kind == "/conversations/v1/Conversations/Messages" and below == "Receipts":
        send("POST", f"{parent}/Participants", form=CREATE["/conversations/v1/Conversations/Participants"]())
    if kind == "/conversations/v1/Conversations/Messages/Receipts":
        return first(prefix, "delivery_receipts")
    if kind == "/conversations/v1/Bindings":
        service = prefix.split("/Services/")[1].split("/")[0]
        form = {"service_sid": service, "identity": unique("user"), "binding_type": "fcm"}
        return send("POST", "/sandbox/bindings", body=form)["sid"]
    if kind == "/api/2010-04-01/Accounts/Messages":
        if below == "Media":
            return picture()
        return arrived(prefix, send("POST", f"{prefix}.json", form=CREATE[f"{kind}.json"]())["sid"])
    if kind == "/api/2010-04-01/Accounts/Messages/Media":
        return first(f"{prefix}.json", "media_list")
    return send("POST", prefix, form=CREATE[kind]())["sid"]


def first(collection, name):
    """The first of a list that fills a moment later."""
    for _ in range(200):
        found = send("GET", collection)[name]
        if found:
            return found[0]["sid"]
        time.sleep(0.005)
    raise RuntimeError(f"nothing came to {collection}")


def arrived(messages, sid):
    """The message, once it is on its phone: before, it can neither be changed nor deleted."""
    for _ in range(400):
        if send("GET", f"{messages}/{sid}.json")["status"] == "delivered":
            return sid
        time.sleep(0.005)
    raise RuntimeError(f"{sid} did not arrive")


def picture():
    """A phone sends a picture; the SID of the message that carries it."""
    sender = phone()
    body = {"to": ready["sms_number"], "body": "look", "media": ["https://example.com/cat.png"]}
    return send("POST", f"/sandbox/handsets/{quote(sender, safe='')}/messages", body=body)["sid"]
