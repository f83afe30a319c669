// One message as the phone shows it.
import { el } from "./dom.js";
import { grouped, minutes } from "./format.js";
import { icon } from "./icons.js";
import { replies } from "./replies.js";

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/;
const NO_PICTURE = /\.(?!png$|jpe?g$|gif$|webp$)\w+$/i;

/** Makes the bubble. `onpress` is called with what the person presses below it. */
export function bubble(message, channel, onpress) {
  const meta = el("span", { class: "meta" }, minutes(new Date(message.at)), ...receipt(message, channel));
  const content = [...(message.media ?? []).map(attachment), ...linked(message.body ?? "")];
  const inside = channel === "whatsapp" ? [...content, meta] : content;
  return el("li", { class: "message", dataset: { sid: message.sid, direction: message.direction } },
    author(message),
    el("div", { class: "bubble" }, inside),
    channel === "whatsapp" ? null : meta,
    replies(message.actions ?? [], onpress));
}

/** In a group text each bubble says whose it is. */
function author({ direction, author, peer }) {
  const theirs = direction === "received" && author !== peer;
  return theirs
    ? el("span", { class: "author" }, grouped(author))
    : el("span", { class: "unseen" }, direction === "sent" ? "You: " : "Them: ");
}

/** Ticks as WhatsApp has them; words for SMS, which knows only that it was sent. */
function receipt(message, channel) {
  if (message.direction !== "sent") return [];
  if (channel !== "whatsapp") return [" · Sent"];
  const ticks = el("span", { class: "ticks", dataset: { status: message.status } }, icon(message.status === "sent" ? "tick" : "ticks", 16));
  return [ticks, el("span", { class: "unseen" }, ` ${message.status}`)];
}

function linked(text) {
  return text.split(LINK).map((part, index) => (index % 2 === 1 ? link(part, {}, part) : part));
}

const link = (href, more, ...children) => el("a", { href, target: "_blank", rel: "noreferrer noopener", ...more }, children);

/** A picture of the sandbox's own is shown; anything else is a link, since the page asks nobody else. */
function attachment(url) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return el("span", { class: "media" }, url);
  }
  const last = decodeURIComponent(address.pathname.split("/").pop());
  const name = /^ME[0-9a-f]{32}$/.test(last) ? "File" : last || address.hostname;
  if (!/^https?:$/.test(address.protocol)) return el("span", { class: "media" }, name);
  const file = link(url, { class: "media" }, icon("file"), el("span", {}, name));
  if (address.origin !== location.origin || NO_PICTURE.test(address.pathname)) return file;
  // Only the bytes tell whether it is one.
  const picture = link(url, { class: "picture" }, el("img", { src: url, alt: `Picture: ${name}`, onerror: () => picture.replaceWith(file) }));
  return picture;
}
