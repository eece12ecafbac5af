// form[data-autosave="address"], of which a page may have several: what is typed goes there at every change, and once more as the page goes away. What
// could not be sent stays in this tab (sessionStorage) and fills the form when the same person opens it again. Signing out
// (form[data-ends-session]) waits for it a moment: after that nothing is taken from this person any more. form[data-stash="name"] has
// no draft on the server: this tab keeps what is typed until the server has taken it (then what the form was made from, `seen`, is
// another), or it is left by [data-forgets].
"use strict";
{
  const PAUSE = 400;
  const AGAIN = 5_000;
  const LONGEST_WAIT = 2_000;
  let timer;

  const forms = () => [...document.querySelectorAll("form[data-autosave], form[data-stash]")];
  const dirty = () => (document.documentElement.dataset.swapping ? [] : forms().filter((of) => of.dataset.dirty && !of.closest("[data-sending]")));
  const say = (words, isKept = true) => {
    const place = document.querySelector("[data-draft-state]");
    place?.toggleAttribute("data-unkept", !isKept);
    if (place && place.textContent !== words) place.textContent = words;
  };

  const contents = (of) => {
    const held = new FormData(of);
    held.delete("new_label"); // half a name is no label
    return held;
  };

  const keyOf = (of) => `draft:${document.documentElement.dataset.person}:${of.dataset.autosave ?? of.dataset.stash}`;
  const stash = (of) => {
    const entries = [...contents(of)].filter(([name]) => name !== "csrfmiddlewaretoken");
    try { sessionStorage.setItem(keyOf(of), JSON.stringify(entries)); } catch { /* full or forbidden: the page still holds it */ }
  };
  const clean = (of) => { delete of.dataset.dirty; sessionStorage.removeItem(keyOf(of)); };

  const save = () => Promise.all(dirty().map(send));
  const send = async (of) => {
    if (!of.dataset.autosave) { stash(of); return; }
    const version = of.dataset.dirty;
    try {
      const answer = await fetch(of.dataset.autosave, { method: "POST", body: contents(of), headers: { accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.redirected ? "signed out" : String(answer.status));
      const { saved, is_draft: isDraft, misfits } = await answer.json();
      document.dispatchEvent(new CustomEvent("draft-kept", { detail: { misfits } }));
      if (of.dataset.dirty === version) clean(of);
      say(!saved ? "You submitted this item elsewhere; submit here to see both." : isDraft ? "Draft kept" : "", saved);
    } catch {
      stash(of);
      say("Not kept on the server yet; this tab keeps it and tries again. If you are signed out, sign in: it comes back.", false);
      timer = setTimeout(save, AGAIN);
    }
  };

  const soon = (event) => {
    const of = event.target.closest?.("form[data-autosave], form[data-stash]");
    if (!of || event.target.name === "new_label" || !event.target.name) return;
    of.dataset.dirty = String(Number(of.dataset.dirty ?? 0) + 1);
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  const leave = () => dirty().forEach((of) => {
    stash(of);
    if (of.dataset.autosave) navigator.sendBeacon(of.dataset.autosave, contents(of));
  });

  const signOut = async (form) => {
    clearTimeout(timer);
    await Promise.race([save(), new Promise((done) => { setTimeout(done, LONGEST_WAIT); })]);
    delete form.dataset.sent; // whoever stops the browser on its way can sign out again
    form.submit();
  };

  const pick = (field, value) => { // of a long trace a list of steps has those around the present one
    if (field.options && ![...field.options].some((one) => one.value === value)) field.add(new Option("the step that you chose", value));
    field.value = value;
  };
  const fill = (of, entries) => {
    for (const field of of.elements) {
      if (!field.name || field.type === "hidden" && field.name !== "active_ms") continue;
      const values = entries.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
      else if (values.length > 0) pick(field, values[0]);
    }
  };

  const restore = () => forms().forEach(bring);
  const bring = (of) => {
    const held = sessionStorage.getItem(keyOf(of));
    if (!held) return;
    sessionStorage.removeItem(keyOf(of));
    const entries = JSON.parse(held);
    const seen = entries.find(([name]) => name === "seen")?.[1];
    if (seen !== of.elements.seen?.value) return; // of a review that was submitted since
    for (const [kind, field] of [["labels", "labels"], ["steps", "step"], ["evidence", "evidence"]]) {
      of.dispatchEvent(new CustomEvent(`restore-${kind}`, { bubbles: true, detail: entries.filter(([name]) => name === field).map(([, value]) => value) }));
    }
    fill(of, entries);
    document.dispatchEvent(new CustomEvent("draft-restored"));
    of.dataset.dirty = "1";
    send(of);
  };

  document.addEventListener("input", soon);
  document.addEventListener("change", soon);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pagehide", leave);
  document.addEventListener("submit", (event) => { if (event.target.matches("#review-form")) clearTimeout(timer); });
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-stash]")) stash(event.target); });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // opens elsewhere: this page stays
    const of = event.target.closest("[data-forgets]")?.closest("form");
    if (of) clean(of);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-ends-session]") || dirty().length === 0) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "true";
    signOut(form);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const of = event.detail.elt.closest?.("form[data-autosave]");
    if (!of || !event.detail.target?.matches?.("#review-page, [data-row]")) return;
    if (event.detail.successful) clean(of); else timer = setTimeout(save, PAUSE);
  });
  document.addEventListener("DOMContentLoaded", restore);
}
