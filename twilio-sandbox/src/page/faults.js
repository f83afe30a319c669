// What is to go wrong: switches for the common cases, a form for the others, a list of what is planned.
import { announce } from "./announce.js";
import { clearFaults, dropFault, planFault } from "./api.js";
import { el, switchButton } from "./dom.js";
import { faultForm } from "./fault_form.js";
import { COMMON, isSame, said, strikes } from "./fault_kinds.js";
import { icon } from "./icons.js";

export class Faults {
  #planned = [];
  #switches;

  constructor(element, count) {
    this.count = count;
    this.list = el("ul", { class: "planned" });
    this.none = el("p", { class: "hint" }, "Nothing. Everything works.");
    this.clear = el("button", { type: "button", hidden: true, onclick: () => this.#do(clearFaults()) }, "Remove all");
    this.#switches = COMMON.map(({ words, fault }) => switchButton(words, (on) => this.#flip(fault, on)));
    element.append(
      el("div", {}, el("h2", {}, "Let it go wrong"), el("p", { class: "hint" }, "Each strikes once and then goes off by itself."),
        el("div", { class: "fault-switches" }, this.#switches)),
      el("div", {}, el("h2", {}, "Planned"), this.none, this.list, this.clear),
      el("div", {}, el("h2", {}, "Another one"), faultForm()));
    this.update([]);
  }

  /** Takes over what the sandbox says. */
  update(planned) {
    if (JSON.stringify(planned) === JSON.stringify(this.#planned) && this.list.dataset.drawn) return;
    this.#planned = planned;
    this.list.dataset.drawn = "yes";
    COMMON.forEach(({ fault }, index) => {
      this.#switches[index].setAttribute("aria-checked", String(planned.some((one) => isSame(one, fault))));
    });
    this.list.replaceChildren(...planned.map((fault) => el("li", {},
      el("div", {}, el("strong", {}, said(fault)), el("code", {}, strikes(fault))),
      el("button", { type: "button", class: "plain", "aria-label": `Remove: ${said(fault)}`, title: "Remove", onclick: () => this.#remove(fault) }, icon("close", 16)))));
    this.none.hidden = planned.length > 0;
    this.clear.hidden = planned.length < 2;
    this.count.hidden = planned.length === 0;
    this.count.textContent = String(planned.length);
  }

  #flip(fault, on) {
    const there = this.#planned.find((one) => isSame(one, fault));
    if (on && !there) this.#do(planFault(fault));
    else if (!on && there) this.#remove(there);
  }

  #remove(fault) {
    this.#do(dropFault(fault.id));
  }

  #do(promise) {
    promise.catch((error) => announce(error.message));
  }
}
