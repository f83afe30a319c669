// npm twilio signs, the running server answers: 200 to what was signed, 403 to what was changed by one character.
// SERVER_READY: the ready line of `si-channel-server dev`.
import { check, finish, load, scenario } from "./harness.mjs";

const { getExpectedTwilioSignature } = load("twilio/lib/webhooks/webhooks");
const ready = JSON.parse(process.env.SERVER_READY);

/** An event that the server does not know: genuine, so answered 200, and of no effect. */
const conversations = (extra) => ({ path: "/webhooks/conversations", params: { AccountSid: ready.account_sid, EventType: "onOracleAsked", ...extra } });
/** A status of a message that the server never sent: the same. */
const status = (extra) => ({
  path: "/webhooks/sms/status",
  params: { AccountSid: ready.account_sid, MessageSid: `SM${"0".repeat(32)}`, MessageStatus: "delivered", ...extra },
});
const extras = [
  {}, { Body: "" }, { Body: "Grüezi 👋" }, { Body: "a+b c & d=e %20 'quoted' \"twice\"" }, { Body: "one\r\ntwo\tthree" },
  { Reason: "a", ReasonConferenceEnded: "b" }, { A: "1", a: "2", "a.b": "3", a_b: "4" }, { Twice: ["b", "a"] },
  { Attributes: JSON.stringify({ n: [1, 2], s: "x" }) }, { "MessagingBinding.Address": "whatsapp:+15005550101" },
];
const queries = ["", "?source=a%20b&plus=a+b", "?name=it's&empty="];

const encode = (params) => new URLSearchParams(Object.entries(params).flatMap(([name, value]) => [value].flat().map((each) => [name, each])));

async function answer({ path, params }, query, signature) {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  if (signature !== undefined) headers["x-twilio-signature"] = signature;
  const response = await fetch(ready.server + path + query, { method: "POST", headers, body: encode(params).toString() });
  await response.arrayBuffer();
  return response.status;
}

const changed = (text) => (text === "" ? "~" : `~${text.slice(1)}`);

for (const make of [conversations, status]) {
  for (const extra of extras) {
    for (const query of queries) {
      for (const port of ["", ":443"]) {
        const request = make(extra);
        const name = `${request.path}${query} ${JSON.stringify(extra)} ${port || "no port"}`;
        await scenario(name, async () => {
          const origin = ready.public_url.replace(/\/$/, "") + port;
          const sign = (path, params) => getExpectedTwilioSignature(ready.auth_token, origin + path + query, params);
          const signature = sign(request.path, request.params);
          const expected = [[200, await answer(request, query, signature)]];
          for (const field of Object.keys(request.params)) {
            const { [field]: value, ...rest } = request.params;
            const params = { ...request.params, [field]: changed([value].flat()[0]) };
            expected.push([403, await answer({ ...request, params }, query, signature)]);
            expected.push([403, await answer({ ...request, params: { ...rest, [changed(field)]: value } }, query, signature)]);
          }
          const other = signature.replace(/^./, (first) => (first === "A" ? "B" : "A"));
          expected.push([403, await answer(request, query, other)], [403, await answer(request, query, undefined)]);
          expected.push([403, await answer(request, query === "" ? "?x" : `${query}x`, signature)]);
          check(name, expected.every(([wanted, found]) => wanted === found), expected);
        });
      }
    }
  }
}
finish();
