// npm twilio against our signatures. REQUESTS: generated requests; SIGNATURES_COMMAND: ours as a program.
import { readFileSync } from "node:fs";
import { answers, check, finish, load } from "./harness.mjs";

const twilio = load("twilio");
const { getExpectedBodyHash, getExpectedTwilioSignature } = load("twilio/lib/webhooks/webhooks");
const ours = JSON.parse(process.env.SIGNATURES_COMMAND);

/** Names to values; a name that comes twice has a list, as body parsers for Node make it. */
function object(params) {
  const result = {};
  for (const [name, value] of params) {
    result[name] = name in result ? [result[name], value].flat() : value;
  }
  return result;
}

function withHash(url, body) {
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${getExpectedBodyHash(body)}`;
}

function accepted({ token, url, params, body }, signature) {
  return body === undefined
    ? twilio.validateRequest(token, signature, url, object(params))
    : twilio.validateRequestWithBody(token, signature, url, body);
}

const cases = readFileSync(process.env.REQUESTS, "utf8").split("\n").filter(Boolean).map((line) => {
  const request = JSON.parse(line);
  const hashed = (url) => (request.body === undefined ? url : withHash(url, request.body));
  const { token, params, body } = request;
  const seen = { token, url: hashed(request.url), params, body };
  const signed = { ...seen, url: hashed(request.signed_url) };
  const signature = getExpectedTwilioSignature(token, signed.url, body === undefined ? object(params) : {});
  const at = request.signature_at;
  const other = signature.slice(0, at) + (signature[at] === "A" ? "B" : "A") + signature.slice(at + 1);
  const tampered = request.tampered.map((changed) => ({ ...seen, ...changed, url: hashed(changed.url), signature }));
  tampered.push({ ...seen, what: "signature", signature: other });
  tampered.push({ ...seen, what: "token", token: token.replace(/^./, (c) => (c === "0" ? "1" : "0")), signature });
  return { ...request, seen, signed, signature, tampered };
});

// One run of ours: each case as it is seen, as it is signed, then everything tampered with.
const asked = cases.flatMap(({ seen, signed, signature, tampered }) => [
  { ...seen, signature },
  { ...signed, signature },
  ...tampered,
]);
const told = (await answers(ours, asked))[Symbol.iterator]();
const next = () => told.next().value;

for (const { name, seen, signed, signature, tampered, disputed } of cases) {
  const faults = [];
  const expect = (holds, fault) => holds || faults.push(fault);
  expect(accepted(seen, signature), "the oracle refuses its own signature");
  expect(next().valid, "ours refuses the oracle's signature");
  const own = next();
  expect(own.valid, "ours refuses the oracle's signature of the URL as signed");
  // Where the oracles themselves disagree we sign as the other does, and accept both.
  if (!disputed) {
    expect(own.signature === signature, `ours signs ${own.signature}, the oracle ${signature}`);
    expect(accepted(seen, own.signature), "the oracle refuses our signature");
  }
  for (const { what, signature: given, ...request } of tampered) {
    expect(!accepted(request, given), `the oracle accepts a changed ${what}`);
    expect(!next().valid, `ours accepts a changed ${what}: ${JSON.stringify(request)}`);
  }
  check(name, faults.length === 0, { faults, seen, signed: signed.url });
}
finish();
