// npm twilio uses the sandbox as it would use Twilio: resources, paging, errors, webhooks.
// SANDBOX_READY: the sandbox's ready line.
import { check, finish, same, scenario } from "./harness.mjs";
import { client, eventually, Listener, ready, received, refused, text } from "./sandbox.mjs";

const twilio = client();
const v1 = twilio.conversations.v1;
const sms = ready.sms_number;
const whatsapp = ready.whatsapp_number;
const sid = (prefix) => new RegExp(`^${prefix}[0-9a-f]{32}$`);
const absent = (prefix) => prefix + "0".repeat(32);

await scenario("conversation", async () => {
  const attributes = JSON.stringify({ session: "s-1", purpose: "Grüße 😀" });
  const made = await v1.conversations.create({
    uniqueName: "first", friendlyName: "First", attributes, state: "active",
    "timers.inactive": "PT5M", "timers.closed": "PT15M",
  });
  check("a conversation's SIDs have their prefixes", sid("CH").test(made.sid) && sid("IS").test(made.chatServiceSid), made);
  check("it has a messaging service", sid("MG").test(made.messagingServiceSid), made.messagingServiceSid);
  same("it belongs to the account", made.accountSid, ready.account_sid);
  same("attributes are kept as text", made.attributes, attributes);
  same("it is active", made.state, "active");
  check("dates are dates", made.dateCreated instanceof Date && !Number.isNaN(+made.dateCreated), made.dateCreated);
  check("timers are moments to come",
    +new Date(made.timers.date_inactive ?? made.timers.dateInactive) > +made.dateCreated, made.timers);
  check("its links name its lists", ["participants", "messages", "webhooks"].every((name) => made.links[name]?.includes(made.sid)), made.links);
  check("its URL ends with its SID", made.url.endsWith(`/v1/Conversations/${made.sid}`), made.url);

  const byName = await v1.conversations("first").fetch();
  same("a unique name is as good as a SID", byName.sid, made.sid);
  const updated = await v1.conversations(made.sid).update({ friendlyName: "Renamed", attributes: "{}" });
  same("an update changes what it names", [updated.friendlyName, updated.attributes, updated.uniqueName], ["Renamed", "{}", "first"]);
  check("an update moves the date", updated.dateUpdated >= made.dateUpdated, updated.dateUpdated);
  same("inactive", (await v1.conversations(made.sid).update({ state: "inactive" })).state, "inactive");
  same("active again", (await v1.conversations(made.sid).update({ state: "active" })).state, "active");

  await refused("a unique name is unique", v1.conversations.create({ uniqueName: "first" }), 409, 50353);
  await refused("attributes are JSON", v1.conversations.create({ attributes: "{" }), 400, 50304);
  await refused("none is created closed", v1.conversations.create({ state: "closed" }), 400, 50384);
  await refused("the inactive timer is a minute or more",
    v1.conversations.create({ state: "active", "timers.inactive": "PT10S" }), 400, [50375, 50379]);
  await refused("the closed timer is ten minutes or more",
    v1.conversations.create({ state: "active", "timers.closed": "PT5M" }), 400, [50376, 50380]);
  await refused("a unique name is not a SID", v1.conversations.create({ uniqueName: absent("CH") }), 400, 50390);
  await refused("an unknown SID", v1.conversations(absent("CH")).fetch(), 404, 20404, absent("CH"));
  await refused("an unknown name", v1.conversations("nobody").fetch(), 404, 20404);

  const closed = await v1.conversations(made.sid).update({ state: "closed" });
  same("closed", closed.state, "closed");
  await refused("closed is for ever", v1.conversations(made.sid).update({ state: "active" }), 400, 50377);
  same("a deletion is told", await v1.conversations(made.sid).remove(), true);
  await refused("the deleted is gone", v1.conversations(made.sid).fetch(), 404, 20404);
});

await scenario("participants", async () => {
  const one = await v1.conversations.create({ uniqueName: "people" });
  const people = v1.conversations(one.sid).participants;
  const phone = await people.create({ "messagingBinding.address": "+15005550101", "messagingBinding.proxyAddress": sms });
  same("a phone's binding", phone.messagingBinding, { type: "sms", address: "+15005550101", proxy_address: sms });
  check("a participant's SIDs", sid("MB").test(phone.sid) && phone.conversationSid === one.sid && phone.identity === null, phone);
  const wa = await people.create({ "messagingBinding.address": "whatsapp:+15005550102", "messagingBinding.proxyAddress": whatsapp });
  same("WhatsApp's binding", wa.messagingBinding, { type: "whatsapp", address: "whatsapp:+15005550102", proxy_address: whatsapp });
  const chat = await people.create({ identity: "si", attributes: JSON.stringify({ role: "assistant" }) });
  same("a chat user has no binding", [chat.identity, chat.messagingBinding], ["si", null]);

  same("all are listed", (await people.list()).map((each) => each.sid), [phone.sid, wa.sid, chat.sid]);
  same("a page at a time too", (await people.list({ pageSize: 1 })).map((each) => each.sid), [phone.sid, wa.sid, chat.sid]);
  same("fetched", (await people(wa.sid).fetch()).sid, wa.sid);
  same("updated", (await people(phone.sid).update({ attributes: '{"a":1}' })).attributes, '{"a":1}');

  const other = await v1.conversations.create({});
  const again = { "messagingBinding.address": "+15005550101", "messagingBinding.proxyAddress": sms };
  await refused("an address has one conversation a number",
    v1.conversations(other.sid).participants.create(again), 409, 50416, one.sid);
  await refused("an identity is there once", people.create({ identity: "si" }), 409, 50433);
  await refused("a participant is somebody", people.create({}), 400, [50407, 50408, 50409, 50411, 50412, 20001, 20161]);
  await refused("address and proxy are of one kind",
    people.create({ "messagingBinding.address": "+15005550103", "messagingBinding.proxyAddress": whatsapp }), 400, 50414);
  await refused("the proxy is ours",
    people.create({ "messagingBinding.address": "+15005550103", "messagingBinding.proxyAddress": "+15005559999" }),
    400, [50407, 50408, 50413]);
  await refused("an address is an address",
    people.create({ "messagingBinding.address": "nobody", "messagingBinding.proxyAddress": sms }), 400, [50407, 50408, 50411]);
  await refused("an unknown participant", people(absent("MB")).fetch(), 404, [20404, 50432]);

  const found = await v1.participantConversations.list({ address: "+15005550101" });
  same("a person's conversations by address", found.map((each) => [each.conversationSid, each.participantSid, each.conversationState]),
    [[one.sid, phone.sid, "active"]]);
  same("and by identity", (await v1.participantConversations.list({ identity: "si" })).map((each) => each.conversationSid), [one.sid]);
  same("nobody has none", await v1.participantConversations.list({ address: "+15005550199" }), []);
  await refused("not by both", v1.participantConversations.list({ address: "+15005550101", identity: "si" }), 400, 50451);

  same("a removal is told", await people(phone.sid).remove(), true);
  await refused("the removed is gone", people(phone.sid).fetch(), 404, [20404, 50432]);
  same("a removed address is free", (await v1.conversations(other.sid).participants.create(again)).conversationSid, other.sid);
  await v1.conversations(other.sid).update({ state: "closed" });
  same("and a closed conversation's too", (await people.create(again)).conversationSid, one.sid);
});

await scenario("messages", async () => {
  const { sid: conversation } = await v1.conversations.create({});
  const messages = v1.conversations(conversation).messages;
  const phone = await v1.conversations(conversation).participants.create({
    "messagingBinding.address": "+15005550111", "messagingBinding.proxyAddress": sms,
  });
  const bodies = ["one", "two 😀", "three\nlines", "fo & ur=4", "five+5", "six", "seven"];
  const made = [];
  for (const body of bodies) made.push(await messages.create({ author: "si", body }));
  same("bodies are kept", made.map((each) => each.body), bodies);
  same("indexes count from nought", made.map((each) => each.index), [0, 1, 2, 3, 4, 5, 6]);
  check("a message's SIDs", made.every((each) => sid("IM").test(each.sid) && each.participantSid === null), made[0]);
  check("its receipts are linked", made[0].links.delivery_receipts?.includes(made[0].sid), made[0].links);
  same("the default author", (await messages.create({ body: "from nobody" })).author, "system");
  const own = await messages.create({ author: "+15005550111", body: "as the phone" });
  same("an author who is there is known", own.participantSid, phone.sid);

  const listed = (options) => messages.list(options).then((list) => list.map((each) => each.index));
  same("every page is read", await listed({ pageSize: 2 }), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  same("newest first", await listed({ pageSize: 2, order: "desc" }), [8, 7, 6, 5, 4, 3, 2, 1, 0]);
  same("a limit", await listed({ limit: 3 }), [0, 1, 2]);
  same("a limit across pages", await listed({ limit: 3, pageSize: 2 }), [0, 1, 2]);
  const first = await messages.page({ pageSize: 2 });
  const second = await first.nextPage();
  same("the next page", second.instances.map((each) => each.index), [2, 3]);
  same("and back", (await second.previousPage()).instances.map((each) => each.index), [0, 1]);
  same("the first has none before", first.previousPageUrl, undefined);
  let last = first;
  while (last.nextPageUrl) last = await last.nextPage();
  same("the last has none after", last.instances.map((each) => each.index), [8]);
  await refused("a page has its limit", messages.page({ pageSize: 101 }), 400, [20001, 20007]);

  same("updated", (await messages(made[1].sid).update({ body: "two", attributes: '{"n":2}' })).attributes, '{"n":2}');
  same("fetched", (await messages(made[1].sid).fetch()).body, "two");
  same("a deletion is told", await messages(made[6].sid).remove(), true);
  await refused("the deleted is gone", messages(made[6].sid).fetch(), 404, [20404, 50500]);
  check("an index is not used again", (await messages.create({ body: "later" })).index > 8);
  await refused("a message says something", messages.create({}), 400, [50503, 20001, 20161]);
  await refused("1600 characters to a phone", messages.create({ body: "a".repeat(1601) }), 400, 50504);
  await refused("attributes are JSON", messages.create({ body: "a", attributes: "[" }), 400, 50304);
  await refused("an unknown medium", messages.create({ mediaSid: absent("ME") }), 400, [50506, 50507]);

  const sent = await messages.create({ author: "si", body: "to the phone 📱" });
  check("the phone has it", await eventually(async () =>
    (await received("+15005550111")).some((each) => each.body === sent.body && each.peer === sms)));
  const receipts = messages(sent.sid).deliveryReceipts;
  const receipt = await eventually(async () =>
    (await receipts.list()).find((each) => ["delivered", "read"].includes(each.status)));
  check("its receipt", receipt && sid("DY").test(receipt.sid) && sid("SM").test(receipt.channelMessageSid), receipt);
  same("names the phone and the message", [receipt?.participantSid, receipt?.messageSid], [phone.sid, sent.sid]);
  same("fetched by itself", (await receipts(receipt.sid).fetch()).sid, receipt.sid);
  same("the message sums it up", (await messages(sent.sid).fetch()).delivery?.delivered, "all");
});

await scenario("scoped webhooks", async () => {
  const { sid: conversation } = await v1.conversations.create({});
  const hooks = v1.conversations(conversation).webhooks;
  const settings = { "configuration.url": "http://127.0.0.1:9/hook", "configuration.method": "post", "configuration.filters": ["onMessageAdded", "onParticipantAdded"] };
  const made = await hooks.create({ target: "webhook", ...settings });
  check("its SID", sid("WH").test(made.sid), made.sid);
  same("its settings", [made.target, made.configuration.url, made.configuration.filters], ["webhook", settings["configuration.url"], settings["configuration.filters"]]);
  same("fetched", (await hooks(made.sid).fetch()).sid, made.sid);
  const changed = await hooks(made.sid).update({ "configuration.filters": ["onMessageRemoved"] });
  same("updated", [changed.configuration.url, changed.configuration.filters], [settings["configuration.url"], ["onMessageRemoved"]]);
  for (let count = 1; count < 5; count += 1) await hooks.create({ target: "webhook", ...settings });
  same("five are listed", (await hooks.list()).length, 5);
  same("a page at a time too", (await hooks.list({ pageSize: 2 })).length, 5);
  await refused("a sixth", hooks.create({ target: "webhook", ...settings }), 400, 50361);
  same("a deletion is told", await hooks(made.sid).remove(), true);
  same("four are left", (await hooks.list()).length, 4);
  await refused("the deleted is gone", hooks(made.sid).fetch(), 404, 20404);
});

await scenario("address configurations", async () => {
  const made = await v1.addressConfigurations.create({
    type: "sms", address: sms, friendlyName: "Texts", "autoCreation.enabled": true, "autoCreation.type": "default",
  });
  check("its SID", sid("IG").test(made.sid), made.sid);
  same("its settings", [made.type, made.address, made.autoCreation.enabled], ["sms", sms, true]);
  same("fetched", (await v1.addressConfigurations(made.sid).fetch()).address, sms);
  const changed = await v1.addressConfigurations(made.sid).update({ friendlyName: "All texts", "autoCreation.enabled": false });
  same("updated", [changed.friendlyName, changed.autoCreation.enabled], ["All texts", false]);
  await v1.addressConfigurations.create({ type: "whatsapp", address: whatsapp, "autoCreation.enabled": true, "autoCreation.type": "default" });
  same("listed", (await v1.addressConfigurations.list({ pageSize: 1 })).length, 2);
  same("listed by type", (await v1.addressConfigurations.list({ type: "whatsapp" })).map((each) => each.address), [whatsapp]);
  same("a deletion is told", await v1.addressConfigurations(made.sid).remove(), true);
  await refused("the deleted is gone", v1.addressConfigurations(made.sid).fetch(), 404, 20404);
});

await scenario("webhooks", async () => {
  const listener = await new Listener().start();
  const settings = {
    method: "POST",
    filters: ["onConversationAdd", "onConversationAdded", "onParticipantAdded", "onMessageAdd", "onMessageAdded", "onDeliveryUpdated", "onConversationStateUpdated"],
    preWebhookUrl: `${listener.url}/pre?name=it%27s&plus=a+b`,
    postWebhookUrl: `${listener.url}/post`,
    target: "webhook",
  };
  const made = await v1.configuration.webhooks().update(settings);
  same("their settings", [made.method, made.preWebhookUrl, made.postWebhookUrl, [...made.filters].sort()],
    ["POST", settings.preWebhookUrl, settings.postWebhookUrl, [...settings.filters].sort()]);
  same("fetched", (await v1.configuration.webhooks().fetch()).postWebhookUrl, settings.postWebhookUrl);
  await v1.addressConfigurations.create({ type: "sms", address: sms, "autoCreation.enabled": true, "autoCreation.type": "default" });

  const phone = "+15005550121";
  const body = "Grüezi 👋 + & = % 'quoted'";
  const { sid: channelSid } = await text(phone, sms, body);
  check("the phone's message has a SID", sid("SM").test(channelSid), channelSid);
  await listener.wait("/post", "onMessageAdded", { Body: body });
  for (const [path, event] of [["/pre", "onConversationAdd"], ["/post", "onConversationAdded"], ["/post", "onParticipantAdded"], ["/pre", "onMessageAdd"], ["/post", "onMessageAdded"]]) {
    check(`a text causes ${event}`, await listener.wait(path, event), listener.deliveries.map((each) => each.event));
  }
  const added = (await listener.wait("/post", "onMessageAdded", { Body: body })).params;
  same("who wrote", [added.Author, added.AccountSid, added.Index], [phone, ready.account_sid, "0"]);
  check("its SIDs", sid("CH").test(added.ConversationSid) && sid("IM").test(added.MessageSid) && sid("MB").test(added.ParticipantSid), added);
  same("the SDK sees the same message", (await v1.conversations(added.ConversationSid).messages(added.MessageSid).fetch()).body, body);

  const conversation = v1.conversations(added.ConversationSid);
  const quiet = await conversation.messages.create({ author: "si", body: "quiet" });
  await conversation.messages.create({ author: "si", body: "loud", xTwilioWebhookEnabled: "true" });
  check("a REST write is told when asked for", await listener.wait("/post", "onMessageAdded", { Body: "loud" }));
  check("and is silent otherwise", !listener.deliveries.some((each) => each.params.MessageSid === quiet.sid && each.event === "onMessageAdded"));

  listener.answers = { onMessageAdd: { body: { body: "changed", author: "+15005550121" } } };
  await text(phone, sms, "original");
  check("a pre-action answer changes the message", await listener.wait("/post", "onMessageAdded", { Body: "changed" }));
  listener.answers = { onMessageAdd: { status: 403 } };
  await text(phone, sms, "refused");
  check("or refuses it", await listener.wait("/pre", "onMessageAdd", { Body: "refused" }));
  await refused("a refused REST write is told",
    conversation.messages.create({ body: "no", xTwilioWebhookEnabled: "true" }), 403, 50056);
  listener.answers = {};
  await text(phone, sms, "after");
  await listener.wait("/post", "onMessageAdded", { Body: "after" });
  check("the refused one is nowhere",
    !(await conversation.messages.list()).some((each) => ["refused", "no"].includes(each.body)));

  await conversation.webhooks.create({
    target: "webhook", "configuration.url": `${listener.url}/scoped`, "configuration.method": "post", "configuration.filters": ["onMessageAdded"],
  });
  await text(phone, sms, "scoped");
  check("a scoped webhook is called too", await listener.wait("/scoped", "onMessageAdded", { Body: "scoped" }));
  check("and so is the other", await listener.wait("/post", "onMessageAdded", { Body: "scoped" }));
  await conversation.update({ state: "closed", xTwilioWebhookEnabled: "true" });
  const state = await listener.wait("/post", "onConversationStateUpdated", { StateTo: "closed" });
  same("a change of state is told", [state?.params.StateFrom, state?.params.Reason], ["active", "API"]);

  check("every webhook is a signed form", listener.deliveries.every((each) => each.genuine && each.type.startsWith("application/x-www-form-urlencoded")),
    listener.deliveries.filter((each) => !each.genuine));
  await v1.configuration.webhooks().update({ filters: [], preWebhookUrl: "", postWebhookUrl: "" });
  for (const each of await v1.addressConfigurations.list()) await v1.addressConfigurations(each.sid).remove();
  listener.close();
});

await scenario("messages of the 2010 API", async () => {
  const listener = await new Listener().start();
  const phone = "+15005550131";
  const made = await twilio.messages.create({ to: phone, from: sms, body: "Hello 📱", statusCallback: `${listener.url}/status?q=a%20b` });
  check("its SID", sid("SM").test(made.sid), made.sid);
  check("it is on its way", ["accepted", "queued", "sending", "sent"].includes(made.status), made.status);
  same("what was sent", [made.to, made.from, made.body, made.direction, made.errorCode], [phone, sms, "Hello 📱", "outbound-api", null]);
  const delivered = await eventually(async () => {
    const now = await twilio.messages(made.sid).fetch();
    return now.status === "delivered" && now;
  });
  check("it arrives", delivered, made.sid);
  check("the phone has it", (await received(phone)).some((each) => each.body === "Hello 📱"));
  for (const status of ["sent", "delivered"]) {
    check(`a callback says ${status}`, await listener.wait("/status", status, { MessageSid: made.sid }), listener.deliveries);
  }
  check("every callback is signed", listener.deliveries.length > 1 && listener.deliveries.every((each) => each.genuine), listener.deliveries);

  for (const body of ["2", "3", "4", "5"]) await twilio.messages.create({ to: phone, from: sms, body });
  same("listed by recipient, newest first, page by page",
    (await twilio.messages.list({ to: phone, pageSize: 2 })).map((each) => each.body), ["5", "4", "3", "2", "Hello 📱"]);
  same("a limit", (await twilio.messages.list({ to: phone, limit: 2 })).length, 2);
  same("a WhatsApp message", (await twilio.messages.create({ to: "whatsapp:+15005550132", from: whatsapp, body: "hi" })).from, whatsapp);
  await refused("a recipient is a number", twilio.messages.create({ to: "nobody", from: sms, body: "a" }), 400, 21211);
  await refused("a recipient is named", twilio.messages.create({ to: "", from: sms, body: "a" }), 400, 21604);
  await refused("a text has a body", twilio.messages.create({ to: phone, from: sms }), 400, [21602, 21619]);
  await refused("the sender is ours", twilio.messages.create({ to: phone, from: "+15005559999", body: "a" }), 400, [21606, 21659, 21660]);
  await refused("an unknown message", twilio.messages(absent("SM")).fetch(), 404, 20404);

  await text(phone, sms, "STOP");
  await refused("an opted-out phone", twilio.messages.create({ to: phone, from: sms, body: "a" }), 400, 21610);
  await text(phone, sms, "START");
  check("and back in", sid("SM").test((await twilio.messages.create({ to: phone, from: sms, body: "back" })).sid));
  listener.close();
});

await scenario("a number's own webhook", async () => {
  const listener = await new Listener().start();
  const [number] = await twilio.incomingPhoneNumbers.list({ phoneNumber: sms, limit: 1 });
  same("the account's number", number?.phoneNumber, sms);
  const smsUrl = `${listener.url}/sms?name=it's`;
  same("its webhook", (await twilio.incomingPhoneNumbers(number.sid).update({ smsUrl, smsMethod: "POST" })).smsUrl, smsUrl);
  const answer = "<Response><Message>You &amp; I</Message><Message>twice</Message></Response>";
  listener.answers = { message: { type: "text/xml", body: answer } };
  const phone = "+15005550141";
  const { sid: messageSid } = await text(phone, sms, "Hi 👋");
  const delivery = await listener.wait("/sms", "message", { Body: "Hi 👋" });
  check("a text is told", delivery?.genuine, delivery);
  const { MessageSid, SmsSid, From, To, NumMedia, AccountSid } = delivery?.params ?? {};
  same("with its facts", [MessageSid, SmsSid, From, To, NumMedia, AccountSid], [messageSid, messageSid, phone, sms, "0", ready.account_sid]);
  const replies = await eventually(async () => {
    const bodies = (await received(phone)).map((each) => each.body);
    return bodies.length === 2 && bodies;
  });
  same("TwiML answers it", replies, ["You & I", "twice"]);
  same("the text is listed as received", (await twilio.messages(messageSid).fetch()).direction, "inbound");
  await twilio.incomingPhoneNumbers(number.sid).update({ smsUrl: "" });
  listener.close();
});

await scenario("configuration", async () => {
  const before = await v1.configuration().fetch();
  check("the defaults are named", sid("IS").test(before.defaultChatServiceSid) && sid("MG").test(before.defaultMessagingServiceSid), before);
  const after = await v1.configuration().update({ defaultInactiveTimer: "PT10M", defaultClosedTimer: "PT20M" });
  same("timers are echoed", [after.defaultInactiveTimer, after.defaultClosedTimer], ["PT10M", "PT20M"]);
  const made = await v1.conversations.create({});
  check("and used", Object.keys(made.timers).length > 0, made.timers);
  await refused("a minute or more", v1.configuration().update({ defaultInactiveTimer: "PT1S" }), 400, [50375, 50379, 20001]);
});

await scenario("lists of conversations", async () => {
  const all = await v1.conversations.list({ pageSize: 2 });
  check("every page is read", all.length > 4 && new Set(all.map((each) => each.sid)).size === all.length, all.length);
  const closed = await v1.conversations.list({ state: "closed" });
  check("by state", closed.length > 0 && closed.every((each) => each.state === "closed"), closed.length);
  same("a limit", (await v1.conversations.list({ limit: 3, pageSize: 2 })).length, 3);
});

await scenario("authentication", async () => {
  const stranger = client("0".repeat(32));
  await refused("a wrong token", stranger.conversations.v1.conversations.list(), 401, 20003);
  await refused("on the 2010 API too", stranger.messages.list({ limit: 1 }), 401, 20003);
});

finish();
