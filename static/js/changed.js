// "page-changed": something in the page was swapped, told once for each answer. htmx tells of each element of it by itself: for
// two thousand rows of an outline, whoever looks through the page for each of them takes seconds.
"use strict";
{
  let isDue = false;
  document.addEventListener("htmx:afterSettle", () => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => { // after the last of them
      isDue = false;
      document.dispatchEvent(new CustomEvent("page-changed"));
    });
  });
}
