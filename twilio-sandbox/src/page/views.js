// Which part is in front: the log or the faults, and in a narrow window the phones.

export function startViews() {
  const buttons = [...document.querySelectorAll(".views button")];
  const show = (view) => {
    document.body.dataset.view = view;
    for (const button of buttons) {
      const current = button.dataset.view === view || (view === "phones" && button.dataset.view === "log" && !matchMedia("(max-width: 760px)").matches);
      if (current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));
  show(document.body.dataset.view);
}
