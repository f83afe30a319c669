// What can be pressed below a message: answers, links, codes to copy.
import { announce } from "./announce.js";
import { el } from "./dom.js";

/** The buttons of a message, or null when it has none. `onpress` gets what the person presses to answer. */
export function replies(actions, onpress) {
  if (actions.length === 0) return null;
  return el("div", { class: "replies", role: "group", "aria-label": "Buttons" }, actions.map((action) => one(action, onpress)));
}

function one({ type, title, value, description }, onpress) {
  const words = [title, description ? el("small", {}, description) : null];
  if (type === "URL" && /^https?:/.test(value ?? "")) {
    return el("a", { href: value, target: "_blank", rel: "noreferrer noopener" }, words);
  }
  if (type === "COPY_CODE") {
    const copy = () => navigator.clipboard.writeText(value ?? "").then(() => announce(`Copied ${value}.`), (error) => announce(error.message));
    return el("button", { type: "button", onclick: copy }, words);
  }
  if (type === "QUICK_REPLY" || type === "LIST_ITEM") {
    return el("button", { type: "button", onclick: () => onpress(value ?? title) }, words);
  }
  // A call or a flow leads where this page does not.
  return el("span", { title: value }, words);
}
