// [data-failing]: its button (X) marks the step that the outline stands at as the first failing one; again takes the
// mark off. The outline shows the mark, and so does the turn that the step leads to.
"use strict";
{
  const field = () => document.querySelector("[data-failing] select");

  const show = () => {
    const marked = field()?.value;
    for (const link of document.querySelectorAll("[data-outline] [data-step-id]")) {
      if (marked && link.dataset.stepId === marked) link.dataset.firstFailing = "true";
      else delete link.dataset.firstFailing;
    }
    const link = marked ? document.querySelector(`[data-outline] [data-step-id="${CSS.escape(marked)}"]`) : null;
    const turn = link ? document.querySelector(`#trajectory .turn[id="${CSS.escape(decodeURIComponent(link.hash.slice(1)))}"]`) : null;
    for (const other of document.querySelectorAll("#trajectory .turn[data-first-failing]")) {
      if (other === turn) continue;
      delete other.dataset.firstFailing;
      other.querySelector("[data-failing-sign]").remove();
    }
    if (!turn || "firstFailing" in turn.dataset) return;
    turn.dataset.firstFailing = "true";
    const sign = Object.assign(document.createElement("span"), { className: "failing-sign", textContent: "failed first" });
    sign.dataset.failingSign = "";
    turn.querySelector(".who").append(sign);
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
    const said = select.value ? `${select.selectedOptions[0].textContent.trim()} is marked as the first failing step` : "No step is marked";
    document.querySelector("[data-failing-said]").textContent = said;
  });
  document.addEventListener("change", (event) => { if (event.target === field()) show(); });
  document.addEventListener("page-changed", show);
  document.addEventListener("draft-restored", show);
  document.addEventListener("DOMContentLoaded", show);
}
