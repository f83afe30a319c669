// Elements without a template: text is always text, never markup.

/** Makes an element. `attributes` may hold `on…` listeners, `dataset`, and values; null and false are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A list of options for a select: `[value, words]` each. */
export const options = (pairs) => pairs.map(([value, words]) => el("option", { value }, words));

/** A labelled form control. */
export const field = (words, control, kind = null) => el("label", { class: kind }, el("span", {}, words), control);

/** A button that is on or off. */
export function switchButton(words, onflip, more = {}) {
  const flip = () => onflip(button.getAttribute("aria-checked") !== "true");
  const button = el("button", { type: "button", class: "switch", role: "switch", "aria-checked": "false", onclick: flip, ...more }, words);
  return button;
}

/** A dialog with a form: opened at once, gone when closed. `submit` may throw to keep it open with a message. */
export function dialog(title, content, action, submit) {
  const problem = el("p", { class: "problem", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    try {
      await submit(new FormData(form));
      box.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const close = el("button", { type: "button", onclick: () => box.close() }, "Cancel");
  const form = el("form", { onsubmit: send }, content, problem,
    el("div", { class: "actions" }, close, el("button", { class: "primary" }, action)));
  const box = el("dialog", { "aria-label": title, onclose: () => box.remove() }, el("h2", {}, title), form);
  document.body.append(box);
  box.showModal();
  return box;
}
