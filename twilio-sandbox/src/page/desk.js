// The phones side by side; in a narrow window one at a time, chosen by tabs.
import { dialog, el, field } from "./dom.js";
import { channelName, grouped, join, split } from "./format.js";
import { icon } from "./icons.js";
import { recall, remember } from "./memory.js";
import { Phone } from "./phone.js";

const FIRST = ["+15550100001", "whatsapp:+15550100002"];
const narrow = matchMedia("(max-width: 760px)");

export class Desk {
  #phones = [];
  #fresh = new Set();
  #chosen = 0;
  #summary = null;
  #row;
  #bar;
  #tabs;
  #adder;

  constructor(row, bar, add) {
    this.#row = row;
    this.#bar = bar;
    this.#tabs = bar.firstElementChild;
    bar.lastElementChild.append(icon("plus", 20));
    add.prepend(icon("plus", 16));
    for (const button of [add, bar.lastElementChild]) button.addEventListener("click", () => this.#ask());
    this.#adder = add;
    this.#tabs.addEventListener("keydown", (event) => this.#arrow(event));
    const open = recall("open", FIRST.map((address) => ({ address, peer: null })));
    open.forEach(({ address, peer }) => this.#add(address, peer));
    narrow.addEventListener("change", () => this.#arrange());
    this.#arrange();
  }

  /** Takes over what the sandbox says. */
  update(summary) {
    this.#summary = summary;
    this.#phones.forEach((phone) => this.#refresh(phone));
  }

  #refresh(phone) {
    if (this.#summary === null) return;
    phone.setNumbers(this.#summary.numbers);
    phone.update(this.#summary.handsets.find((one) => one.address === phone.address)?.version ?? 0);
  }

  #add(address, peer) {
    const phone = new Phone(address, peer, {
      close: (phone) => this.#close(phone),
      news: (phone) => this.#mark(phone),
      peer: () => this.#remember(),
    });
    this.#phones.push(phone);
    this.#row.append(phone.element);
    this.#refresh(phone);
    return phone;
  }

  #close(phone) {
    this.#phones = this.#phones.filter((other) => other !== phone);
    phone.element.remove();
    this.#chosen = Math.min(this.#chosen, Math.max(this.#phones.length - 1, 0));
    this.#remember();
    this.#arrange();
    (this.#phones[this.#chosen]?.composer.input ?? (narrow.matches ? this.#bar.lastElementChild : this.#adder)).focus();
  }

  #remember() {
    remember("open", this.#phones.map(({ address, peer }) => ({ address, peer })));
  }

  // In a narrow window a phone is a tab's panel; else all are there.
  #arrange() {
    this.#bar.hidden = !narrow.matches;
    this.#phones.forEach((phone, index) => {
      const { element } = phone;
      element.id = `phone-${index}`;
      element.hidden = narrow.matches && index !== this.#chosen;
      if (narrow.matches) element.setAttribute("role", "tabpanel");
      else element.removeAttribute("role");
    });
    if (!narrow.matches) this.#fresh.clear();
    this.#drawTabs();
  }

  #drawTabs() {
    this.#tabs.replaceChildren(...this.#phones.map((phone, index) => {
      const selected = index === this.#chosen;
      const fresh = this.#fresh.has(phone) ? [" ", el("span", { class: "count" }, "new")] : [];
      const short = `${channelName(phone.channel)} ${phone.number.slice(-4)}`;
      return el("button", { type: "button", role: "tab", id: `tab-${index}`, "aria-selected": String(selected), "aria-controls": `phone-${index}`,
        "aria-label": `${short}, ${phone.label}`, tabindex: selected ? "0" : "-1", onclick: () => this.#choose(index) },
      short, ...fresh);
    }));
  }

  #choose(index) {
    this.#chosen = index;
    this.#fresh.delete(this.#phones[index]);
    this.#arrange();
    this.#tabs.children[index]?.focus();
  }

  #arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const count = this.#phones.length;
    if (count > 0) this.#choose((this.#chosen + step + count) % count);
  }

  #mark(phone) {
    if (narrow.matches && phone !== this.#phones[this.#chosen]) {
      this.#fresh.add(phone);
      this.#drawTabs();
    }
  }

  // The next number that no open phone has.
  #suggestion() {
    const taken = new Set(this.#phones.map((phone) => phone.number));
    let last = 1;
    while (taken.has(`+1555010${String(last).padStart(4, "0")}`)) last += 1;
    return `+1555010${String(last).padStart(4, "0")}`;
  }

  #ask() {
    const choice = (value, checked) => el("label", {}, el("input", { type: "radio", name: "channel", value, checked }), el("span", {}, channelName(value)));
    const known = (this.#summary?.handsets ?? []).map((one) => one.address).filter((address) => !this.#phones.some((phone) => phone.address === address));
    const number = el("input", { name: "number", required: true, list: "known-numbers", value: this.#suggestion(), autocomplete: "off", inputmode: "tel" });
    const content = [
      el("fieldset", {}, el("legend", {}, "It speaks"), el("div", { class: "choices" }, choice("sms", true), choice("whatsapp", false))),
      field("Its number", number),
      el("datalist", { id: "known-numbers" }, known.map((address) => el("option", { value: split(address).number }, channelName(split(address).channel)))),
    ];
    dialog("Add a phone", content, "Add", (form) => {
      const digits = form.get("number").replace(/[\s().-]/g, "");
      if (!/^\+[1-9]\d{6,14}$/.test(digits)) throw new Error("Write the number with its country, such as +15550100003.");
      const address = join(form.get("channel"), digits);
      if (this.#phones.some((phone) => phone.address === address)) throw new Error(`${channelName(form.get("channel"))} ${grouped(digits)} is there already.`);
      const phone = this.#add(address, null);
      this.#chosen = this.#phones.length - 1;
      this.#remember();
      this.#arrange();
      phone.element.scrollIntoView({ inline: "nearest", block: "nearest" });
      queueMicrotask(() => phone.composer.input.focus());
    });
    number.select();
  }
}
