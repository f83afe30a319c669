// The sandbox's clock: shown as it runs, and moved forward.
import { advance } from "./api.js";
import { announce } from "./announce.js";
import { dialog, el, field, options } from "./dom.js";
import { date, seconds, span } from "./format.js";

const UNITS = [["M", "minutes"], ["H", "hours"], ["D", "days"]];
let ahead = 0;

/** The sandbox's now. */
export const now = () => new Date(Date.now() + ahead);

const face = document.getElementById("clock-now");
const lead = document.getElementById("clock-ahead");

function show(offset) {
  const time = now();
  face.firstElementChild.textContent = `${date(time)}, `;
  face.lastElementChild.textContent = seconds(time);
  face.dateTime = time.toISOString();
  if (offset !== undefined) lead.textContent = offset >= 1000 ? `${span(offset)} ahead` : "";
}

async function move(duration) {
  const { now: time } = await advance(duration);
  announce(`The clock is now ${date(new Date(time))}, ${seconds(new Date(time))}.`);
}

function ask() {
  const number = el("input", { name: "number", type: "number", min: "1", max: "9999", required: true, value: "31" });
  const unit = el("select", { name: "unit" }, options(UNITS));
  const content = el("div", { class: "pair" }, field("How much", number), field("Unit", unit));
  dialog("Move the clock forward", content, "Move", (form) => {
    const [amount, letter] = [form.get("number"), form.get("unit")];
    return move(letter === "D" ? `P${amount}D` : `PT${amount}${letter}`);
  });
  number.select();
}

export function startClock() {
  for (const button of document.querySelectorAll("[data-advance]")) {
    const words = button.textContent;
    button.setAttribute("aria-label", `Move the clock forward: ${words}`);
    button.addEventListener("click", () => move(button.dataset.advance).catch((error) => announce(error.message)));
  }
  document.getElementById("clock-other").addEventListener("click", ask);
  setInterval(show, 1000);
}

/** Takes over what the sandbox says. */
export function updateClock(clock) {
  ahead = Date.parse(clock.now) - Date.now();
  show(clock.offset_ms);
}
