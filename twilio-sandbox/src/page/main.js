// Puts the page together.
import { startClock, updateClock } from "./clock.js";
import { Desk } from "./desk.js";
import { Faults } from "./faults.js";
import { watch } from "./live.js";
import { Log } from "./log.js";
import { startTheme } from "./theme.js";
import { startViews } from "./views.js";

const part = (id) => document.getElementById(id);
const WORDS = { live: "Live", polling: "Asking every second", lost: "Sandbox not reachable" };

startTheme(part("theme"));
startViews();
startClock();
const desk = new Desk(part("phones"), part("phone-bar"), part("add-phone"));
const log = new Log(part("log"));
const faults = new Faults(part("faults"), part("fault-count"));

watch(
  (summary) => {
    updateClock(summary.clock);
    desk.update(summary);
    log.update(summary.log);
    faults.update(summary.faults);
  },
  (state) => {
    const live = part("live");
    if (live.dataset.state === state) return;
    live.dataset.state = state;
    live.textContent = WORDS[state];
  },
);
