// [data-labels]: typing in its text field finds labels among the chips; Enter gives the found one, or makes a new one in
// place, marked. Shift+Enter makes a new one even where another is found. The field stays ready for the next label; Enter
// leaves it empty. What a label means ([data-label-card]) shows while it is pointed at, has the focus, or is what Enter would give.
"use strict";
{
  const boxes = (place) => [...place.querySelectorAll("input[name=labels]")];
  const typed = (place) => place.querySelector("input[name=new_label]").value.replace(/\s+/g, " ").trim();
  const like = (text) => text.toLocaleLowerCase();

  // by the whole of its name, else by a part of it
  const named = (labels, text) =>
    labels.find(({ value }) => like(value) === like(text)) ?? labels.find(({ value }) => like(value).includes(like(text)));
  globalThis.traceappLabelNamed = named; // for the labels of a step
  const found = (place) => named(boxes(place), typed(place));

  const explain = (place, box) => {
    place.querySelectorAll("[data-label-card]").forEach((card) => {
      card.hidden = !box || like(card.dataset.labelCard) !== like(box.value);
      if (!card.hidden) box.setAttribute("aria-describedby", card.id);
    });
  };

  const show = (place) => {
    const wanted = like(typed(place));
    for (const box of boxes(place)) box.closest("label").hidden = Boolean(wanted) && !box.checked && !like(box.value).includes(wanted);
    const hit = wanted && found(place);
    const hint = !wanted ? "" : !hit ? `↵ makes “${typed(place)}” a new label`
      : like(hit.value) === wanted ? `↵ gives “${hit.value}”` : `↵ gives “${hit.value}” · ⇧↵ makes “${typed(place)}” a new label`;
    place.querySelector("[data-labels-hint]").textContent = hint;
    place.querySelectorAll(".label-group").forEach((head) => { head.hidden = Boolean(wanted); });
    explain(place, hit || undefined);
    document.dispatchEvent(new CustomEvent("labels-changed"));
  };

  const make = (place, name) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "labels", value: name });
    box.dataset.option = "";
    label.append(box, name);
    place.querySelector(".label-new").before(label);
    return box;
  };

  const give = (place, isNew) => {
    const name = typed(place);
    const known = boxes(place).find((box) => like(box.value) === like(name));
    const box = known ?? (isNew ? undefined : found(place)) ?? make(place, name);
    box.checked = true;
    const field = place.querySelector("input[name=new_label]");
    field.value = "";
    show(place);
    place.querySelector("[data-labels-hint]").textContent = "Another one, or ↵ to go on";
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  for (const [kind, isIn] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
    document.addEventListener(kind, (event) => {
      const box = event.target.closest?.("[data-labels] label")?.querySelector("input[name=labels]");
      if (box) explain(box.closest("[data-labels]"), isIn ? box : undefined);
    });
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-labels] input[name=new_label]")) show(event.target.closest("[data-labels]"));
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-labels] input[name=new_label]") || event.isComposing || event.ctrlKey || event.metaKey) return;
    const place = event.target.closest("[data-labels]");
    if (event.key === "Escape") { event.target.value = ""; show(place); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (typed(place)) give(place, event.shiftKey); else event.target.blur();
  });
  // What stands in the field as the form goes means what Enter would have given; before others read the form.
  document.addEventListener("submit", (event) => {
    for (const place of document.querySelectorAll("[data-labels]")) {
      if (place.querySelector("input[name=new_label]")?.form === event.target && typed(place)) give(place, false);
    }
  }, true);
  // Asked for once the page stands, and by no means that could swap, hold up or leave the page.
  const ask = async () => {
    const holder = document.querySelector("[data-label-cards]:not([data-asked])");
    if (!holder) return;
    holder.dataset.asked = "true";
    const answer = await fetch(holder.dataset.labelCards, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    holder.innerHTML = await answer.text();
    const said = holder.querySelector("[data-saturation]");
    holder.closest("[data-labels]").querySelector("#saturation")?.replaceChildren(...said.childNodes);
  };
  document.addEventListener("DOMContentLoaded", ask);
  document.addEventListener("page-changed", ask);
  document.addEventListener("restore-labels", (event) => {
    const place = event.target.querySelector("[data-labels]");
    const known = place ? boxes(place).map((box) => box.value) : [];
    if (place) event.detail.filter((name) => !known.includes(name)).forEach((name) => make(place, name));
  });
}
