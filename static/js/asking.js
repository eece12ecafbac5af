// [data-asked-steps]: questions about single steps. Only the step that the outline stands at shows its fields
// ([data-asked-step]); O goes to the next one that is still open, "The rest alike" answers all that are open as this one.
"use strict";
{
  const root = () => document.querySelector("[data-asked-steps]");
  const steps = () => [...(root()?.querySelectorAll("[data-asked-step]") ?? [])];
  let brought = null; // a step whose questions are gone to, and whose turn is not on this page of the trajectory
  const chosen = () => brought ?? document.querySelector(".outline [data-outline] [data-step-id][aria-current]")?.dataset.stepId;
  const shown = () => steps().find((step) => step.hasAttribute("data-shown"));
  const fieldsOf = (step) => [...step.querySelectorAll("input:not([type=hidden]), textarea, select")];
  const keyOf = (step, field) => field.name.slice(`answer-${step.dataset.askedStep}-`.length);
  const isGiven = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value.trim() !== "");
  const keys = (step) => [...new Set(fieldsOf(step).map((field) => keyOf(step, field)))];
  const has = (step, key) => fieldsOf(step).some((field) => keyOf(step, field) === key && isGiven(field));
  const isOpen = (step) => keys(step).some((key) => !has(step, key));

  const count = () => {
    for (const question of root().querySelectorAll("[data-asked-question]")) {
      const key = question.dataset.askedQuestion;
      question.querySelector("[data-asked-answered]").textContent = steps().filter((step) => has(step, key)).length;
    }
    root().querySelector("[data-asked-next]").disabled = !steps().some(isOpen);
    const at = shown();
    root().querySelector("[data-asked-same]").disabled = !at || isOpen(at) || !steps().some(isOpen);
  };

  const show = () => {
    if (!root()) return;
    root().dataset.live = "true";
    if (!steps().some((step) => step.dataset.askedStep === brought)) brought = null;
    root().querySelector("[data-asked-tools]").hidden = false;
    const run = chosen();
    for (const step of steps()) step.toggleAttribute("data-shown", step.dataset.askedStep === run);
    for (const link of document.querySelectorAll(".outline [data-outline] [data-step-id]")) {
      const step = steps().find((one) => one.dataset.askedStep === link.dataset.stepId);
      link.toggleAttribute("data-asked-open", Boolean(step) && isOpen(step));
    }
    count();
  };

  const linkOf = (step) => document.querySelector(`.outline [data-outline] [data-step-id="${CSS.escape(step.dataset.askedStep)}"]`);

  const bring = (step) => {
    const link = linkOf(step);
    if (link && document.getElementById(decodeURIComponent(link.hash.slice(1)))) { link.click(); return; }
    brought = step.dataset.askedStep;
    show();
  };

  const next = () => {
    const all = steps();
    const at = all.indexOf(shown());
    const step = [...all.slice(at + 1), ...all.slice(0, at + 1)].find(isOpen);
    if (!step) return;
    const link = linkOf(step);
    if (!link) { step.querySelector("[data-asked-link]").click(); return; } // not in the outline yet: its page is
    link.click();
    // its question becomes the one that digits answer; the focus stays, or ← and → would change an answer instead of the item
    step.querySelector("[data-question]")?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    step.scrollIntoView({ block: "nearest" });
  };

  const alike = () => {
    const from = shown();
    for (const step of steps().filter((one) => one !== from)) {
      for (const key of keys(step).filter((one) => !has(step, one) && has(from, one))) {
        for (const field of fieldsOf(step).filter((one) => keyOf(step, one) === key)) {
          const same = fieldsOf(from).filter((one) => keyOf(from, one) === key);
          if (["radio", "checkbox"].includes(field.type)) field.checked = same.some((one) => one.checked && one.value === field.value);
          else field.value = same[0].value;
        }
      }
    }
    fieldsOf(from)[0]?.dispatchEvent(new Event("change", { bubbles: true })); // so that the draft is kept
    show();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-asked-next]")) next();
    if (event.target.closest("[data-asked-same]")) alike();
  });
  document.addEventListener("show-asked-step", (event) => bring(event.target.closest("[data-asked-step]")));
  document.addEventListener("step-chosen", () => { brought = null; show(); });
  document.addEventListener("input", (event) => { if (event.target.closest?.("[data-asked-steps]")) show(); });
  document.addEventListener("change", (event) => { if (event.target.closest?.("[data-asked-steps]")) show(); });
  for (const name of ["draft-restored", "DOMContentLoaded", "page-changed"]) document.addEventListener(name, show);
}
