// Hears what changes: by server-sent events, and by asking now and then where those do not come through.
import { summary } from "./api.js";

const POLL = 1000;
const RETRY = 5000;

/** Calls `onsummary` now and after each change; `onstate` with `live`, `polling` or `lost`. */
export function watch(onsummary, onstate) {
  let timer = null;
  const poll = async () => {
    try {
      onsummary(await summary());
      onstate("polling");
    } catch {
      onstate("lost");
    }
  };
  const listen = () => {
    const events = new EventSource("/sandbox/events");
    events.addEventListener("summary", (event) => {
      clearInterval(timer);
      timer = null;
      onstate("live");
      onsummary(JSON.parse(event.data));
    });
    events.addEventListener("error", () => {
      timer ??= setInterval(poll, POLL);
      // The browser tries again by itself unless it was refused.
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
    });
  };
  listen();
}
