// [data-pane-tab="name"]: on narrow screens one of several panes shows at a time (data-pane on their parent). The event
// show-pane does what a click on the tab does.
"use strict";
{
  const show = (from, name) => {
    const place = from.closest("dialog, body").querySelector("[data-pane]");
    if (!place) return;
    place.dataset.pane = name;
    for (const tab of from.closest("dialog, body").querySelectorAll("[data-pane-tab]")) {
      tab.setAttribute("aria-pressed", String(tab.dataset.paneTab === name));
    }
  };

  document.addEventListener("show-pane", (event) => show(event.target, event.detail));

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-pane-tab]");
    if (tab) show(tab, tab.dataset.paneTab);
    const step = event.target.closest("[data-outline] a[data-step-id]");
    if (step) show(step, "trajectory");
  });
}
