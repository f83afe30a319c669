// npm twilio drives every operation of Conversations and Content against the sandbox, and its validator
// accepts every webhook that follows.
//
// SANDBOX_READY: the sandbox's ready line. OPERATIONS: the folder of `PRODUCT.json`, which list `operations` with
// `method` and `path`; each must be answered with a 2xx at least once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, finish, same, scenario } from "./harness.mjs";
import { Listener, SandboxClient, client, control, eventually, ready } from "./sandbox.mjs";

const EVENTS = [
  ...["Conversation", "Participant", "Message"].flatMap((what) =>
    ["Add", "Added", "Update", "Updated", "Remove", "Removed"].map((suffix) => `on${what}${suffix}`)),
  "onConversationStateUpdated", "onDeliveryUpdated", "onUserAdded", "onUserUpdate", "onUserUpdated",
];

const http = new SandboxClient({ webhooks: true });
const twilio = client(undefined, http);
const v1 = twilio.conversations.v1;
const sms = ready.sms_number;
const defaultService = (await v1.configuration().fetch()).defaultChatServiceSid;

const listener = await new Listener().start();
await v1.configuration.webhooks().update({
  method: "POST", filters: EVENTS, preWebhookUrl: `${listener.url}/pre`, postWebhookUrl: `${listener.url}/post`,
});

let numbers = 0;
const phone = () => `+1555333${String((numbers += 1)).padStart(4, "0")}`;
const sids = (list) => list.map((each) => each.sid);

/** What exists both below a service and, for the default one, without it. */
async function scoped(name, root, service) {
  const made = await root.conversations.create({ friendlyName: "One", uniqueName: `${name}-1`, xTwilioWebhookEnabled: "true" });
  const conversation = root.conversations(made.sid);

  await scenario(`${name}: conversations`, async () => {
    same(`${name}: its service`, made.chatServiceSid, service);
    check(`${name}: listed`, sids(await root.conversations.list({ state: "active" })).includes(made.sid));
    same(`${name}: fetched by its unique name`, (await root.conversations(`${name}-1`).fetch()).sid, made.sid);
    same(`${name}: updated`, (await conversation.update({ friendlyName: "Two" })).friendlyName, "Two");
    same(`${name}: rests`, (await conversation.update({ state: "inactive" })).state, "inactive");
    const several = await root.conversationWithParticipants.create({
      friendlyName: "Several",
      participant: [
        JSON.stringify({ identity: `${name}-ann` }),
        JSON.stringify({ messaging_binding: { address: phone(), proxy_address: sms } }),
      ],
    });
    same(`${name}: made with its participants`, (await root.conversations(several.sid).participants.list()).length, 2);
  });

  const address = phone();
  const one = await conversation.participants.create({ "messagingBinding.address": address, "messagingBinding.proxyAddress": sms });
  await scenario(`${name}: participants`, async () => {
    const chat = await conversation.participants.create({ identity: `${name}-bob`, attributes: '{"a":1}' });
    same(`${name}: both are listed`, sids(await conversation.participants.list()), [one.sid, chat.sid]);
    same(`${name}: one fetched`, (await conversation.participants(one.sid).fetch()).messagingBinding.address, address);
    same(`${name}: by identity`, (await conversation.participants(chat.identity).fetch()).sid, chat.sid);
    same(`${name}: one changed`, (await conversation.participants(one.sid).update({ attributes: '{"b":2}' })).attributes, '{"b":2}');
    const where = async (filter) => (await root.participantConversations.list(filter)).map((each) => each.conversationSid);
    same(`${name}: where an address takes part`, await where({ address }), [made.sid]);
    same(`${name}: where an identity takes part`, await where({ identity: chat.identity }), [made.sid]);
  });

  let message;
  await scenario(`${name}: messages`, async () => {
    message = await conversation.messages.create({ author: "si", body: "Hello", attributes: '{"id":"m"}' });
    same(`${name}: listed`, (await conversation.messages.list({ order: "desc" })).map((each) => each.body), ["Hello"]);
    same(`${name}: fetched`, (await conversation.messages(message.sid).fetch()).index, 0);
    same(`${name}: changed`, (await conversation.messages(message.sid).update({ body: "Hi" })).body, "Hi");
    const { deliveryReceipts } = conversation.messages(message.sid);
    const receipt = await eventually(async () =>
      (await deliveryReceipts.list()).find((each) => each.status === "delivered"));
    same(`${name}: its receipt`, receipt?.participantSid, one.sid);
    same(`${name}: the receipt by itself`, (await deliveryReceipts(receipt.sid).fetch()).channelMessageSid.slice(0, 2), "SM");
    const { delivery } = await conversation.messages(message.sid).fetch();
    same(`${name}: delivery is summed`, [delivery.total, delivery.delivered], [1, "all"]);
  });

  await scenario(`${name}: webhooks`, async () => {
    const hook = await conversation.webhooks.create({
      target: "webhook",
      "configuration.url": "http://127.0.0.1:9/hook",
      "configuration.method": "POST",
      "configuration.filters": ["onMessageAdded"],
    });
    same(`${name}: listed`, sids(await conversation.webhooks.list()), [hook.sid]);
    same(`${name}: fetched`, (await conversation.webhooks(hook.sid).fetch()).target, "webhook");
    const changed = await conversation.webhooks(hook.sid).update({ "configuration.filters": ["onMessageRemoved"] });
    same(`${name}: changed`, changed.configuration.filters, ["onMessageRemoved"]);
    same(`${name}: removed`, await conversation.webhooks(hook.sid).remove(), true);
  });

  await scenario(`${name}: roles`, async () => {
    const permission = ["sendMessage", "leaveConversation"];
    const role = await root.roles.create({ friendlyName: `${name} writer`, type: "conversation", permission });
    check(`${name}: listed`, sids(await root.roles.list()).includes(role.sid));
    same(`${name}: fetched`, (await root.roles(role.sid).fetch()).permissions, permission);
    same(`${name}: changed`, (await root.roles(role.sid).update({ permission: ["sendMessage"] })).permissions, ["sendMessage"]);
    same(`${name}: removed`, await root.roles(role.sid).remove(), true);
  });

  await scenario(`${name}: users`, async () => {
    const user = await root.users.create({ identity: `${name}-cat`, friendlyName: "Cat", attributes: '{"c":3}' });
    check(`${name}: listed`, sids(await root.users.list()).includes(user.sid));
    same(`${name}: fetched by identity`, (await root.users(user.identity).fetch()).sid, user.sid);
    same(`${name}: changed`, (await root.users(user.sid).update({ friendlyName: "Cate" })).friendlyName, "Cate");
    await conversation.participants.create({ identity: user.identity });
    const theirs = root.users(user.sid).userConversations;
    same(`${name}: their conversations`, (await theirs.list()).map((each) => each.conversationSid), [made.sid]);
    same(`${name}: nothing read means no count`, (await theirs(made.sid).fetch()).unreadMessagesCount, null);
    const changed = await theirs(made.sid).update({ notificationLevel: "muted", lastReadMessageIndex: 0 });
    same(`${name}: changed`, [changed.notificationLevel, changed.lastReadMessageIndex], ["muted", 0]);
    same(`${name}: and all is read`, changed.unreadMessagesCount, 0);
    same(`${name}: left`, await theirs(made.sid).remove(), true);
    same(`${name}: and gone`, await theirs.list(), []);
    same(`${name}: removed`, await root.users(user.sid).remove(), true);
  });

  await scenario(`${name}: deletions`, async () => {
    same(`${name}: a message`, await conversation.messages(message.sid).remove(), true);
    same(`${name}: a participant`, await conversation.participants(one.sid).remove(), true);
    same(`${name}: a conversation`, await conversation.remove(), true);
  });
}

const service = await v1.services.create({ friendlyName: "Second" });
const below = v1.services(service.sid);
await scenario("services", async () => {
  check("listed", sids(await v1.services.list()).includes(service.sid));
  same("fetched", (await below.fetch()).friendlyName, "Second");
});

await scenario("plain", () => scoped("plain", v1, defaultService));
await scenario("service", () => scoped("service", below, service.sid));

await scenario("a service's configuration", async () => {
  check("roles are given", (await below.configuration().fetch()).defaultConversationRoleSid.startsWith("RL"));
  same("changed", (await below.configuration().update({ reachabilityEnabled: true })).reachabilityEnabled, true);
  const notifications = below.configuration.notifications();
  same("its notifications", (await notifications.fetch()).logEnabled, false);
  const told = await notifications.update({ "newMessage.enabled": true, "newMessage.template": "New" });
  same("changed notifications", told.newMessage.template, "New");
  const webhooks = below.configuration.webhooks();
  same("its webhooks", (await webhooks.fetch()).chatServiceSid, service.sid);
  same("changed webhooks", (await webhooks.update({ method: "POST", filters: ["onMessageAdded"] })).filters, ["onMessageAdded"]);
});

await scenario("bindings", async () => {
  const made = await control("POST", "bindings", { service_sid: service.sid, identity: "dan", binding_type: "fcm" });
  same("listed", sids(await below.bindings.list({ identity: ["dan"], bindingType: ["fcm"] })), [made.sid]);
  same("fetched", (await below.bindings(made.sid).fetch()).identity, "dan");
  same("removed", await below.bindings(made.sid).remove(), true);
  same("a service is removed", await below.remove(), true);
});

await scenario("configuration", async () => {
  same("fetched", (await v1.configuration().fetch()).defaultChatServiceSid, defaultService);
  same("changed", (await v1.configuration().update({ defaultClosedTimer: "P1D" })).defaultClosedTimer, "P1D");
  same("webhooks", (await v1.configuration.webhooks().fetch()).target, "webhook");
  same("changed webhooks", (await v1.configuration.webhooks().update({ filters: ["onMessageAdded"] })).filters, ["onMessageAdded"]);
});

await scenario("addresses", async () => {
  const made = await v1.addressConfigurations.create({ type: "sms", address: sms, friendlyName: "Ours" });
  const one = v1.addressConfigurations(made.sid);
  same("listed", sids(await v1.addressConfigurations.list({ type: "sms" })), [made.sid]);
  same("fetched", (await one.fetch()).address, sms);
  same("changed", (await one.update({ friendlyName: "Theirs" })).friendlyName, "Theirs");
  same("removed", await one.remove(), true);
});

await scenario("credentials", async () => {
  const made = await v1.credentials.create({ type: "fcm", friendlyName: "Push", secret: "s3cret" });
  same("listed", sids(await v1.credentials.list()), [made.sid]);
  same("fetched", (await v1.credentials(made.sid).fetch()).type, "fcm");
  same("changed", (await v1.credentials(made.sid).update({ friendlyName: "Pushed" })).friendlyName, "Pushed");
  same("removed", await v1.credentials(made.sid).remove(), true);
});

await scenario("content", async () => {
  const content = twilio.content.v1;
  // npm twilio sends a body of JSON as it is given: the names are the API's.
  const template = (name, body) => ({
    friendly_name: "greeting",
    language: "en",
    variables: { 1: name },
    types: { "twilio/text": { body } },
  });
  const made = await content.contents.create(template("Ann", "Hello {{1}}"));
  const one = content.contents(made.sid);
  same("its type", made.types["twilio/text"]?.body, "Hello {{1}}");
  same("listed", sids(await content.contents.list()), [made.sid]);
  same("fetched", (await one.fetch()).friendlyName, "greeting");
  same("changed", (await one.update(template("Bob", "Dear {{1}}"))).types["twilio/text"]?.body, "Dear {{1}}");
  const approval = await one.approvalCreate.create({ name: "greeting_one", category: "UTILITY" });
  same("approval is asked for", approval.category, "UTILITY");
  same("its approval", (await one.approvalFetch().fetch()).whatsapp.name, "greeting_one");
  same("with approvals", sids(await content.contentAndApprovals.list()), [made.sid]);
  check("legacy templates", Array.isArray(await content.legacyContents.list()));
  same("removed", await one.remove(), true);
});

await scenario("every webhook", async () => {
  for (const event of EVENTS) check(`${event} is sent`, await listener.wait("/", event));
  for (const each of listener.deliveries) check(`${each.event} is genuine`, each.genuine, each);
  listener.close();
});

await scenario("every operation", async () => {
  for (const product of ["conversations", "content"]) {
    const { operations } = JSON.parse(readFileSync(join(process.env.OPERATIONS, `${product}.json`), "utf8"));
    for (const { method, path } of operations) {
      const wanted = new RegExp(`^/${product}${path.replace(/\{[^}]*\}/g, "[^/]+")}$`);
      const seen = http.answered.some(([verb, where]) => verb === method && wanted.test(where));
      check(`${product}: ${method} ${path} was driven`, seen);
    }
    console.log(`${product}: ${operations.length} operations`);
  }
});

finish();
