// One handset: its look, its switches, its conversation.
import { announce } from "./announce.js";
import { behave, groupText, handset, messages, press, readAll, text } from "./api.js";
import { now } from "./clock.js";
import { Composer } from "./composer.js";
import { el, switchButton } from "./dom.js";
import { channelName, grouped, split } from "./format.js";
import { icon } from "./icons.js";
import { isGroup, members, Peers } from "./peers.js";
import { Thread } from "./thread.js";

export class Phone {
  #version = null;
  #all = null;
  #state = null;
  #numbers = [];
  #fresh = new Set();
  #busy = false;
  #again = false;
  #ends;
  #on;

  /** `on` has `close`, `news` (something arrived) and `peer` (another number was chosen). */
  constructor(address, peer, on) {
    const { channel, number } = split(address);
    Object.assign(this, { address, peer, channel, number });
    this.#on = on;
    this.label = `${channelName(channel)} phone ${grouped(number)}`;
    this.thread = new Thread(channel, `Messages on ${this.label}`, (message, action) => this.#press(message, action));
    this.composer = new Composer(this.label, (message) => this.#text(message));
    this.element = this.#build();
  }

  #build() {
    const close = el("button", { type: "button", class: "plain", "aria-label": `Close ${this.label}`, title: "Close", onclick: () => this.#on.close(this) }, icon("close", 16));
    this.power = switchButton("On", (on) => this.#behave({ reachable: on }), { "aria-label": `${this.label} is on` });
    this.reads = switchButton("Reads", (on) => this.#behave({ reads: on }), { "aria-label": `${this.label}: its owner reads at once`, title: "Whether its owner reads at once" });
    this.peers = new Peers(this.channel, this.label, (peer) => this.#choose(peer));
    this.unread = el("button", { type: "button", hidden: true, onclick: () => this.#do(readAll(this.address)) });
    this.off = el("div", { class: "off", hidden: true }, icon("power", 40), el("strong", {}, "Switched off"),
      el("p", {}, "What is sent to it is not delivered."));
    const screen = el("div", { class: "screen" },
      el("header", { class: "peer" }, el("span", { class: "avatar" }, icon("person", 20)), this.peers.element, this.unread),
      this.thread.element, this.composer.problem, this.composer.attached, this.composer.element, this.off);
    return el("article", { class: "phone", "aria-label": this.label, dataset: { channel: this.channel, address: this.address } },
      el("div", { class: "phone-head" },
        el("div", {}, el("h2", {}, grouped(this.number)), el("span", { class: "channel" }, channelName(this.channel))),
        this.reads, this.power, close),
      el("div", { class: "case" }, screen));
  }

  /** The numbers it can write to. */
  setNumbers(numbers) {
    const mine = numbers.filter((one) => one.channel === this.channel).map((one) => one.number);
    if (mine.join() === this.#numbers.join()) return;
    this.#numbers = mine;
    this.#render();
  }

  /** Looks again if the sandbox says that something is different. */
  async update(version) {
    if (version === this.#version) return;
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    do {
      this.#again = false;
      const found = await Promise.all([handset(this.address), messages(this.address)]).catch(() => null);
      if (found === null) break; // The next summary brings the next look.
      const [state, all] = found;
      this.#state = state;
      this.#tell(all);
      this.#all = all;
      this.#version = version;
      this.#render();
    } while (this.#again);
    this.#busy = false;
  }

  // What has arrived since the last look, for those who do not see it.
  #tell(all) {
    if (this.#all === null) return;
    const known = new Set(this.#all.map((message) => message.sid));
    const arrived = all.filter((message) => message.direction === "received" && !known.has(message.sid));
    for (const message of arrived) {
      announce(`${this.label} received: ${message.body || "a file"}`);
      if (message.peer !== this.peer) this.#fresh.add(message.peer);
    }
    if (arrived.length > 0) this.#on.news(this);
  }

  #choose(peer) {
    this.peer = peer;
    this.#fresh.delete(peer);
    this.thread.reset();
    this.#on.peer(this);
    this.#render();
  }

  #render() {
    if (this.#state === null) return;
    const all = [...new Set([...this.#numbers, ...this.#all.map((message) => message.peer)])];
    if (!all.includes(this.peer)) this.peer = all[0] ?? null;
    this.peers.show(all, this.peer, this.#fresh);
    const { reachable, reads } = this.#state;
    const typing = this.#state.typing.find((one) => one.peer === this.peer && Date.parse(one.until) > now().getTime());
    this.power.setAttribute("aria-checked", String(reachable));
    this.reads.setAttribute("aria-checked", String(reads));
    this.off.hidden = reachable;
    for (const part of [this.thread.element, this.composer.element]) part.inert = !reachable;
    const unread = reads ? 0 : this.#all.filter((message) => message.status === "received").length;
    this.unread.hidden = unread === 0;
    this.unread.textContent = `Read ${unread}`;
    this.unread.setAttribute("aria-label", `${this.label}: read ${unread} new`);
    this.thread.show(this.#all.filter((message) => message.peer === this.peer), typing !== undefined);
    clearTimeout(this.#ends);
    if (typing) this.#ends = setTimeout(() => this.#render(), Date.parse(typing.until) - now().getTime() + 100);

  }

  #text({ body, media }) {
    if (this.peer === null) throw new Error(`The account has no ${channelName(this.channel)} number.`);
    return isGroup(this.peer)
      ? groupText(this.address, { to: members(this.peer), body, media })
      : text(this.address, { to: this.peer, body, media });
  }

  #press(message, action) {
    this.#do(press(this.address, message.sid, action));
    this.composer.input.focus();
  }

  #behave(behaviour) {
    this.#do(behave(this.address, behaviour));
  }

  #do(promise) {
    promise.catch((error) => announce(error.message));
  }
}
