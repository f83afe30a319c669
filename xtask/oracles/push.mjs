// npm standardwebhooks verifies what the running server sends to a subscriber, and refuses what was changed.
// SERVER_READY: the ready line of `si-channel-server dev`.
import { createServer } from "node:http";
import { check, finish, load, scenario } from "./harness.mjs";

const { Webhook } = load("standardwebhooks");
const ready = JSON.parse(process.env.SERVER_READY);

const requests = [];
const waiting = [];
const subscriber = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  requests.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
  response.writeHead(204).end();
  for (const wake of waiting.splice(0)) wake();
});
await new Promise((done) => subscriber.listen(0, "127.0.0.1", done));

async function api(path, body) {
  const headers = { authorization: `Bearer ${ready.api_token}`, "content-type": "application/json" };
  const response = await fetch(ready.server + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** A phone writes, and the event of it comes. */
async function event(words) {
  const phone = `${ready.sandbox}/sandbox/handsets/${encodeURIComponent("+15557770001")}/messages`;
  const body = JSON.stringify({ to: ready.sms_number, body: words });
  await fetch(phone, { method: "POST", headers: { "content-type": "application/json" }, body });
  for (;;) {
    const found = requests.find((one) => JSON.parse(one.body).data.text === words);
    if (found) return found;
    await new Promise((wake) => waiting.push(wake));
  }
}

const accepts = (secret, body, headers) => {
  try {
    return JSON.stringify(new Webhook(secret).verify(body, headers)) === JSON.stringify(JSON.parse(body));
  } catch {
    return false;
  }
};

await scenario("events sent to a subscriber", async () => {
  const url = `http://127.0.0.1:${subscriber.address().port}/hook`;
  const made = await api("/v1/subscriptions", { url, types: ["si.channel.message.received.v1"] });
  check("a subscription is made", made.status === 201, made);
  const old = made.body.secret;
  const { headers, body } = await event("Grüezi 👋");
  check("its secret fits", accepts(old, body, headers), headers);
  check("the id is the event's", headers["webhook-id"] === JSON.parse(body).id, headers);
  check("a changed body is refused", !accepts(old, body.replace("Gr", "gr"), headers));
  check("another id is refused", !accepts(old, body, { ...headers, "webhook-id": "another" }));
  check("another time is refused", !accepts(old, body, { ...headers, "webhook-timestamp": `${Number(headers["webhook-timestamp"]) - 1}` }));
  const rotated = await api(`/v1/subscriptions/${made.body.id}/rotate`, {});
  check("a secret is rotated", rotated.status === 200, rotated.status);
  const both = await event("While it is rotated");
  check("there are two signatures", both.headers["webhook-signature"].split(" ").length === 2, both.headers);
  check("the old secret fits", accepts(old, both.body, both.headers));
  check("the new secret fits", accepts(rotated.body.secret, both.body, both.headers));
  check("no other does", !accepts(`whsec_${Buffer.alloc(32).toString("base64")}`, both.body, both.headers));
});
subscriber.close();
subscriber.closeAllConnections();
finish();
