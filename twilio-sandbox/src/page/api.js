// The sandbox's controls.

/** Asks; an error says what the sandbox said. */
async function ask(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(`/sandbox/${path}`, { method, body, headers });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  const text = await answer.text();
  const value = text === "" ? null : JSON.parse(text);
  if (!answer.ok) throw new Error(value?.detail ?? `The sandbox answered ${answer.status}.`);
  return value;
}

const get = (path) => ask("GET", path);
const send = (method, path, value) => ask(method, path, JSON.stringify(value), { "content-type": "application/json" });
const phone = (address) => `handsets/${encodeURIComponent(address)}`;

export const summary = () => get("summary");
export const handset = (address) => get(phone(address));
export const messages = async (address) => (await get(`${phone(address)}/messages`)).messages;
export const text = (address, message) => send("POST", `${phone(address)}/messages`, message);
export const groupText = (address, message) => send("POST", `${phone(address)}/group`, message);
export const press = (address, message, action) => send("POST", `${phone(address)}/presses`, { message, action });
export const behave = (address, behaviour) => send("PUT", phone(address), behaviour);
export const readAll = (address) => send("POST", `${phone(address)}/read`, {});
export const advance = (duration) => send("POST", "clock", { advance: duration });
export const log = async (after, limit) => (await get(`log?after=${after}&limit=${limit}`)).entries;
export const planFault = (fault) => send("POST", "faults", fault);
export const clearFaults = () => ask("DELETE", "faults");
export const dropFault = (id) => ask("DELETE", `faults/${encodeURIComponent(id)}`);

/** Keeps a file in the sandbox; its address is what a message carries. */
export async function upload(file) {
  const headers = { "content-type": file.type || "application/octet-stream" };
  return (await ask("POST", `files?name=${encodeURIComponent(file.name)}`, file, headers)).url;
}
