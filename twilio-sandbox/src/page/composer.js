// Where a phone's owner writes: Enter sends, Shift+Enter begins a line, Esc empties.
import { upload } from "./api.js";
import { dialog, el, field } from "./dom.js";
import { icon } from "./icons.js";

const MOST_FILES = 10;

export class Composer {
  #files = [];
  #send;

  /** `send` gets `{body, media}` and may throw; then what was written stays. */
  constructor(label, send) {
    this.#send = send;
    this.input = el("textarea", { rows: "1", placeholder: "Message", "aria-label": `Message from ${label}`, autocomplete: "off",
      onkeydown: (event) => this.#key(event), oninput: () => this.#grow() });
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    this.attached = el("ul", { class: "attached", "aria-label": "Attached", hidden: true });
    const attach = el("button", { type: "button", "aria-label": "Attach a file", title: "Attach a file", onclick: () => this.#ask() }, icon("attach", 20));
    const send_ = el("button", { class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send", 20));
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.element = el("form", { class: "composer", onsubmit: submit }, attach, this.input, send_);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      this.#fill("", []);
    }
  }

  async #submit() {
    const [body, files] = [this.input.value, this.#files];
    if (body.trim() === "" && files.length === 0) return;
    this.#fill("", []);
    try {
      await this.#send({ body, media: files.map((file) => file.url) });
    } catch (error) {
      // Unless something new was begun meanwhile.
      if (this.input.value === "" && this.#files.length === 0) this.#fill(body, files);
      this.#complain(error.message);
    }
  }

  #fill(text, files) {
    this.input.value = text;
    this.#files = files;
    this.#complain("");
    this.#grow();
    this.#list();
  }

  #complain(words) {
    this.problem.textContent = words;
    this.problem.hidden = words === "";
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #list() {
    this.attached.hidden = this.#files.length === 0;
    this.attached.replaceChildren(...this.#files.map((file) => {
      const remove = () => {
        this.#files = this.#files.filter((other) => other !== file);
        this.#list();
        this.input.focus();
      };
      return el("li", {}, el("span", {}, file.name),
        el("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: remove }, icon("close", 14)));
    }));
  }

  #ask() {
    const file = el("input", { type: "file", name: "file" });
    const url = el("input", { type: "url", name: "url", placeholder: "http://…" });
    const content = [field("A file of this computer, 1 MB at most", file), field("Or the address of one", url)];
    dialog("Attach", content, "Attach", async () => {
      if (this.#files.length === MOST_FILES) throw new Error(`A message carries at most ${MOST_FILES} files.`);
      const [chosen] = file.files;
      if (chosen) this.#files = [...this.#files, { name: chosen.name, url: await upload(chosen) }];
      else if (url.value !== "") this.#files = [...this.#files, { name: url.value.split("/").pop() || url.value, url: url.value }];
      else throw new Error("Choose a file or write an address.");
      this.#list();
      this.input.focus();
    });
  }
}
