"""PyPI twilio uses the sandbox as it would use Twilio: resources, paging, errors, webhooks.

SANDBOX_READY: the sandbox's ready line.
"""

import json
from datetime import datetime

from harness import check, finish, same, scenario
from sandbox import Listener, client, eventually, ready, received, refused, text

twilio = client()
v1 = twilio.conversations.v1
sms, whatsapp = ready["sms_number"], ready["whatsapp_number"]


def absent(prefix):
    return prefix + "0" * 32


with scenario("conversation"):
    attributes = json.dumps({"session": "s-1", "purpose": "Grüße 😀"})
    made = v1.conversations.create(
        unique_name="first",
        friendly_name="First",
        attributes=attributes,
        state="active",
        timers_inactive="PT5M",
        timers_closed="PT15M",
    )
    check("a conversation's SIDs", made.sid.startswith("CH") and made.chat_service_sid.startswith("IS"), made.sid)
    same("attributes are kept as text", made.attributes, attributes)
    same("it is active", made.state, "active")
    check("dates are dates", isinstance(made.date_created, datetime), made.date_created)
    check("its timers run", len(made.timers) == 2, made.timers)
    same("a unique name is as good as a SID", v1.conversations("first").fetch().sid, made.sid)
    same("updated", made.update(friendly_name="Renamed", attributes="{}").friendly_name, "Renamed")
    same("fetched", v1.conversations(made.sid).fetch().friendly_name, "Renamed")
    refused("a unique name is unique", lambda: v1.conversations.create(unique_name="first"), 409, [50353])
    refused("attributes are JSON", lambda: v1.conversations.create(attributes="{"), 400, [50304])
    refused("none is created closed", lambda: v1.conversations.create(state="closed"), 400, [50384])
    refused("an unknown SID", v1.conversations(absent("CH")).fetch, 404, [20404], absent("CH"))
    same("closed", made.update(state="closed").state, "closed")
    refused("closed is for ever", lambda: v1.conversations(made.sid).update(state="active"), 400, [50377])
    same("a deletion is told", v1.conversations(made.sid).delete(), True)
    refused("the deleted is gone", v1.conversations(made.sid).fetch, 404, [20404])

with scenario("participants"):
    one, other = v1.conversations.create(unique_name="people"), v1.conversations.create()
    people = v1.conversations(one.sid).participants
    address = {"messaging_binding_address": "+15005550101", "messaging_binding_proxy_address": sms}
    phone = people.create(**address)
    same("a phone's binding", phone.messaging_binding, {"type": "sms", "address": "+15005550101", "proxy_address": sms})
    wa = people.create(
        messaging_binding_address="whatsapp:+15005550102", messaging_binding_proxy_address=whatsapp
    )
    same("WhatsApp's binding", wa.messaging_binding["type"], "whatsapp")
    chat = people.create(identity="si", attributes='{"role":"assistant"}')
    same("a chat user has no binding", (chat.identity, chat.messaging_binding), ("si", None))
    same("all are listed", [each.sid for each in people.list(page_size=2)], [phone.sid, wa.sid, chat.sid])
    same("updated", v1.conversations(one.sid).participants(phone.sid).update(attributes='{"a":1}').attributes, '{"a":1}')
    refused(
        "an address has one conversation a number",
        lambda: v1.conversations(other.sid).participants.create(**address),
        409,
        [50416],
        one.sid,
    )
    refused("an identity is there once", lambda: people.create(identity="si"), 409, [50433])
    refused("an unknown participant", v1.conversations(one.sid).participants(absent("MB")).fetch, 404, [20404, 50432])
    found = v1.participant_conversations.list(address="+15005550101")
    same("a person's conversations", [(each.conversation_sid, each.conversation_state) for each in found], [(one.sid, "active")])
    same("a removal is told", v1.conversations(one.sid).participants(phone.sid).delete(), True)
    same("a removed address is free", v1.conversations(other.sid).participants.create(**address).conversation_sid, other.sid)

with scenario("messages"):
    conversation = v1.conversations(v1.conversations.create().sid)
    phone = conversation.participants.create(
        messaging_binding_address="+15005550111", messaging_binding_proxy_address=sms
    )
    bodies = ["one", "two 😀", "three\nlines", "fo & ur=4", "five+5", "six", "seven"]
    made = [conversation.messages.create(author="si", body=body) for body in bodies]
    same("bodies are kept", [each.body for each in made], bodies)
    same("indexes count from nought", [each.index for each in made], list(range(7)))
    same("every page is read", [each.index for each in conversation.messages.list(page_size=2)], list(range(7)))
    same("newest first", [each.index for each in conversation.messages.list(page_size=2, order="desc")], list(range(6, -1, -1)))
    same("a limit", [each.index for each in conversation.messages.list(limit=3, page_size=2)], [0, 1, 2])
    same("streamed", [each.index for each in conversation.messages.stream(limit=5, page_size=2)], [0, 1, 2, 3, 4])
    page = conversation.messages.page(page_size=2)
    following = page.next_page()
    same("the next page", [each.index for each in following], [2, 3])
    same("and back", [each.index for each in following.previous_page()], [0, 1])
    same("updated", conversation.messages(made[1].sid).update(body="two").body, "two")
    same("fetched", conversation.messages(made[1].sid).fetch().body, "two")
    same("a deletion is told", conversation.messages(made[6].sid).delete(), True)
    refused("the deleted is gone", conversation.messages(made[6].sid).fetch, 404, [20404, 50500])
    refused("1600 characters to a phone", lambda: conversation.messages.create(body="a" * 1601), 400, [50504])
    refused("a message says something", conversation.messages.create, 400, [50503, 20001, 20161])

    sent = conversation.messages.create(author="si", body="to the phone 📱")
    check("the phone has it", eventually(lambda: [m for m in received("+15005550111") if m["body"] == sent.body]))
    receipts = conversation.messages(sent.sid).delivery_receipts
    receipt = eventually(lambda: [each for each in receipts.list() if each.status in ("delivered", "read")])
    check("its receipt", receipt and receipt[0].participant_sid == phone.sid, receipt)
    same("fetched by itself", receipts(receipt[0].sid).fetch().message_sid, sent.sid)

with scenario("scoped webhooks"):
    hooks = v1.conversations(v1.conversations.create().sid).webhooks
    settings = {
        "configuration_url": "http://127.0.0.1:9/hook",
        "configuration_method": "post",
        "configuration_filters": ["onMessageAdded", "onParticipantAdded"],
    }
    made = [hooks.create(target="webhook", **settings) for _ in range(5)]
    same("its filters", made[0].configuration["filters"], ["onMessageAdded", "onParticipantAdded"])
    same("updated", made[0].update(configuration_filters=["onMessageRemoved"]).configuration["filters"], ["onMessageRemoved"])
    refused("a sixth", lambda: hooks.create(target="webhook", **settings), 400, [50361])
    same("five are listed", len(hooks.list(page_size=2)), 5)
    same("a deletion is told", made[0].delete(), True)
    same("four are left", len(hooks.list()), 4)

with scenario("webhooks"):
    listener = Listener()
    settings = v1.configuration.webhooks().update(
        method="POST",
        filters=["onConversationAdded", "onParticipantAdded", "onMessageAdd", "onMessageAdded"],
        pre_webhook_url=f"{listener.url}/pre?name=it%27s&plus=a+b",
        post_webhook_url=f"{listener.url}/post",
        target="webhook",
    )
    same("their settings", settings.post_webhook_url, f"{listener.url}/post")
    address = v1.address_configurations.create(
        type="sms", address=sms, auto_creation_enabled=True, auto_creation_type="default"
    )
    same("an address's settings", address.auto_creation["enabled"], True)
    same("addresses are listed", [each.address for each in v1.address_configurations.list()], [sms])
    body = "Grüezi 👋 + & = % 'quoted'"
    text("+15005550121", sms, body)
    for path, event in [("/pre", "onMessageAdd"), ("/post", "onMessageAdded"), ("/post", "onConversationAdded"), ("/post", "onParticipantAdded")]:
        check(f"a text causes {event}", listener.wait(path, event))
    added = listener.wait("/post", "onMessageAdded", Body=body)
    check("the text is whole", added and added["params"]["Author"] == "+15005550121", added)
    conversation = v1.conversations(added["params"]["ConversationSid"])
    conversation.messages.create(body="quiet")
    conversation.messages.create(body="loud", x_twilio_webhook_enabled="true")
    check("a REST write is told when asked for", listener.wait("/post", "onMessageAdded", Body="loud"))
    check("and is silent otherwise", not [each for each in listener.deliveries if each["params"].get("Body") == "quiet"])
    check("every webhook is signed", all(each["genuine"] for each in listener.deliveries), listener.deliveries)
    v1.configuration.webhooks().update(filters=[], pre_webhook_url="", post_webhook_url="")
    same("a deletion is told", v1.address_configurations(address.sid).delete(), True)
    listener.close()

with scenario("messages of the 2010 API"):
    listener = Listener()
    phone = "+15005550131"
    made = twilio.messages.create(to=phone, from_=sms, body="Hello 📱", status_callback=f"{listener.url}/status?q=a%20b")
    check("its SID", made.sid.startswith("SM"), made.sid)
    check("it arrives", eventually(lambda: twilio.messages(made.sid).fetch().status == "delivered"))
    check("a callback says so", listener.wait("/status", "delivered", MessageSid=made.sid), listener.deliveries)
    check("every callback is signed", all(each["genuine"] for each in listener.deliveries), listener.deliveries)
    for body in ["2", "3", "4", "5"]:
        twilio.messages.create(to=phone, from_=sms, body=body)
    same("newest first, page by page", [each.body for each in twilio.messages.list(to=phone, page_size=2)], ["5", "4", "3", "2", "Hello 📱"])
    same("a limit", len(twilio.messages.list(to=phone, limit=2)), 2)
    refused("a recipient is a number", lambda: twilio.messages.create(to="nobody", from_=sms, body="a"), 400, [21211])
    refused("a text has a body", lambda: twilio.messages.create(to=phone, from_=sms), 400, [21602, 21619])
    refused("an unknown message", twilio.messages(absent("SM")).fetch, 404, [20404])
    listener.close()

with scenario("configuration"):
    check("the default service", v1.configuration().fetch().default_chat_service_sid.startswith("IS"))
    after = v1.configuration().update(default_inactive_timer="PT10M", default_closed_timer="PT20M")
    same("timers are echoed", (after.default_inactive_timer, after.default_closed_timer), ("PT10M", "PT20M"))

with scenario("authentication"):
    refused("a wrong token", client("0" * 32).conversations.v1.conversations(absent("CH")).fetch, 401, [20003])
    refused("on the 2010 API too", client("0" * 32).messages(absent("SM")).fetch, 401, [20003])

finish()
