// What is to go wrong: switches for the common cases, a form for the others, a list of what is planned.
import { announce } from "./announce.js";
import { clearFaults, dropFault, planFault } from "./api.js";
import { el, field, options, switchButton } from "./dom.js";
import { COMMON, isSame, isWebhook, KINDS, said } from "./fault_kinds.js";
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
      el("div", {}, el("h2", {}, "Another one"), this.#form()));
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
      el("div", {}, el("strong", {}, said(fault)), el("code", {}, detail(fault))),
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
    this.#do(dropFault(fault, this.#planned));
  }

  #form() {
    const kind = el("select", { name: "kind", onchange: () => fit() }, options(KINDS));
    const match = el("input", { name: "match", autocomplete: "off" });
    const status = field("Status", el("input", { name: "status", type: "number", min: "400", max: "599", value: "503" }), "half");
    const wait = field("Wait, ms", el("input", { name: "delay_ms", type: "number", min: "1", value: "1000" }), "half");
    const where = field("", match);
    const count = field("How often", el("input", { name: "count", type: "number", min: "1", value: "1" }), "half");
    const problem = el("p", { class: "problem", role: "alert" });
    const fit = () => {
      status.hidden = kind.value !== "status";
      wait.hidden = !kind.value.includes("delay");
      where.firstElementChild.textContent = isWebhook(kind.value) ? "Event; all when empty" : "Method and beginning of the path; all when empty";
      match.placeholder = isWebhook(kind.value) ? "onMessageAdded" : "POST /conversations/v1/Conversations";
    };
    const submit = async (event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(form));
      const fault = { kind: given.kind, match: given.match.trim(), count: Number(given.count) };
      if (!status.hidden) fault.status = Number(given.status);
      if (!wait.hidden) fault.delay_ms = Number(given.delay_ms);
      try {
        await planFault(fault);
        problem.textContent = "";
        announce(`Planned: ${said(fault)}.`);
      } catch (error) {
        problem.textContent = error.message;
      }
    };
    const form = el("form", { class: "custom", onsubmit: submit, "aria-label": "Plan a fault" },
      field("What happens", kind), where, status, wait, count, problem, el("button", { class: "primary" }, "Plan it"));
    fit();
    return form;
  }

  #do(promise) {
    promise.catch((error) => announce(error.message));
  }
}

function detail(fault) {
  const often = fault.count > 1 ? ` · ${fault.count} times` : "";
  return `${fault.match || "everything"}${often}`;
}
