// [data-failing]: its button (X) marks the step that the outline stands at as the first failing one; again takes the
// mark off. The outline and the trajectory show the mark.
"use strict";
{
  const field = () => document.querySelector("[data-failing] select");

  const show = () => {
    const marked = field()?.value;
    for (const link of document.querySelectorAll("[data-outline] [data-step-id]")) {
      if (marked && link.dataset.stepId === marked) link.dataset.firstFailing = "true";
      else delete link.dataset.firstFailing;
    }
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-failing-mark]")) return;
    const links = document.querySelectorAll("[data-outline] [data-step-id]");
    const at = document.querySelector("[data-outline] [data-step-id][aria-current]") ?? links[0];
    const select = field();
    if (!at || !select) return;
    if (![...select.options].some((option) => option.value === at.dataset.stepId)) { // of a long trace the list has only some
      select.add(new Option(at.querySelector(".name").textContent, at.dataset.stepId));
    }
    select.value = select.value === at.dataset.stepId ? "" : at.dataset.stepId;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => { if (event.target === field()) show(); });
  document.addEventListener("page-changed", show);
  document.addEventListener("DOMContentLoaded", show);
}
