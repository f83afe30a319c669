// The faults that one click plans, and how each kind is said.

const WRITES = "POST /";

/** Each strikes once; the switch goes off when it has. */
export const COMMON = [
  { words: "Next write fails with 500", fault: { kind: "status", status: 500, match: WRITES } },
  { words: "Next write gets 429, Retry-After: 2", fault: { kind: "status", status: 429, retry_after: 2, match: WRITES } },
  { words: "Next write is done, then it drops", fault: { kind: "drop_after_effect", match: WRITES } },
  { words: "Next write drops before it is done", fault: { kind: "drop_before_effect", match: WRITES } },
  { words: "Next write waits for 3 seconds", fault: { kind: "delay", delay_ms: 3000, match: WRITES } },
  { words: "Next webhook is lost", fault: { kind: "webhook_lost" } },
  { words: "Next webhook comes twice", fault: { kind: "webhook_duplicate" } },
  { words: "Next webhook comes 5 seconds late", fault: { kind: "webhook_delay", delay_ms: 5000 } },
];

/** What each kind is called, and what else it needs. */
const REQUESTS = [
  ["status", "Answer with a status", ["status", "retry_after"]],
  ["delay", "Wait", ["delay_ms"]],
  ["drop_after_effect", "Do it, then drop the connection", []],
  ["drop_before_effect", "Drop the connection at once", []],
  ["truncate", "Cut the answer off", []],
  ["garbage_json", "Answer with broken JSON", []],
  ["garbage_html", "Answer with a page of HTML", []],
  ["trickle", "Answer bit by bit", ["delay_ms"]],
  ["clock_skew", "Answer with a wrong clock", ["skew_s"]],
];
const WEBHOOKS = [
  ["webhook_lost", "Lose it", []],
  ["webhook_duplicate", "Send it twice", []],
  ["webhook_delay", "Send it late", ["delay_ms"]],
  ["webhook_reorder", "Send it after the next one", []],
  ["webhook_wrong_signature", "Sign it wrongly", []],
  ["webhook_old_token", "Sign it with the old token", []],
  ["webhook_wrong_idempotency_token", "Give it another one's idempotency token", []],
  ["webhook_no_idempotency_token", "Leave the idempotency token out", []],
  ["webhook_clock_skew", "Send it from a wrong clock", ["skew_s"]],
];
export const GROUPS = [["Requests", REQUESTS], ["Webhooks", WEBHOOKS]];
const KINDS = [...REQUESTS, ...WEBHOOKS.map(([kind, words, needs]) => [kind, `Webhook: ${words[0].toLowerCase()}${words.slice(1)}`, needs])];

export const needs = (kind) => KINDS.find(([name]) => name === kind)?.[2] ?? [];
export const isWebhook = (kind) => kind.startsWith("webhook");

/** A planned fault in words. */
export function said(fault) {
  if (fault.script) return `Script of ${fault.script.length} steps`;
  const words = KINDS.find(([name]) => name === fault.kind)?.[1] ?? fault.kind.replaceAll("_", " ");
  const more = [
    fault.status && `${fault.status}`,
    fault.retry_after !== undefined && `come back in ${fault.retry_after} s`,
    fault.delay_ms && `${fault.delay_ms} ms`,
    fault.skew_s && `${fault.skew_s} s`,
  ].filter(Boolean);
  return more.length > 0 ? `${words}: ${more.join(", ")}` : words;
}

/** What it strikes and how often. */
export function strikes(fault) {
  const often = [
    fault.always && "always",
    fault.count > 1 && `${fault.count} times`,
    fault.probability !== undefined && `${Math.round(fault.probability * 1000) / 10} % of the time`,
    fault.struck > 0 && `struck ${fault.struck}×`,
  ].filter(Boolean);
  return [fault.match || "everything", ...often].join(" · ");
}

/** Whether a planned fault is that common one. */
export function isSame(planned, fault) {
  return Object.entries({ match: "", ...fault }).every(([name, value]) => (planned[name] ?? "") === value);
}
