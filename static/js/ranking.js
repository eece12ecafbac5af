// .ranks: the number of an option ([data-rank]) puts it next in order; again takes it out, and [data-rank-back] takes the last one
// back. The places stand in a list beside each option, where they can be chosen in any order.
"use strict";
{
  const places = (ranks) => [...ranks.querySelectorAll("select")];
  const ordered = (ranks) => places(ranks).filter((place) => place.value).sort((one, other) => one.value - other.value);
  const around = (ranks, what) => ranks.closest("fieldset").querySelector(what);

  const show = () => document.querySelectorAll(".ranks").forEach((ranks) => {
    for (const place of places(ranks)) place.closest("li").querySelector("[data-rank]").setAttribute("aria-pressed", String(place.value !== ""));
    around(ranks, "[data-rank-back]").disabled = ordered(ranks).length === 0;
  });

  const write = (ranks, order) => {
    for (const place of places(ranks)) place.value = order.includes(place) ? String(order.indexOf(place) + 1) : "";
    const said = order.map((place) => place.labels[0].textContent.trim()).join(", ");
    around(ranks, "[data-rank-said]").textContent = said || "Nothing is in order";
    places(ranks)[0].dispatchEvent(new Event("change", { bubbles: true })); // so that the draft is kept
  };

  const turn = (ranks, place) => {
    const order = ordered(ranks);
    write(ranks, place.value ? order.filter((one) => one !== place) : [...order, place]);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rank], [data-rank-back]");
    if (!button) return;
    const ranks = around(button, ".ranks");
    if ("rank" in button.dataset) turn(ranks, button.closest("li").querySelector("select"));
    else write(ranks, ordered(ranks).slice(0, -1));
  });
  for (const name of ["change", "draft-restored", "page-changed", "DOMContentLoaded"]) document.addEventListener(name, show);
}
