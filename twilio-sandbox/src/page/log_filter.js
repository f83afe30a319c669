// Which entries of the log are wanted.
import { el, field, options } from "./dom.js";

const KINDS = [["", "All kinds"], ["api", "Requests"], ["webhook", "Webhooks"], ["note", "Notes"]];
const STATUSES = [["", "Any status"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"], ["none", "No answer"], ["fault", "By a fault"]];
const METHODS = ["", "GET", "POST", "PUT", "DELETE"].map((method) => [method, method || "Any method"]);

/** Whether an entry fits what was asked for; what is empty fits everything. */
export function fits(entry, wanted) {
  const has = (text, part) => String(text ?? "").toLowerCase().includes(part.toLowerCase());
  const status = String(entry.status ?? "");
  return (
    (wanted.kind === "" || entry.kind === wanted.kind) &&
    (wanted.method === "" || entry.method === wanted.method) &&
    (wanted.status === "" || statusFits(entry, status, wanted.status)) &&
    (wanted.path === "" || has(entry.path ?? entry.url, wanted.path)) &&
    (wanted.event === "" || has(entry.event ?? entry.what, wanted.event)) &&
    (wanted.code === "" || String(entry.error_code ?? "") === wanted.code.trim()) &&
    (wanted.text === "" || has(JSON.stringify(entry), wanted.text))
  );
}

function statusFits(entry, status, wanted) {
  if (wanted === "fault") return Boolean(entry.fault);
  if (wanted === "none") return status === "" && entry.kind !== "note";
  return status.startsWith(wanted);
}

/** The form; `onchange` is called with what is wanted. */
export function filterForm(onchange) {
  const input = (name, words, more = {}) => el("input", { name, "aria-label": words, placeholder: words, autocomplete: "off", ...more });
  const select = (name, words, pairs) => el("select", { name, "aria-label": words }, options(pairs));
  const changed = () => onchange(Object.fromEntries(new FormData(form)));
  const form = el("form", { class: "filters", role: "search", "aria-label": "Filter the log", oninput: changed,
    onsubmit: (event) => event.preventDefault(), onreset: () => queueMicrotask(changed) },
  input("text", "Search in everything", { type: "search" }),
  el("div", { class: "row" }, select("kind", "Kind", KINDS), select("status", "Status", STATUSES)),
  el("details", {}, el("summary", {}, "More filters"),
    el("div", { class: "more" },
      field("Method", select("method", "Method", METHODS)),
      field("Error code", input("code", "21610", { inputmode: "numeric", "aria-label": "Error code" })),
      field("Path", input("path", "/Messages", { "aria-label": "Path" })),
      field("Event", input("event", "onMessageAdded", { "aria-label": "Event" })))));
  return form;
}

export const NOTHING = { text: "", kind: "", status: "", method: "", code: "", path: "", event: "" };
