// The faults that one click plans, and how each kind is said.

/** Each strikes once; the switch goes off when it has. */
export const COMMON = [
  { words: "Next write fails with 500", fault: { kind: "status", status: 500, match: "POST /" } },
  { words: "Next write is refused with 429", fault: { kind: "status", status: 429, match: "POST /" } },
  { words: "Next write is done, then the connection drops", fault: { kind: "drop_after_effect", match: "POST /" } },
  { words: "Next write drops before it is done", fault: { kind: "drop_before_effect", match: "POST /" } },
  { words: "Next write waits for 3 seconds", fault: { kind: "delay", delay_ms: 3000, match: "POST /" } },
  { words: "Next webhook is lost", fault: { kind: "webhook_lost" } },
  { words: "Next webhook comes twice", fault: { kind: "webhook_duplicate" } },
];

export const KINDS = [
  ["status", "Answer with a status"],
  ["delay", "Wait"],
  ["drop_after_effect", "Do it, then drop the connection"],
  ["drop_before_effect", "Drop the connection at once"],
  ["webhook_lost", "Lose a webhook"],
  ["webhook_duplicate", "Send a webhook twice"],
];

export const isWebhook = (kind) => kind.startsWith("webhook");

/** A planned fault in words. */
export function said(fault) {
  const kind = KINDS.find(([name]) => name === fault.kind)?.[1] ?? fault.kind.replaceAll("_", " ");
  const status = fault.status ? ` ${fault.status}` : "";
  const wait = fault.delay_ms ? `, ${fault.delay_ms} ms` : "";
  return `${kind}${status}${wait}`;
}

/** Whether a planned fault is that common one. */
export function isSame(planned, fault) {
  return Object.entries({ match: "", ...fault }).every(([name, value]) => (planned[name] ?? "") === value);
}
