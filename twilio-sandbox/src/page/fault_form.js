// Plans any fault: its kind, what it strikes, how often, and what the kind needs.
import { announce } from "./announce.js";
import { planFault } from "./api.js";
import { el, field, options } from "./dom.js";
import { GROUPS, isWebhook, needs, said } from "./fault_kinds.js";

const OFTEN = [["times", "So many times"], ["chance", "By chance"], ["always", "Always"]];
/** Further fields: their words, and their input. */
const MORE = {
  status: ["Status", { type: "number", min: "300", max: "599", value: "503", required: true }],
  retry_after: ["Retry-After, s", { type: "number", min: "0", placeholder: "none" }],
  delay_ms: ["How long, ms", { type: "number", min: "1", value: "1000", required: true }],
  skew_s: ["Seconds ahead", { type: "number", value: "-300", required: true }],
};

export function faultForm() {
  const groups = GROUPS.map(([label, kinds]) => el("optgroup", { label }, options(kinds.map(([kind, words]) => [kind, words]))));
  const kind = el("select", { name: "kind", onchange: () => fit() }, groups);
  const match = el("input", { name: "match", autocomplete: "off" });
  const where = field("", match);
  const more = Object.entries(MORE).map(([name, [words, input]]) => field(words, el("input", { name, ...input }), "half"));
  const often = el("select", { name: "often", onchange: () => fit() }, options(OFTEN));
  const count = field("How many", el("input", { name: "count", type: "number", min: "1", value: "1", required: true }), "half");
  const chance = field("Percent", el("input", { name: "chance", type: "number", min: "0.1", max: "100", step: "0.1", value: "10", required: true }), "half");
  const problem = el("p", { class: "problem", role: "alert" });
  const fit = () => {
    const wanted = needs(kind.value);
    Object.keys(MORE).forEach((name, index) => show(more[index], wanted.includes(name)));
    show(count, often.value === "times");
    show(chance, often.value === "chance");
    where.firstElementChild.textContent = isWebhook(kind.value) ? "Event; all when empty" : "Method and beginning of the path; all when empty";
    match.placeholder = isWebhook(kind.value) ? "onMessageAdded" : "POST /conversations/v1/Conversations";
  };
  const submit = async (event) => {
    event.preventDefault();
    const fault = read(new FormData(form));
    try {
      await planFault(fault);
      problem.textContent = "";
      announce(`Planned: ${said(fault)}.`);
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const form = el("form", { class: "custom", onsubmit: submit, "aria-label": "Plan a fault" },
    field("What happens", kind), where, more, field("How often", often, "half"), count, chance, problem,
    el("button", { class: "primary" }, "Plan it"));
  fit();
  return form;
}

// What is hidden is neither asked for nor sent.
function show(label, wanted) {
  label.hidden = !wanted;
  label.querySelector("input").disabled = !wanted;
}

function read(form) {
  const fault = { kind: form.get("kind"), match: form.get("match").trim() };
  for (const name of Object.keys(MORE)) if (form.get(name)) fault[name] = Number(form.get(name));
  if (form.get("often") === "always") fault.always = true;
  else if (form.get("often") === "chance") fault.probability = Number(form.get("chance")) / 100;
  else fault.count = Number(form.get("count"));
  return fault;
}
