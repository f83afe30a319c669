// npm @asyncapi/parser as the judge of our AsyncAPI document: it is one, and every message has a payload and an example.
// DOCUMENT: the file.
import { readFileSync } from "node:fs";
import { check, finish, load, scenario } from "./harness.mjs";

const { Parser } = load("@asyncapi/parser");
const text = readFileSync(process.env.DOCUMENT, "utf8");

await scenario("the document is read", async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const errors = diagnostics.filter((one) => one.severity === 0).map((one) => `${one.path.join("/")}: ${one.message}`);
  check("nothing is wrong with it", errors.length === 0, errors);
  check("it is a document", document !== undefined);
  const messages = document?.allMessages().all() ?? [];
  check("it has messages", messages.length > 40, messages.length);
  for (const message of messages) {
    check(`${message.id()} has a payload`, message.hasPayload());
    check(`${message.id()} has an example`, message.examples().all().length === 1);
  }
  check("it has two channels", document?.allChannels().all().length === 2);
});
finish();
