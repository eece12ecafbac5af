// [data-step-judging]: thumb, labels and note of the step that the outline stands at. What is said of all steps stands in
// hidden fields ([data-steps-judged], one JSON object each), and as a thumb in the outline.
"use strict";
{
  const root = () => document.querySelector("[data-step-judging]");
  const held = () => document.querySelector("[data-steps-judged]");
  const links = () => [...document.querySelectorAll(".outline [data-outline] [data-step-id]")];
  const current = () => links().find((link) => link.hasAttribute("aria-current"));
  const fields = () => [...(held()?.querySelectorAll("input[name=step]") ?? [])];
  const fieldOf = (run) => fields().find((field) => JSON.parse(field.value).run === run);
  const saidOf = (run) => { const field = fieldOf(run); return field ? JSON.parse(field.value) : { run, thumb: "", labels: [], note: "" }; };

  // a label by a part of its name, as where the whole is labelled; else a new one
  const known = (typed) => globalThis.traceappLabelNamed([...root().querySelectorAll("#step-labels option")], typed)?.value ?? typed;

  const says = ({ thumb, labels, note }) => Boolean(thumb || labels?.length || note);

  const mark = (link) => { // the last cell of a row is its thumb, error or time
    const said = saidOf(link.dataset.stepId);
    const { thumb } = said;
    link.toggleAttribute("data-judged", says(said));
    const own = link.querySelector("[data-own-thumb]");
    if (own?.dataset.ownThumb === thumb) return;
    own?.remove();
    link.lastElementChild.toggleAttribute("hidden", Boolean(thumb)); // a thumb that was given before is no HTML element
    if (!thumb) return;
    const sign = document.createElement("span");
    sign.dataset.ownThumb = thumb;
    sign.append(root().querySelector(`[data-step-thumb=${thumb}] svg`).cloneNode(true));
    link.append(sign);
  };

  const show = () => {
    if (!root()) return;
    const link = current();
    const said = saidOf(link?.dataset.stepId);
    root().querySelectorAll("button, input[data-step-labels], input[data-step-note]").forEach((control) => { control.disabled = !link; });
    root().querySelector("[data-step-name]").textContent = link ? link.querySelector(".name").textContent : "choose one among the steps";
    root().querySelectorAll("[data-step-thumb]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.stepThumb === said.thumb)));
    const labels = root().querySelector("[data-step-labels]");
    if (labels) labels.value = (said.labels ?? []).join(", ");
    root().querySelector("[data-step-note]").value = said.note ?? "";
    const count = fields().filter((field) => says(JSON.parse(field.value))).length;
    root().querySelector("[data-step-count]").textContent = count ? `${count} step${count === 1 ? "" : "s"} judged` : "";
    links().forEach(mark);
  };

  const keep = (change) => {
    const run = current()?.dataset.stepId;
    if (!run) return;
    const said = { ...saidOf(run), ...change };
    let field = fieldOf(run);
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "step" });
      held().append(field);
    }
    field.value = JSON.stringify(said);
    field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is kept, before an empty one goes
    if (!says(said) && Object.keys(said.answers ?? {}).length === 0) field.remove();
  };
  const say = (change) => { keep(change); show(); };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step-thumb]");
    if (button) say({ thumb: button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.stepThumb });
  });
  document.addEventListener("input", (event) => { // at every key: a submission by key and a reload come without a change; not shown anew, which would trim what is typed
    if (event.target.matches("[data-step-note]")) keep({ note: event.target.value.trim() });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-step-note]")) say({ note: event.target.value.trim() });
    if (event.target.matches("[data-step-labels]")) say({ labels: [...new Set(event.target.value.split(",").map((name) => name.trim()).filter(Boolean).map(known))] });
  });
  document.addEventListener("submit", () => { // by a key, so the field tells of its change now: when it goes, another item's steps are there
    const field = document.activeElement;
    if (field?.matches("[data-step-labels], [data-step-note]")) field.blur();
  }, true);
  document.addEventListener("step-chosen", show);
  document.addEventListener("restore-steps", (event) => {
    held()?.replaceChildren(...event.detail.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: "step", value })));
    show();
  });
  document.addEventListener("page-changed", show);
  document.addEventListener("DOMContentLoaded", show);
}
