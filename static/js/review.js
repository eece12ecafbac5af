// The page of one item: keys rest while the next one is on its way, Enter in a line never submits by accident, and the
// first field with a problem has the focus, or what has to be decided first.
"use strict";
{
  const page = document.documentElement;
  const isTurning = (event) => event.detail.target?.id === "review-page";

  document.addEventListener("htmx:beforeRequest", (event) => { if (isTurning(event)) page.dataset.swapping = "true"; });
  document.addEventListener("htmx:afterRequest", (event) => { if (isTurning(event) && !event.detail.successful) delete page.dataset.swapping; });
  document.addEventListener("htmx:afterSettle", () => { delete page.dataset.swapping; });
  window.addEventListener("pageshow", () => { delete page.dataset.swapping; });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (!event.target.matches?.("#review-form input:not([type=checkbox], [type=radio])")) return;
    event.preventDefault();
    const dialog = event.target.closest("[data-ask-reason]");
    if (dialog) dialog.querySelector("[data-reason-given]").click();
    else event.target.blur();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-reason-given]")) event.target.closest("dialog")?.close();
  });

  const look = () => {
    const wrong = document.querySelector("#review-form :is([aria-invalid=true], [data-look])");
    if (!wrong) return;
    wrong.dispatchEvent(new CustomEvent("show-pane", { detail: "rubric", bubbles: true }));
    wrong.focus({ preventScroll: true });
    (wrong.closest(".field") ?? wrong).scrollIntoView({ block: "center" });
  };

  // once all scripts have seen the page: what a condition asks for is hidden until then (conditions.js)
  let isNew = false;
  document.addEventListener("htmx:afterSettle", (event) => { isNew ||= event.target.id === "review-page" || event.detail.elt?.id === "review-page"; });
  document.addEventListener("page-changed", () => {
    if (isNew) queueMicrotask(look);
    isNew = false;
  });
  document.addEventListener("DOMContentLoaded", () => setTimeout(look));
}
