// [data-select] around a table: data-select-all marks every row's box, data-select-count says how many are marked, and
// what has data-select-only shows while there are any.
"use strict";
{
  const boxes = (place) => [...place.querySelectorAll("input[data-select-row]")];

  const tell = (place) => {
    const marked = boxes(place).filter((box) => box.checked).length;
    const all = place.querySelector("[data-select-all]");
    if (all) { all.checked = marked > 0 && marked === boxes(place).length; all.indeterminate = marked > 0 && !all.checked; }
    place.querySelectorAll("[data-select-count]").forEach((element) => { element.textContent = marked; });
    place.querySelectorAll("[data-select-only]").forEach((element) => { element.hidden = marked === 0; });
  };

  document.addEventListener("change", (event) => {
    const place = event.target.closest("[data-select]");
    if (!place) return;
    if (event.target.matches("[data-select-all]")) boxes(place).forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-select-all], [data-select-row]")) tell(place);
  });
  document.addEventListener("page-changed", () => document.querySelectorAll("[data-select]").forEach(tell));
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-select]").forEach(tell));
}
