// Whom a phone writes to: the account's numbers, and the group texts that it is in.
import { el, options } from "./dom.js";
import { grouped, split } from "./format.js";

/** A group text's peer names several numbers. */
export const members = (peer) => peer.split(", ");
export const isGroup = (peer) => members(peer).length > 1;

const named = (peer) => members(peer).map((one) => grouped(split(one).number)).join(", ");
const kind = (peer, channel) => (channel === "whatsapp" ? "Business account" : isGroup(peer) ? "Group text" : "Text message");

export class Peers {
  #drawn = null;
  #channel;
  #label;
  #onchoose;

  constructor(channel, label, onchoose) {
    Object.assign(this, { element: el("div", { class: "peer-name" }) });
    this.#channel = channel;
    this.#label = label;
    this.#onchoose = onchoose;
  }

  /** Shows the chosen one among all; `fresh` are those that wrote since they were looked at. */
  show(all, chosen, fresh) {
    const state = JSON.stringify([all, chosen, [...fresh]]);
    if (state === this.#drawn) return;
    this.#drawn = state;
    if (chosen === null) {
      this.element.replaceChildren(el("strong", {}, "Nobody"), el("span", {}, "The account has no number for this"));
      return;
    }
    const choose = (event) => this.#onchoose(event.target.value);
    const several = el("select", { "aria-label": `${this.#label} writes to`, onchange: choose },
      options(all.map((peer) => [peer, `${fresh.has(peer) ? "● " : ""}${named(peer)}`])));
    several.value = chosen;
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(all.length > 1 ? several : el("strong", {}, named(chosen)),
      el("span", {}, fresh.size > 0 ? "Others wrote" : kind(chosen, this.#channel)));
    if (focused) several.focus();
  }
}
