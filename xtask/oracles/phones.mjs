// A person with phones on the sandbox's page, in a real browser, and Si behind them.
// SERVER_READY: the ready line of `si-channel-server dev`; CHROMIUM: the browser; PICTURES: a folder for screenshots.
import { createServer } from "node:http";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { check, comes, finish, load, same, scenario } from "./harness.mjs";

const { chromium } = load("playwright-core");
const axe = load("axe-core");
const ready = JSON.parse(process.env.SERVER_READY);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const PATIENCE = 30_000;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
const context = await browser.newContext({ viewport: WIDE, colorScheme: "light", locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
context.setDefaultTimeout(PATIENCE);

/** What no page may do: complain, break its own policy, ask somebody else. */
const complaints = [];
await context.exposeBinding("complain", (_source, words) => complaints.push(words));
await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => window.complain(`${event.violatedDirective} ${event.blockedURI}`)));
function watched(page) {
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("request", (request) => new RegExp(`^(${ready.sandbox}/|blob:|data:)`).test(request.url()) || complaints.push(`asked ${request.url()}`));
  return page;
}

const page = watched(await context.newPage());
const control = async (path, method = "GET", body = undefined) => {
  const answer = await fetch(`${ready.sandbox}/sandbox/${path}`, { method, body: body && JSON.stringify(body) });
  return answer.json();
};
const login = `Basic ${Buffer.from(`${ready.account_sid}:${ready.auth_token}`).toString("base64")}`;
const twilio = (path, fields) => fetch(ready.sandbox + path, { method: "POST", headers: { authorization: login }, body: new URLSearchParams(fields) });

const SMS = "+15550100001";
const WHATSAPP = "whatsapp:+15550100002";
const BOB = "+15550100003";
const phone = (address) => page.locator(`.phone[data-address="${address}"]`);
const bubbles = (address) => phone(address).locator(".bubble");
const composer = (address) => phone(address).getByRole("textbox");
/** Waits until a phone shows a text. */
const sees = (address, text) => bubbles(address).filter({ hasText: text }).last().waitFor();
async function write(address, text) {
  await composer(address).fill(text);
  await composer(address).press("Enter");
  await sees(address, text);
}
const picture = (name) => page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });
const entries = page.locator(".entry");
/** Waits until a condition on the page holds. */
const until = (holds, given) => page.waitForFunction(holds, given, { timeout: PATIENCE });

/** The checksum of PNG's chunks; Node has it only since 20.15. */
function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A PNG of that size: some hills. */
function drawn(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => {
    const colour = (x) => [0, 1, 2].filter((hill) => y > height * (0.35 + hill * 0.2) + 14 * Math.sin(x / (28 - hill * 6) + hill)).length;
    const pixels = Array.from({ length: width }, (_, x) => [[196, 221, 240], [150, 186, 168], [102, 153, 120], [62, 112, 84]][colour(x)]);
    return [0, ...pixels.flat()];
  });
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(rows.flat()))), chunk("IEND", Buffer.alloc(0))]);
}

/** What axe finds that would keep somebody out. */
async function accessible(name) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  same(`${name} can be used by everybody`, found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`), []);
}

const opened = await scenario("the page opens", async () => {
  await page.goto(ready.sandbox);
  same("the root leads to the phones", new URL(page.url()).pathname, "/sandbox/phones");
  await page.locator('.live[data-state="live"]').waitFor();
  return same("two phones are there", await page.locator(".phone").count(), 2);
});
if (!opened) finish(); // Everything else would wait in vain.

await scenario("a message by keyboard alone", async () => {
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  for (let presses = 0; presses < 30 && !/^Message from SMS/.test((await focused()) ?? ""); presses += 1) await page.keyboard.press("Tab");
  check("Tab leads to where one writes", /^Message from SMS/.test(await focused()), await focused());
  check("what has the focus shows it", await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none"));
  await page.keyboard.type("first line");
  await page.keyboard.press("Escape");
  same("Esc empties", await composer(SMS).inputValue(), "");
  await page.keyboard.type("Hello");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Si");
  await page.keyboard.press("Enter");
  await sees(SMS, "You said: Hello");
  same("the text has two lines", await bubbles(SMS).first().innerText(), "Hello\nSi");
  await comes("what arrives is announced", until(() => document.getElementById("news").textContent.includes("received: You said: Hello")));
});

await scenario("two phones and Si as a group", async () => {
  await write(SMS, "invite");
  await sees(SMS, "To join our conversation");
  const code = /JOIN (\w+)/.exec(await bubbles(SMS).last().innerText())[1];
  await write(WHATSAPP, `join ${code} Ann`);
  await sees(SMS, "Ann joined");
  await write(WHATSAPP, "Shall we meet at noon?");
  await sees(SMS, "Ann: Shall we meet at noon?");
  await sees(SMS, "You said: Shall we meet at noon?");
  await sees(WHATSAPP, "You said: Shall we meet at noon?");
  await write(SMS, "Fine with me. I bring the map.");
  await sees(WHATSAPP, "Fine with me. I bring the map.");
  await comes("both hold one conversation with Si", sees(WHATSAPP, "You said: Fine with me. I bring the map."));
  await phone(WHATSAPP).locator('.ticks[data-status="delivered"]').first().waitFor();
  same("SMS has no ticks", await phone(SMS).locator(".ticks").count(), 0);
});

await scenario("receipts and typing", async () => {
  const { messages } = await control(`handsets/${encodeURIComponent(WHATSAPP)}/messages`);
  const mine = messages.findLast((message) => message.direction === "sent");
  await twilio("/messaging/v2/Indicators/Typing.json", { messageId: mine.sid, channel: "whatsapp" });
  await phone(WHATSAPP).locator('.ticks[data-status="read"]').last().waitFor();
  await phone(WHATSAPP).locator(".typing").waitFor();
  await picture("typing");
  await write(WHATSAPP, "Are you there?");
  await sees(WHATSAPP, "You said: Are you there?");
  await comes("the answer ends the typing", phone(WHATSAPP).locator(".typing").waitFor({ state: "detached" }));
});

await scenario("a third phone, by keyboard, that says STOP", async () => {
  await page.getByRole("button", { name: "Add a phone" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await accessible("the dialog");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.getByLabel("Its number").fill("555");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("alert").getByText("with its country").waitFor();
  await page.getByLabel("Its number").fill("+1 555 010 0003");
  await page.keyboard.press("Enter");
  await phone(BOB).waitFor();
  await write(SMS, "invite");
  await until((address) => document.querySelectorAll(`[data-address="${address}"] .bubble`).length > 0, SMS);
  await phone(SMS).locator(".bubble", { hasText: "To join our conversation" }).nth(1).waitFor();
  const code = /JOIN (\w+)/.exec(await bubbles(SMS).filter({ hasText: "To join" }).last().innerText())[1];
  await write(BOB, `join ${code} Bob`);
  await sees(SMS, "Bob joined");
  await write(SMS, "Three of us now");
  await sees(BOB, "You said: Three of us now");
  await write(BOB, "STOP");
  await phone(BOB).locator('[data-direction="received"]', { hasText: /unsubscribed|no more|opted out/i }).last().waitFor();
  await sees(SMS, "Bob left the conversation.");
  same("nobody else reads the keyword", await bubbles(SMS).filter({ hasText: "Bob: STOP" }).count(), 0);
  const before = await bubbles(BOB).count();
  await write(WHATSAPP, "Is Bob still here?");
  await sees(SMS, "You said: Is Bob still here?");
  same("whoever said STOP hears nothing more", await bubbles(BOB).count(), before);
});

await scenario("text is text", async () => {
  const evil = '<img src=x onerror="document.title=1"> & see http://127.0.0.1/a?b=1.';
  await write(SMS, evil);
  await sees(WHATSAPP, evil);
  same("markup stays text", await page.locator(".bubble img").count(), 0);
  same("an address is a link", await bubbles(SMS).filter({ hasText: "onerror" }).first().locator("a").getAttribute("href"), "http://127.0.0.1/a?b=1");
});

await picture("light");
await accessible("the page in light");
await scenario("dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("dark");
  await accessible("the page in dark");
  await page.getByRole("button", { name: "Switch to light colours" }).click();
  same("a choice wins over the system", await page.evaluate(() => document.documentElement.dataset.theme), "light");
  await page.emulateMedia({ colorScheme: "light" });
});

await scenario("a picture", async () => {
  await phone(SMS).getByRole("button", { name: "Attach a file" }).click();
  await page.getByLabel(/A file of this computer/).setInputFiles({ name: "the map.png", mimeType: "image/png", buffer: drawn(240, 150) });
  await page.getByRole("button", { name: "Attach", exact: true }).click();
  await phone(SMS).locator(".attached").getByText("the map.png").waitFor();
  await write(SMS, "Here it is");
  await sees(WHATSAPP, "You said: Here it is");
  const shown = (address) => [...document.querySelectorAll(`[data-address="${address}"] .bubble img`)].some((image) => image.naturalWidth === 240);
  await comes("the picture is shown on both phones", Promise.all([until(shown, SMS), until(shown, WHATSAPP)]));
  const atEnd = (address) => {
    const thread = document.querySelector(`[data-address="${address}"] .thread`);
    return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2;
  };
  await comes("who reads the end still does when a picture has loaded", Promise.all([until(atEnd, SMS), until(atEnd, WHATSAPP)]));
  await picture("media");
});

await scenario("buttons", async () => {
  const actions = [{ type: "QUICK_REPLY", title: "Count me in", id: "yes" }, { type: "QUICK_REPLY", title: "Not this time", id: "no" }];
  const types = { "twilio/quick-reply": { body: "A walk on Sunday?", actions } };
  const headers = { authorization: login, "content-type": "application/json" };
  const answer = await fetch(`${ready.sandbox}/content/v1/Content`, { method: "POST", headers, body: JSON.stringify({ friendly_name: "walk", language: "en", types }) });
  const { sid } = await answer.json();
  await twilio(`/api/2010-04-01/Accounts/${ready.account_sid}/Messages.json`, { From: ready.whatsapp_number, To: WHATSAPP, ContentSid: sid });
  await phone(WHATSAPP).getByRole("button", { name: "Count me in" }).focus();
  await picture("buttons");
  await page.keyboard.press("Enter");
  await sees(WHATSAPP, "You said: Count me in");
  const log = await control("log?after=0&kind=webhook");
  check("the press is a message of the phone", log.entries.some(({ params }) => params?.Body?.endsWith("Count me in")));
});

await scenario("reading late", async () => {
  await phone(WHATSAPP).getByRole("switch", { name: /reads at once/ }).click();
  await phone(WHATSAPP).getByRole("switch", { name: /reads at once/, checked: false }).waitFor();
  await write(SMS, "Read this later");
  await sees(WHATSAPP, "You said: Read this later");
  const read = phone(WHATSAPP).getByRole("button", { name: /read \d+ new/ });
  await read.click();
  await read.waitFor({ state: "hidden" });
  const log = await control("log?after=0&kind=webhook");
  check("the receipt came when it was read", log.entries.some(({ params }) => params?.Status === "read"));
  await phone(WHATSAPP).getByRole("switch", { name: /reads at once/ }).click();
});

await scenario("a phone that is off", async () => {
  const power = phone(SMS).getByRole("switch", { name: /is on$/ });
  await power.click();
  await phone(SMS).getByText("Switched off").waitFor();
  check("nobody writes on it", await phone(SMS).locator(".composer").evaluate((form) => form.inert));
  await power.click();
  await phone(SMS).getByText("Switched off").waitFor({ state: "hidden" });
});

await scenario("faults by one click, seen in the log", async () => {
  await page.getByRole("button", { name: /^Faults/ }).click();
  const fails = page.getByRole("switch", { name: "Next write fails with 500" });
  await fails.click();
  await page.getByRole("switch", { name: "Next write fails with 500", checked: true }).waitFor();
  const lost = page.getByRole("switch", { name: "Next webhook is lost" });
  await lost.click();
  await page.locator(".planned li").nth(1).waitFor();
  await picture("faults");
  await accessible("the faults");
  await lost.click();
  await page.getByRole("switch", { name: "Next webhook is lost", checked: false }).waitFor();
  same("one is left", (await control("faults")).faults.length, 1);
  await write(SMS, "Does it still work?");
  await sees(SMS, "You said: Does it still work?");
  await comes("the switch goes off when it has struck", page.getByRole("switch", { name: "Next write fails with 500", checked: false }).waitFor());

  const form = page.getByRole("form", { name: "Plan a fault" });
  await form.getByLabel("Method and beginning").fill("GET /conversations/v1/Services");
  await form.getByLabel("How many").fill("3");
  await form.getByRole("button", { name: "Plan it" }).click();
  await page.locator(".planned").getByText("GET /conversations/v1/Services · 3 times").waitFor();
  await form.getByLabel("What happens").selectOption("webhook_delay");
  await form.getByLabel("Event").fill("onNothing");
  await form.getByLabel("How often").selectOption("chance");
  await form.getByRole("button", { name: "Plan it" }).click();
  await page.locator(".planned").getByText("onNothing · 10 % of the time").waitFor();
  for (let left = 2; left > 0; left -= 1) {
    await page.getByRole("button", { name: /^Remove: / }).first().click();
    await until((count) => document.querySelectorAll(".planned li").length < count, left);
  }
  await page.getByText("Nothing. Everything works.").waitFor();

  await page.getByRole("button", { name: "Log", exact: true }).click();
  const filter = page.getByRole("search");
  await filter.getByLabel("Status").selectOption("5");
  await until(() => document.querySelectorAll(".entry").length === 1);
  check("the failure is in the log, and that a fault did it", /by a fault[\s\S]*500|500[\s\S]*by a fault/.test(await entries.first().innerText()));
  await filter.getByLabel("Status").selectOption("");
  await filter.getByLabel("Search in everything").fill("Does it still work?");
  await until(() => [...document.querySelectorAll(".entry .what")].some((what) => what.textContent === "onMessageAdded"));
  await filter.getByText("More filters").click();
  await filter.getByLabel("Event").fill("onMessageAdded");
  await filter.getByLabel("Method").selectOption("POST");
  await filter.getByLabel("Path").fill("/webhooks/conv");
  await until(() => [...document.querySelectorAll(".entry")].every((entry) => entry.dataset.kind === "webhook"));
  const first = entries.first().getByRole("button").first();
  await first.focus();
  await page.keyboard.press("Enter");
  same("a line opens by keyboard", await first.getAttribute("aria-expanded"), "true");
  check("and shows the parameters", (await entries.first().innerText()).includes("EventType"));
  await picture("log");
  await accessible("the log");
  await page.getByRole("button", { name: "No filter" }).click();
  await filter.getByLabel("Error code").fill("20500");
  await until(() => document.querySelectorAll(".entry").length === 1);
  await filter.getByLabel("Error code").fill("1");
  await page.getByText("Nothing fits the filter.").waitFor();
  await page.getByRole("button", { name: "No filter" }).click();
  check("filters choose and let go", (await entries.count()) > 10);
});

await scenario("the clock", async () => {
  const before = await bubbles(SMS).count();
  await page.getByRole("button", { name: "Move the clock forward: +1 min" }).click();
  await page.getByText("1 min ahead").waitFor();
  await page.getByRole("button", { name: "Other…" }).click();
  await page.getByLabel("How much").fill("31");
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await page.getByText("32 min ahead").waitFor();
  await comes("an idle conversation is warned when the clock has moved", until(([address, count]) => document.querySelectorAll(`[data-address="${address}"] .bubble`).length > count, [SMS, before]));
  same("the sandbox says the same", Math.round((await control("clock")).offset_ms / 60_000), 32);
});

await scenario("the page is opened again", async () => {
  await page.reload();
  await sees(SMS, "Does it still work?");
  same("the same phones are there", await page.locator(".phone").count(), 3);
  await phone(BOB).getByRole("button", { name: /^Close/ }).click();
  same("a phone can be closed", await page.locator(".phone").count(), 2);
});

await scenario("a narrow window", async () => {
  await page.setViewportSize(NARROW);
  const tabs = page.getByRole("tab");
  same("a tab for each phone", await tabs.count(), 2);
  same("one phone at a time", await page.locator(".phone:visible").count(), 1);
  check("nothing is wider than the window", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await picture("narrow-sms");
  await accessible("the narrow page");
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  await phone(WHATSAPP).waitFor();
  check("arrow keys change the phone", await phone(SMS).isHidden());
  await picture("narrow-whatsapp");
  await page.getByRole("button", { name: "Log", exact: true }).click();
  await entries.first().waitFor();
  await picture("narrow-log");
  await page.getByRole("button", { name: "Phones", exact: true }).click();
  await phone(WHATSAPP).waitFor();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => delete document.documentElement.dataset.theme);
  await picture("narrow-dark");
  await page.setViewportSize(WIDE);
});

same("the page never complained nor asked elsewhere", complaints, []);

await scenario("a page from elsewhere", async () => {
  const server = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<p>elsewhere"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const elsewhere = await browser.newPage();
  await elsewhere.goto(`http://127.0.0.1:${server.address().port}`);
  const before = (await control("clock")).offset_ms;
  await elsewhere.evaluate(async (sandbox) => {
    await fetch(`${sandbox}/sandbox/clock`, { method: "POST", mode: "no-cors", body: '{"advance":"P1D"}' });
  }, ready.sandbox);
  same("cannot move the clock", (await control("clock")).offset_ms, before);
  const read = await elsewhere.evaluate((sandbox) => fetch(`${sandbox}/sandbox/state`).then(() => "read", () => "refused"), ready.sandbox);
  same("cannot read the state", read, "refused");
  server.close();
});

await scenario("without server-sent events", async () => {
  const other = await context.newPage();
  await other.route("**/sandbox/events", (route) => route.abort());
  await other.goto(ready.sandbox);
  await other.locator('.live[data-state="polling"]').waitFor();
  await other.locator(".phone").first().getByRole("textbox").fill("By asking");
  await other.keyboard.press("Enter");
  await comes("the page asks instead", other.locator(".bubble", { hasText: "You said: By asking" }).first().waitFor());
});

await scenario("a group text", async () => {
  const [dan, eve] = ["+15550100008", "+15550100009"];
  const other = await browser.newContext({ viewport: WIDE, locale: "en-GB" });
  await other.addInitScript((open) => localStorage.setItem("phones.open", JSON.stringify(open)), [dan, eve].map((address) => ({ address, peer: null })));
  const conversations = "/conversations/v1/Conversations";
  const { sid } = await (await twilio(conversations, {})).json();
  const participants = `${conversations}/${sid}/Participants`;
  for (const address of [dan, eve]) await twilio(participants, { "MessagingBinding.Address": address });
  await twilio(participants, { Identity: "guide", "MessagingBinding.ProjectedAddress": ready.sms_number });
  await twilio(`${conversations}/${sid}/Messages`, { Author: "guide", Body: "We start at nine" });
  const both = watched(await other.newPage());
  await both.goto(ready.sandbox);
  const on = (address) => both.locator(`.phone[data-address="${address}"]`);
  for (const address of [dan, eve]) await on(address).getByRole("combobox").selectOption({ index: 1 });
  await on(eve).getByText("We start at nine").waitFor();
  await on(dan).getByRole("textbox").fill("I am there");
  await both.keyboard.press("Enter");
  await on(eve).getByText("I am there").waitFor();
  same("each text names its writer", await on(eve).locator(".author").last().innerText(), "+1 555 010 0008");
  await both.screenshot({ path: join(process.env.PICTURES, "group-text.png") });
});

await browser.close();
finish();
