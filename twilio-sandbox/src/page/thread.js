// The messages of a phone with one number: added to, changed in place, kept at the end while it is at the end.
import { bubble } from "./bubble.js";
import { el } from "./dom.js";
import { date, minutes } from "./format.js";

const PAUSE = 10 * 60 * 1000;
const NEAR = 60;

export class Thread {
  #shown = new Map();
  #channel;
  #onpress;
  #atEnd = true;
  #top = 0;

  constructor(channel, label, onpress) {
    this.#channel = channel;
    this.#onpress = onpress;
    const list = el("ol", { class: "thread", tabindex: "0", "aria-label": label, onscroll: () => this.#look() });
    this.element = list;
    // Who reads the end sees the end, also in a window of another size.
    const follow = () => this.#atEnd && this.#toEnd();
    new ResizeObserver(follow).observe(list);
    list.addEventListener("load", follow, true);
  }

  /** Shows these messages and nothing else. */
  show(messages, typing) {
    const atEnd = this.#atEnd;
    const first = this.#shown.size === 0;
    const kept = new Map();
    const items = [];
    let before = null;
    messages.forEach((message, index) => {
      const pause = before === null || Date.parse(message.at) - Date.parse(before.at) > PAUSE;
      if (pause) items.push(separator(message, before));
      const after = messages[index + 1];
      const signature = JSON.stringify(message);
      let known = this.#shown.get(message.sid);
      if (known?.signature !== signature) {
        const element = bubble(message, this.#channel, (action) => this.#onpress(message, action));
        if (!known && !first) element.classList.add("new");
        known = { element, signature };
      }
      known.element.classList.toggle("first", pause || before.direction !== message.direction);
      known.element.classList.toggle("last", after?.direction !== message.direction);
      kept.set(message.sid, known);
      items.push(known.element);
      before = message;
    });
    if (messages.length === 0) items.push(el("li", { class: "nothing" }, "No messages yet. Write the first one below."));
    if (typing) items.push(el("li", { class: "typing", "aria-label": "typing" }, el("i"), el("i"), el("i")));
    this.#shown = kept;
    this.#place(items);
    if (atEnd || messages.at(-1)?.direction === "sent") this.#toEnd();
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const isNear = clientHeight === 0 || scrollHeight - scrollTop - clientHeight < NEAR;
    // A picture that loads moves the end away: only who scrolls up leaves it.
    const isUp = scrollTop < this.#top;
    this.#atEnd = isNear || (this.#atEnd && !isUp);
    this.#top = scrollTop;
  }

  #toEnd() {
    this.#atEnd = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Forgets what was shown, for another number. */
  reset() {
    this.#shown.clear();
    this.element.replaceChildren();
  }

  // What stays in place is not touched, so that focus and selection stay as well.
  #place(items) {
    const list = this.element;
    items.forEach((item, index) => {
      const there = list.children[index];
      if (there === item) return;
      // A separator or a hint is made anew each time: the same one stays.
      if (there?.isEqualNode(item) && !there.classList.contains("message")) return;
      list.insertBefore(item, there ?? null);
    });
    while (list.childElementCount > items.length) list.lastElementChild.remove();
  }
}

function separator(message, before) {
  const at = new Date(message.at);
  const sameDay = before !== null && new Date(before.at).toDateString() === at.toDateString();
  return el("li", { class: "when" }, sameDay ? minutes(at) : `${date(at)}, ${minutes(at)}`);
}
