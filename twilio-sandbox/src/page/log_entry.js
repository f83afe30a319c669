// One line of the log, and what it says when it is opened.
import { el } from "./dom.js";
import { seconds, shortened } from "./format.js";
import { icon } from "./icons.js";

const KINDS = { api: "Request", webhook: "Webhook", note: "Note" };
const HEADED = new Set(["n", "kind", "params"]);

export function logEntry(entry) {
  const { what, where, pill } = words(entry);
  const row = el("button", { type: "button", "aria-expanded": "false" },
    el("span", { class: "kind", title: KINDS[entry.kind] }, icon(entry.kind in KINDS ? entry.kind : "note", 16), el("span", { class: "unseen" }, KINDS[entry.kind] ?? entry.kind)),
    el("span", { class: "what" }, what), pill,
    el("span", { class: "where" }, struck(entry), where),
    el("span", { class: "time" }, seconds(new Date(entry.at))));
  const item = el("li", { class: "entry", dataset: { kind: entry.kind, n: entry.n } }, row);
  let opened = null;
  row.addEventListener("click", () => {
    // Made when it is first asked for.
    if (opened === null) item.append((opened = details(entry)));
    else opened.hidden = !opened.hidden;
    row.setAttribute("aria-expanded", String(!opened.hidden));
  });
  return item;
}

/** That a planned fault did it. */
const struck = (entry) => (entry.fault ? el("span", { class: "struck" }, "by a fault") : null);

function words(entry) {
  const at = (url) => {
    try {
      const { pathname, search } = new URL(url, location.origin);
      return shortened(decodeURIComponent(pathname + search));
    } catch {
      return url;
    }
  };
  if (entry.kind === "note") return { what: entry.message ?? entry.what, where: shortened(`${entry.what} ${entry.subject ?? ""}`), pill: pill(entry.error_code, "warn") };
  if (entry.kind === "webhook") return { what: entry.event, where: `${entry.method} ${at(entry.url)}`, pill: status(entry) };
  const path = at(entry.path ?? "").split("?")[0];
  return { what: `${entry.method} ${path.split("/").slice(-2).join("/")}`, where: at(entry.path ?? ""), pill: status(entry) };
}

function status(entry) {
  if (entry.status === null || entry.status === undefined) return pill(entry.failure ? "failed" : "dropped", "bad");
  const code = entry.error_code ? ` · ${entry.error_code}` : "";
  const tone = entry.status < 300 ? "good" : entry.status < 500 ? "warn" : "bad";
  return pill(`${entry.status}${code}`, tone);
}

const pill = (words, tone) => el("span", { class: "pill", dataset: { tone } }, String(words ?? ""));

function details(entry) {
  const rest = Object.entries(entry).filter(([name, value]) => !HEADED.has(name) && value !== null && !(Array.isArray(value) && value.length === 0));
  const params = Object.entries(entry.params ?? {});
  const copy = el("button", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(JSON.stringify(entry, null, 2));
    copy.textContent = "Copied";
  } }, "Copy as JSON");
  return el("div", { class: "details" }, pairs(rest),
    params.length === 0 ? null : [el("h3", {}, "Parameters"), pairs(params)], copy);
}

const pairs = (entries) => el("dl", {}, entries.map(([name, value]) => [el("dt", {}, name.replaceAll("_", " ")), el("dd", {}, shown(value))]));

function shown(value) {
  if (typeof value !== "string") return typeof value === "object" ? JSON.stringify(value, null, 1) : String(value);
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 1);
  } catch {
    return value;
  }
}
