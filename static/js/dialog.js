// data-dialog="id" opens the native dialog with that id; data-close inside one closes it, so does a click beside it.
// A dialog with data-modal that arrives by htmx opens itself and is gone once closed; with data-back, the address then
// goes back there. The event `close-dialog` (from the server by HX-Trigger) closes the one that asked. A new one takes the place of an open one of the same id. A popover that opens takes the focus, so that
// Tab goes on inside; the browser gives it back.
"use strict";
{
  const open = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialog));
      return;
    }
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target.closest("[data-close]") || event.target === dialog)) {
      event.preventDefault();
      dialog.close();
    }
  });

  document.addEventListener("close-dialog", (event) => event.target.closest("dialog")?.close());

  document.addEventListener("toggle", (event) => {
    if (event.target.matches(":popover-open:not([data-unasked])")) event.target.focus();
  }, true);

  document.addEventListener("htmx:load", (event) => {
    const arrived = event.target;
    const dialogs = arrived.matches("dialog[data-modal]") ? [arrived] : arrived.querySelectorAll("dialog[data-modal]");
    dialogs.forEach((dialog) => {
      document.querySelectorAll(`dialog[id="${dialog.id}"]`).forEach((other) => {
        if (other === dialog) return;
        dialog.dataset.back = other.dataset.back ?? "";
        other.remove();
      });
      open(dialog);
    });
  });

  document.addEventListener("close", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement) || dialog.dataset.modal === undefined) return;
    const back = dialog.dataset.back;
    dialog.remove();
    if (back && location.pathname + location.search !== back) history.pushState({ htmx: true }, "", back);
  }, true);

  // Back out of a dialog: the page below is the one to go back to, so nothing is loaded anew.
  window.addEventListener("popstate", (event) => {
    const left = [...document.querySelectorAll("dialog[data-back][open]")];
    if (left.some((dialog) => dialog.dataset.back === location.pathname + location.search)) event.stopImmediatePropagation();
    left.forEach((dialog) => {
      delete dialog.dataset.back;
      dialog.close();
      dialog.remove();
    });
  });
}
