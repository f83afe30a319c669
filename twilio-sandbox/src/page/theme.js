// Light or dark: as the system says, until somebody chooses here.
import { icon } from "./icons.js";
import { recall, remember } from "./memory.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

export function startTheme(button) {
  let chosen = recall("theme", null);
  const show = () => {
    if (chosen === null) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    const next = (chosen ?? (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    const words = `Switch to ${next} colours`;
    button.replaceChildren(icon(next === "dark" ? "moon" : "sun", 19));
    button.setAttribute("aria-label", words);
    button.title = words;
    button.onclick = () => {
      chosen = next;
      remember("theme", chosen);
      show();
    };
  };
  dark.addEventListener("change", show);
  show();
}
