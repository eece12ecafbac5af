// [data-outline]: its links name a turn of the trajectory (href="#…"). A click or data-step="next"/"previous" (J, K)
// makes a link the current one, brings its turn into view and flashes it once; the address keeps the step.
"use strict";
{
  const turnOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  // the outlines that are walked as one: those of the open dialog that has some, or those of the page (a thread has one a trace)
  const outlines = () => {
    const all = [...document.querySelectorAll("[data-outline]")];
    const dialog = all.map((outline) => outline.closest("dialog[open]")).findLast(Boolean) ?? null;
    return all.filter((outline) => outline.closest("dialog") === dialog);
  };

  const follow = (link) => {
    for (const outline of outlines()) outline.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "step");
    link.scrollIntoView({ block: "nearest" });
    document.dispatchEvent(new CustomEvent("step-chosen"));
    const turn = turnOf(link);
    if (!turn) return false;
    document.querySelectorAll(".turn[data-at]").forEach((other) => delete other.dataset.at);
    turn.dataset.at = "true";
    turn.querySelectorAll(".call > details").forEach((fold) => { fold.open = true; }); // whoever goes to a step wants to read it
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    turn.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    return true;
  };

  const remember = (link) => {
    const address = new URL(location.href);
    if (!link.dataset.stepId || link.closest("dialog")) return;
    address.searchParams.set("step", link.dataset.stepId);
    history.replaceState(history.state, "", address);
  };

  const walk = (direction) => {
    const links = outlines().flatMap((outline) => [...outline.querySelectorAll("a[data-step-id]")]).filter((link) => link.getClientRects().length > 0);
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    const outline = links[at]?.closest("[data-outline]");
    const more = outline?.querySelector("[data-outline-more]");
    if (more && direction < 0 && links[at - 1]?.closest("[data-outline]") !== outline) { more.click(); return; }
    const next = links[Math.min(Math.max(at + direction, 0), links.length - 1)];
    if (next) next.click();
  };

  // a click into a turn, on nothing in particular, makes its step the current one where it stands
  const choose = (turn) => {
    const link = document.querySelector(`[data-outline] a[data-step-id="${CSS.escape(turn.dataset.run)}"]`);
    if (!link || link.hasAttribute("aria-current") || !getSelection().isCollapsed) return;
    document.querySelectorAll("[data-outline] [aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "step");
    link.scrollIntoView({ block: "nearest" });
    document.querySelectorAll(".turn[data-at]").forEach((other) => delete other.dataset.at);
    turn.dataset.at = "true";
    document.dispatchEvent(new CustomEvent("step-chosen"));
    remember(link);
  };

  // the step that a page was opened at (by its address, or because its item is about that run) is in view at once
  const arrive = () => {
    for (const at of document.querySelectorAll(".turn[data-at]:not([data-arrived])")) {
      at.dataset.arrived = "true";
      at.scrollIntoView({ block: "start" });
    }
    document.querySelectorAll("[data-outline] [aria-current]").forEach((link) => link.scrollIntoView({ block: "nearest" }));
  };
  document.addEventListener("DOMContentLoaded", arrive);
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.matches?.("#review-page, body")) arrive(); });

  document.addEventListener("click", (event) => {
    const turn = event.target.closest(".turn[data-run]");
    if (turn && !event.target.closest("a, button, summary, input, label")) { choose(turn); return; }
    const button = event.target.closest("[data-step]");
    if (button) { walk(button.dataset.step === "next" ? 1 : -1); return; }
    const named = event.target.closest("a[data-to-step]"); // elsewhere on the page: as its row of the outline, where that has come
    const row = named && outlines().map((outline) => outline.querySelector(`a[data-step-id="${CSS.escape(named.dataset.toStep)}"]`)).find(Boolean);
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); row.click(); return; }
    const link = event.target.closest("[data-outline] a[data-step-id]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!follow(link)) return; // not on this page of the trajectory: the link leads there
    event.preventDefault();
    remember(link);
  });

  // [data-takes-step]: asks about the step that the outline of its page stands at
  document.addEventListener("htmx:configRequest", (event) => {
    const asking = event.detail.elt.closest("[data-takes-step]");
    const step = asking?.closest("dialog, .page")?.querySelector("[data-outline] [aria-current][data-step-id]");
    if (step) event.detail.parameters.run = step.dataset.stepId;
  });
}
