// The filter of an outline (.segments before [data-outline]) stands in the address: a reload, Back and whoever gets the link find
// it again. It asks for all rows that have not come yet, as those that pass may be far apart. Not in dialogs, whose page is another.
"use strict";
{
  const bringAll = (radio) => {
    for (const more of radio.closest(".segments").nextElementSibling.querySelectorAll("[hx-get]")) {
      htmx.ajax("GET", `${more.getAttribute("hx-get")}&outline_rest=1`, { source: more, target: more.closest("li"), swap: "outerHTML" });
    }
  };

  const filters = () => [...document.querySelectorAll(".outline .segments input[type=radio]")].filter((radio) => !radio.closest("dialog"));

  const write = (address) => {
    for (const { name, value, checked } of filters()) {
      if (!checked) continue;
      if (value === "all") address.searchParams.delete(name); else address.searchParams.set(name, value);
    }
    return address.href;
  };

  const read = () => {
    const wanted = new URLSearchParams(location.search);
    for (const radio of filters()) {
      if (radio.checked || wanted.get(radio.name) !== radio.value) continue;
      radio.checked = true;
      if (radio.value !== "all") bringAll(radio);
    }
  };

  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".outline .segments input[type=radio]")) return;
    if (target.value !== "all") bringAll(target);
    if (!target.closest("dialog")) history.replaceState(history.state, "", write(new URL(location.href)));
  });
  // a step whose turn is not on this page of the trajectory, the texts as they came: the same page, with the same filter
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link?.origin === location.origin && link.pathname === location.pathname && filters().length > 0) link.href = write(new URL(link.href));
  }, true);
  document.addEventListener("DOMContentLoaded", read);
  document.addEventListener("page-changed", read);
}
