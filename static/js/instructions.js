// [popover][data-opens-itself="what"] opens beside the page without being asked, until the person has closed it in this tab. Unasked
// it takes neither the focus nor a key (hotkey.js, dialog.js); Escape, a click beside it or a dialog closes it, and it never opens
// over one. Asked for, it is as any other.
"use strict";
{
  const keyOf = (popover) => `closed:${document.documentElement.dataset.person}:${popover.dataset.opensItself}`;

  const open = () => !document.querySelector("dialog[open]") && document.querySelectorAll("[data-opens-itself]:not(:popover-open)").forEach((popover) => {
    if (sessionStorage.getItem(keyOf(popover))) return;
    popover.dataset.unasked = "";
    popover.showPopover();
  });

  document.addEventListener("toggle", (event) => {
    const popover = event.target;
    if (event.newState !== "closed" || !popover.matches("[data-unasked]")) return;
    delete popover.dataset.unasked;
    try { sessionStorage.setItem(keyOf(popover), "1"); } catch { /* forbidden: it opens with the next item once more */ }
    delete popover.dataset.opensItself;
  }, true);

  document.addEventListener("DOMContentLoaded", open);
  document.addEventListener("page-changed", open);
}
