// The log of requests and webhooks, newest first.
import { log } from "./api.js";
import { el } from "./dom.js";
import { logEntry } from "./log_entry.js";
import { filterForm, fits, NOTHING } from "./log_filter.js";

const KEPT = 2000;
const SHOWN = 200;
const BATCH = 500;

export class Log {
  #entries = [];
  #last = 0;
  #wanted = NOTHING;
  #limit = SHOWN;
  #busy = false;
  #newest = null;

  constructor(element) {
    this.list = el("ol", { class: "entries", tabindex: "0", "aria-label": "Entries, newest first" });
    this.words = el("span", { role: "status" });
    this.more = el("button", { type: "button", hidden: true, onclick: () => this.#draw((this.#limit += SHOWN)) }, "Show more");
    const clear = () => {
      this.#entries = [];
      this.#draw();
    };
    const form = filterForm((wanted) => {
      this.#wanted = wanted;
      this.#limit = SHOWN;
      this.#draw();
    });
    const reset = el("button", { type: "button", onclick: () => form.reset() }, "No filter");
    element.append(form, el("div", { class: "log-count" }, this.words, el("span", {}, this.more, reset, el("button", { type: "button", onclick: clear }, "Clear"))), this.list);
    this.#draw();
  }

  /** Fetches what is new, up to the number that the sandbox names. */
  async update(newest) {
    this.#newest = newest;
    if (this.#busy) return;
    this.#busy = true;
    // A sandbox that was started again counts from the beginning.
    if (newest < this.#last) [this.#last, this.#entries] = [0, []];
    if (this.#last === 0) this.#last = Math.max(0, newest - BATCH);
    while (this.#last < this.#newest) {
      const entries = await log(this.#last, BATCH).catch(() => []);
      if (entries.length === 0) break; // The next summary brings the next try.
      this.#last = entries.at(-1).n;
      this.#add(entries);
    }
    this.#busy = false;
  }

  #add(entries) {
    this.#entries.push(...entries);
    this.#entries.splice(0, this.#entries.length - KEPT);
    const fitting = entries.filter((entry) => fits(entry, this.#wanted));
    if (fitting.length > 0 && this.list.querySelector(".entry")) {
      const top = this.list.scrollTop;
      const before = this.list.scrollHeight;
      this.list.prepend(...fitting.reverse().map(logEntry));
      while (this.list.childElementCount > this.#limit) this.list.lastElementChild.remove();
      // Who reads further down stays there.
      if (top > 0) this.list.scrollTop = top + this.list.scrollHeight - before;
      this.#count();
    } else {
      this.#draw();
    }
  }

  #fitting() {
    return this.#entries.filter((entry) => fits(entry, this.#wanted));
  }

  #draw() {
    const fitting = this.#fitting();
    const shown = fitting.slice(-this.#limit).reverse();
    const none = this.#entries.length === 0 ? "Requests and webhooks appear here." : "Nothing fits the filter.";
    this.list.replaceChildren(...(shown.length > 0 ? shown.map(logEntry) : [el("li", { class: "empty" }, none)]));
    this.#count(fitting.length);
  }

  #count(fitting = this.#fitting().length) {
    const all = this.#entries.length;
    this.words.textContent = fitting === all ? `${all} entries` : `${fitting} of ${all} entries`;
    this.more.hidden = fitting <= this.#limit;
  }
}
