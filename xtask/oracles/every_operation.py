"""PyPI twilio drives every operation of Conversations and Content against the sandbox, and its validator
accepts every webhook that follows.

SANDBOX_READY: the sandbox's ready line. OPERATIONS: the folder of `PRODUCT.json`, which list `operations` with
`method` and `path`; each must be answered with a 2xx at least once.
"""

import json
import os
import re
from itertools import count
from pathlib import Path

from harness import check, finish, same, scenario
from sandbox import Listener, SandboxClient, client, control, eventually, ready
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

EVENTS = [
    *(f"on{what}{suffix}" for what in ["Conversation", "Participant", "Message"]
      for suffix in ["Add", "Added", "Update", "Updated", "Remove", "Removed"]),
    "onConversationStateUpdated", "onDeliveryUpdated", "onUserAdded", "onUserUpdate", "onUserUpdated",
]

http = SandboxClient(webhooks=True)
twilio = client(http=http)
v1 = twilio.conversations.v1
sms = ready["sms_number"]
default_service = v1.configuration().fetch().default_chat_service_sid
numbers = count(1)


listener = Listener()
v1.configuration.webhooks().update(
    method="POST", filters=EVENTS, pre_webhook_url=f"{listener.url}/pre", post_webhook_url=f"{listener.url}/post"
)


def phone():
    return f"+1555222{next(numbers):04d}"


def scoped(name, root, service):
    """What exists both below a service and, for the default one, without it."""
    with scenario(f"{name}: conversations"):
        made = root.conversations.create(friendly_name="One", unique_name=f"{name}-1", x_twilio_webhook_enabled="true")
        same(f"{name}: its service", made.chat_service_sid, service)
        check(f"{name}: listed", made.sid in [each.sid for each in root.conversations.list(state="active")])
        same(f"{name}: fetched by its unique name", root.conversations(f"{name}-1").fetch().sid, made.sid)
        same(f"{name}: updated", root.conversations(made.sid).update(friendly_name="Two").friendly_name, "Two")
        same(f"{name}: rests", root.conversations(made.sid).update(state="inactive").state, "inactive")
        several = root.conversation_with_participants.create(
            friendly_name="Several",
            participant=[
                json.dumps({"identity": f"{name}-ann"}),
                json.dumps({"messaging_binding": {"address": phone(), "proxy_address": sms}}),
            ],
        )
        same(f"{name}: made with its participants", len(root.conversations(several.sid).participants.list()), 2)
    conversation = root.conversations(made.sid)

    with scenario(f"{name}: participants"):
        address = phone()
        one = conversation.participants.create(messaging_binding_address=address, messaging_binding_proxy_address=sms)
        chat = conversation.participants.create(identity=f"{name}-bob", attributes='{"a":1}')
        same(f"{name}: both are listed", [each.sid for each in conversation.participants.list()], [one.sid, chat.sid])
        same(f"{name}: one fetched", conversation.participants(one.sid).fetch().messaging_binding["address"], address)
        same(f"{name}: by identity", conversation.participants(chat.identity).fetch().sid, chat.sid)
        same(f"{name}: one changed", conversation.participants(one.sid).update(attributes='{"b":2}').attributes, '{"b":2}')
        found = root.participant_conversations.list(address=address)
        same(f"{name}: where an address takes part", [each.conversation_sid for each in found], [made.sid])
        found = root.participant_conversations.list(identity=chat.identity)
        same(f"{name}: where an identity takes part", [each.conversation_sid for each in found], [made.sid])

    with scenario(f"{name}: messages"):
        message = conversation.messages.create(author="si", body="Hello", attributes='{"id":"m"}')
        same(f"{name}: listed", [each.body for each in conversation.messages.list(order="desc")], ["Hello"])
        same(f"{name}: fetched", conversation.messages(message.sid).fetch().index, 0)
        same(f"{name}: changed", conversation.messages(message.sid).update(body="Hi").body, "Hi")
        receipts = conversation.messages(message.sid).delivery_receipts
        receipt = eventually(lambda: [each for each in receipts.list() if each.status == "delivered"])
        check(f"{name}: its receipt", receipt and receipt[0].participant_sid == one.sid, receipt)
        same(f"{name}: the receipt by itself", receipts(receipt[0].sid).fetch().channel_message_sid[:2], "SM")
        summary = conversation.messages(message.sid).fetch().delivery
        same(f"{name}: delivery is summed", (summary["total"], summary["delivered"]), (1, "all"))

    with scenario(f"{name}: webhooks"):
        hook = conversation.webhooks.create(
            target="webhook",
            configuration_url="http://127.0.0.1:9/hook",
            configuration_method="POST",
            configuration_filters=["onMessageAdded"],
        )
        same(f"{name}: listed", [each.sid for each in conversation.webhooks.list()], [hook.sid])
        same(f"{name}: fetched", conversation.webhooks(hook.sid).fetch().target, "webhook")
        changed = conversation.webhooks(hook.sid).update(configuration_filters=["onMessageRemoved"])
        same(f"{name}: changed", changed.configuration["filters"], ["onMessageRemoved"])
        same(f"{name}: removed", conversation.webhooks(hook.sid).delete(), True)

    with scenario(f"{name}: roles"):
        role = root.roles.create(friendly_name=f"{name} writer", type="conversation", permission=["sendMessage", "leaveConversation"])
        check(f"{name}: listed", role.sid in [each.sid for each in root.roles.list()])
        same(f"{name}: fetched", root.roles(role.sid).fetch().permissions, ["sendMessage", "leaveConversation"])
        same(f"{name}: changed", root.roles(role.sid).update(permission=["sendMessage"]).permissions, ["sendMessage"])
        same(f"{name}: removed", root.roles(role.sid).delete(), True)

    with scenario(f"{name}: users"):
        user = root.users.create(identity=f"{name}-cat", friendly_name="Cat", attributes='{"c":3}')
        check(f"{name}: listed", user.sid in [each.sid for each in root.users.list()])
        same(f"{name}: fetched by identity", root.users(user.identity).fetch().sid, user.sid)
        same(f"{name}: changed", root.users(user.sid).update(friendly_name="Cate").friendly_name, "Cate")
        conversation.participants.create(identity=user.identity)
        theirs = root.users(user.sid).user_conversations
        same(f"{name}: their conversations", [each.conversation_sid for each in theirs.list()], [made.sid])
        same(f"{name}: nothing read means no count", theirs(made.sid).fetch().unread_messages_count, None)
        changed = theirs(made.sid).update(notification_level="muted", last_read_message_index=0)
        same(f"{name}: changed", (changed.notification_level, changed.last_read_message_index), ("muted", 0))
        same(f"{name}: and all is read", changed.unread_messages_count, 0)
        same(f"{name}: left", theirs(made.sid).delete(), True)
        same(f"{name}: and gone", theirs.list(), [])
        same(f"{name}: removed", root.users(user.sid).delete(), True)

    with scenario(f"{name}: deletions"):
        same(f"{name}: a message", conversation.messages(message.sid).delete(), True)
        same(f"{name}: a participant", conversation.participants(one.sid).delete(), True)
        same(f"{name}: a conversation", conversation.delete(), True)


with scenario("services"):
    service = v1.services.create(friendly_name="Second")
    check("listed", service.sid in [each.sid for each in v1.services.list()])
    same("fetched", v1.services(service.sid).fetch().friendly_name, "Second")

scoped("plain", v1, default_service)
scoped("service", v1.services(service.sid), service.sid)

with scenario("a service's configuration"):
    below = v1.services(service.sid)
    check("roles are given", below.configuration().fetch().default_conversation_role_sid.startswith("RL"))
    same("changed", below.configuration().update(reachability_enabled=True).reachability_enabled, True)
    same("its notifications", below.configuration.notifications().fetch().log_enabled, False)
    changed = below.configuration.notifications().update(new_message_enabled=True, new_message_template="New")
    same("changed notifications", changed.new_message["template"], "New")
    same("its webhooks", below.configuration.webhooks().fetch().chat_service_sid, service.sid)
    changed = below.configuration.webhooks().update(method="POST", filters=["onMessageAdded"])
    same("changed webhooks", changed.filters, ["onMessageAdded"])

with scenario("bindings"):
    made = control("POST", "bindings", {"service_sid": service.sid, "identity": "dan", "binding_type": "fcm"})
    bindings = v1.services(service.sid).bindings
    same("listed", [each.sid for each in bindings.list(identity=["dan"], binding_type=["fcm"])], [made["sid"]])
    same("fetched", bindings(made["sid"]).fetch().identity, "dan")
    same("removed", bindings(made["sid"]).delete(), True)
    same("a service is removed", v1.services(service.sid).delete(), True)

with scenario("configuration"):
    same("fetched", v1.configuration().fetch().default_chat_service_sid, default_service)
    same("changed", v1.configuration().update(default_closed_timer="P1D").default_closed_timer, "P1D")
    same("webhooks", v1.configuration.webhooks().fetch().target, "webhook")
    same("changed webhooks", v1.configuration.webhooks().update(filters=["onMessageAdded"]).filters, ["onMessageAdded"])

with scenario("addresses"):
    made = v1.address_configurations.create(type="sms", address=sms, friendly_name="Ours")
    same("listed", [each.sid for each in v1.address_configurations.list(type="sms")], [made.sid])
    same("fetched", v1.address_configurations(made.sid).fetch().address, sms)
    same("changed", v1.address_configurations(made.sid).update(friendly_name="Theirs").friendly_name, "Theirs")
    same("removed", v1.address_configurations(made.sid).delete(), True)

with scenario("credentials"):
    made = v1.credentials.create(type="fcm", friendly_name="Push", secret="s3cret")
    same("listed", [each.sid for each in v1.credentials.list()], [made.sid])
    same("fetched", v1.credentials(made.sid).fetch().type, "fcm")
    same("changed", v1.credentials(made.sid).update(friendly_name="Pushed").friendly_name, "Pushed")
    same("removed", v1.credentials(made.sid).delete(), True)

with scenario("content"):
    content = twilio.content.v1
    made = content.contents.create(
        ContentList.ContentCreateRequest(
            {
                "friendly_name": "greeting",
                "language": "en",
                "variables": {"1": "Ann"},
                "types": ContentList.Types({"twilio/text": ContentList.TwilioText({"body": "Hello {{1}}"})}),
            }
        )
    )
    same("its type", made.types["twilio/text"]["body"], "Hello {{1}}")
    same("listed", [each.sid for each in content.contents.list()], [made.sid])
    same("fetched", content.contents(made.sid).fetch().friendly_name, "greeting")
    changed = content.contents(made.sid).update(
        ContentList.ContentUpdateRequest(
            {
                "friendly_name": "greeting",
                "language": "en",
                "variables": {"1": "Bob"},
                "types": ContentList.Types({"twilio/text": ContentList.TwilioText({"body": "Dear {{1}}"})}),
            }
        )
    )
    same("changed", changed.types["twilio/text"]["body"], "Dear {{1}}")
    request = ApprovalCreateList.ContentApprovalRequest({"name": "greeting_one", "category": "UTILITY"})
    same("approval is asked for", content.contents(made.sid).approval_create.create(request).category, "UTILITY")
    same("its approval", content.contents(made.sid).approval_fetch().fetch().whatsapp["name"], "greeting_one")
    same("with approvals", [each.sid for each in content.content_and_approvals.list()], [made.sid])
    check("legacy templates", isinstance(content.legacy_contents.list(), list))
    same("removed", content.contents(made.sid).delete(), True)

with scenario("every webhook"):
    for event in EVENTS:
        check(f"{event} is sent", listener.wait("/", event), event)
    for each in listener.deliveries:
        check(f"{each['event']} is genuine", each["genuine"], each)

with scenario("every operation"):
    for product in ["conversations", "content"]:
        operations = json.loads((Path(os.environ["OPERATIONS"]) / f"{product}.json").read_text())["operations"]
        for operation in operations:
            method, path = operation["method"], operation["path"]
            wanted = re.compile(f"/{product}" + re.sub(r"\{[^}]*\}", "[^/]+", path))
            seen = any(verb == method and wanted.fullmatch(where) for verb, where in http.answered)
            check(f"{product}: {method} {path} was driven", seen)
        print(f"{product}: {len(operations)} operations")

finish()
