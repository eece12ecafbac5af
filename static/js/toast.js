// The event `toast` (from a script, or from the server by HX-Trigger) shows a line for some seconds, with a link where its
// detail has an `address` and its `label`; so does every request that failed, which would otherwise look like nothing happened.
"use strict";
{
  const SECONDS = 6;

  const show = (text, isBad = false, link = null) => {
    const line = document.createElement("p");
    line.className = isBad ? "toast error" : "toast";
    line.textContent = text;
    if (link) line.append(" ", link);
    const place = [...document.querySelectorAll("dialog[open] .toasts")].pop() || document.getElementById("toasts");
    place.append(line);
    setTimeout(() => line.remove(), SECONDS * 1000);
  };

  document.addEventListener("toast", (event) => {
    const told = event.detail;
    const link = told.address ? Object.assign(document.createElement("a"), { href: told.address, className: "link", textContent: told.label }) : null;
    show(typeof told === "string" ? told : told.value ?? "", false, link);
  });
  document.addEventListener("htmx:sendError", () => show("The server could not be reached. Nothing was lost here: try again.", true));
  document.addEventListener("htmx:timeout", () => show("The server took too long. Nothing was lost here: try again.", true));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const words = {
      403: "Your role does not allow this, or the page is too old: reload it.",
      404: "This is gone, or no longer for you to see. Reload the page.",
      409: "Somebody was faster: reload the page to see what changed.",
      429: "Too many requests: wait a moment, then try again.",
    };
    show(words[status] ?? `The server answered with an error (${status}). What was saved before is kept.`, true);
  });
}
