// npm twilio pointed at the sandbox, and a place on this machine for its webhooks.
import { createServer } from "node:http";
import { check, load } from "./harness.mjs";

const twilio = load("twilio");
const { RequestClient } = twilio;

/** The sandbox's ready line: `sandbox`, `account_sid`, `auth_token`, `sms_number`, `whatsapp_number`. */
export const ready = JSON.parse(process.env.SANDBOX_READY);

/** `https://PRODUCT.twilio.com/PATH` becomes `SANDBOX/PRODUCT/PATH`; the sandbox's own URLs stay. */
export class SandboxClient extends RequestClient {
  /** `[method, "/PRODUCT/PATH"]` of every request that was answered with a 2xx. */
  answered = [];

  /** With `webhooks`, writes ask for webhooks. */
  constructor({ webhooks = false } = {}) {
    super();
    this.webhooks = webhooks;
  }

  async request(options) {
    const uri = options.uri.replace(/^https:\/\/([a-z]+)\.twilio\.com(?::443)?\//, `${ready.sandbox}/$1/`);
    if (!uri.startsWith(ready.sandbox)) throw new Error(`${uri} would leave this machine`);
    const loud = this.webhooks && options.method.toUpperCase() !== "GET";
    const headers = loud ? { ...options.headers, "X-Twilio-Webhook-Enabled": "true" } : options.headers;
    const answer = await super.request({ ...options, uri, headers });
    if (answer.statusCode >= 200 && answer.statusCode < 300) {
      this.answered.push([options.method.toUpperCase(), uri.slice(ready.sandbox.length).split("?")[0]]);
    }
    return answer;
  }
}

/** A client with the sandbox's account, or with another token. */
export function client(token = ready.auth_token, httpClient = new SandboxClient()) {
  return twilio(ready.account_sid, token, { httpClient });
}

/** One of the sandbox's own controls. */
export async function control(method, path, body = undefined) {
  const response = await fetch(`${ready.sandbox}/sandbox/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /sandbox/${path} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Texts as a phone. */
export function text(from, to, body) {
  return control("POST", `handsets/${encodeURIComponent(from)}/messages`, { to, body });
}

/** What a phone received, oldest first. */
export async function received(address) {
  const { messages } = await control("GET", `handsets/${encodeURIComponent(address)}/messages`);
  return messages.filter((message) => message.direction === "received");
}

/** Asks until the answer is truthy; undefined after five seconds. */
export async function eventually(ask) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/** An error of the SDK with this status and one of these codes. */
export async function refused(name, promise, status, codes, message = "") {
  let found;
  try {
    await promise;
    found = "it was accepted";
  } catch (error) {
    const { status: s, code, message: m, moreInfo } = error;
    found = s === undefined ? error.stack : { status: s, code, message: m, moreInfo };
  }
  const holds = found.status === status && [codes].flat().includes(found.code) && found.message.includes(message);
  check(name, holds && found.moreInfo?.endsWith(String(found.code)), { found, wanted: { status, codes, message } });
}

/** A small server that keeps each webhook with what the official validator says of it. */
export class Listener {
  deliveries = [];
  /** What to answer, by event; 200 and nothing otherwise. */
  answers = {};

  async start() {
    this.server = createServer((request, response) => this.#take(request, response));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async #take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const pairs = [...new URLSearchParams(Buffer.concat(chunks).toString("utf8"))];
    const params = Object.fromEntries(pairs);
    const signature = request.headers["x-twilio-signature"];
    const valid = (token) => twilio.validateRequest(token, signature, this.url + request.url, params);
    const event = params.EventType ?? params.MessageStatus ?? "message";
    this.deliveries.push({
      path: request.url,
      type: request.headers["content-type"],
      params,
      event,
      genuine: valid(ready.auth_token) && !valid(`0${ready.auth_token.slice(1)}x`),
    });
    const { status = 200, type = "application/json", body = "" } = this.answers[event] ?? {};
    response.writeHead(status, { "content-type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
  }

  /** Waits for a delivery to a path, of an event, that has these parameters. */
  wait(path, event, params = {}) {
    const fits = (delivery) =>
      delivery.path.startsWith(path) && delivery.event === event &&
      Object.entries(params).every(([name, value]) => delivery.params[name] === value);
    return eventually(() => this.deliveries.find(fits));
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
