// [data-table]: many items, a row each ([data-row]). One row is the current one, and one question ([data-row-question]) in
// it, whose options answer to the digits; what carries data-row-key="s" in it answers to that key. Submitting goes on at
// once; what was wrong comes back into its own row. Submitted rows ([data-done]) stay until the next page.
"use strict";
{
  const table = () => document.querySelector("[data-table]");
  const rows = () => [...document.querySelectorAll("[data-table] [data-row]")];
  const current = () => document.querySelector("[data-table] [data-row][data-current]");
  const isOpen = (row) => row.isConnected && !("done" in row.dataset) && !("sending" in row.dataset) && row.querySelector("[data-row-form]");
  const seen = (element) => element.getClientRects().length > 0;
  const questions = (row) => [...row.querySelectorAll("[data-row-question]")].filter(seen);
  const asked = () => current()?.querySelector("[data-row-question][data-asked-now]");
  const say = (words) => { const place = document.querySelector("[data-table-said]"); if (place) place.textContent = words; };
  const isSending = (row) => "sending" in row.dataset;
  let sent = []; // ids of rows, in the order in which something was done with them, whenever the answer comes
  let isUndoAwaited = false;

  const digits = (question) => {
    current()?.querySelectorAll("[data-option][data-digit-key]").forEach((option) => {
      option.removeAttribute("data-digit-key");
      if (option.dataset.rowKey) option.dataset.hotkey = option.dataset.rowKey; else option.removeAttribute("data-hotkey");
    });
    [...question.querySelectorAll("[data-option]")].filter(seen).forEach((option, at) => {
      const digit = option.dataset.digit ?? String(at + 1);
      if (digit.length > 1) return;
      option.dataset.digitKey = digit;
      option.dataset.hotkey = [option.dataset.rowKey, digit].filter(Boolean).join(" ");
      const words = option.closest("label").cloneNode(true);
      words.querySelectorAll("kbd, svg").forEach((sign) => sign.remove());
      option.dataset.hotkeyLabel = words.textContent.trim();
    });
  };

  const ask = (question, focuses = true) => {
    current()?.querySelectorAll("[data-row-question]").forEach((other) => { delete other.dataset.askedNow; });
    if (!question) return;
    question.dataset.askedNow = "";
    digits(question);
    const typed = focuses && question.querySelector("input.input:not([name=new_label])");
    if (typed) typed.focus(); else if (focuses && document.activeElement?.matches("input")) current().focus({ preventScroll: true });
  };

  const isAnswered = (question) => [...question.querySelectorAll("[data-option]")].some((option) => option.checked);

  const choose = (row, focuses = true) => {
    if (!row) return;
    for (const other of rows()) {
      if (other === row) continue;
      delete other.dataset.current;
      other.querySelectorAll("[data-hotkey]").forEach((element) => element.removeAttribute("data-hotkey"));
    }
    row.dataset.current = "";
    row.querySelectorAll("[data-row-key]").forEach((element) => { element.dataset.hotkey = element.dataset.rowKey; });
    const all = questions(row);
    ask(all.find((question) => "needed" in question.dataset && !isAnswered(question)) ?? all[0], false);
    if (!focuses) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const move = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    if (by > 0 && at === all.length - 1) { document.querySelector("[data-table-next]")?.focus(); return; }
    choose(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  const turn = (by) => {
    const row = current();
    const all = row ? questions(row) : [];
    if (all.length) ask(all[Math.min(Math.max(all.indexOf(asked()) + by, 0), all.length - 1)]);
  };

  // on to the next row that is not dealt with, from here down, then from the top; at the end to the next page
  const goOn = () => {
    const all = rows();
    const at = all.indexOf(current());
    const next = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))].find(isOpen);
    if (next) { choose(next); return; }
    const link = document.querySelector("[data-table-next]");
    say("That was the last row of this page.");
    link?.focus();
    link?.scrollIntoView({ block: "nearest" });
  };

  const toggle = () => {
    const more = current()?.querySelector("[data-row-more]");
    if (!more) return;
    more.open = !more.open;
    if (more.open) more.scrollIntoView({ block: "nearest" });
    else current().focus({ preventScroll: true });
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-row-more]")) event.target.closest("[data-row]").querySelector("[data-row-toggle]").setAttribute("aria-expanded", String(event.target.open));
  }, true);

  const write = (name) => {
    const more = current()?.querySelector("[data-row-more]");
    const field = more?.querySelector(`[name=${name}]`);
    if (!field) return;
    more.open = true;
    field.focus();
  };

  const submit = () => {
    const row = current();
    const form = row && isOpen(row) && row.querySelector("[data-row-form]");
    if (form) form.requestSubmit(form.querySelector("[data-submit]")); else goOn();
  };

  // what was just sent is the last thing done, and is taken back once the answer is here
  const undo = () => {
    isUndoAwaited = rows().some(isSending);
    if (isUndoAwaited) return;
    const here = current()?.querySelector("[data-row-undo]");
    const row = here ? current() : sent.map((id) => document.getElementById(id)).filter((one) => one?.querySelector("[data-row-undo]")).pop();
    if (!row) { say("Nothing on this page to take back. Your earlier submissions stand under “Your reviews”, your flags under “Flagged by me”."); return; }
    choose(row);
    row.querySelector("[data-row-undo]").click();
  };

  const tell = () => {
    const count = document.querySelector("[data-table-done]");
    if (count) count.textContent = String(rows().filter((row) => "done" in row.dataset).length);
    document.querySelector("[data-table-next]")?.classList.toggle("primary", !rows().some(isOpen)); // until then it is the row's Submit
  };

  const acts = [
    ["[data-row-toggle]", (button) => { choose(button.closest("[data-row]"), false); toggle(); }],
    ["[data-table-move]", (button) => move(Number(button.dataset.tableMove))],
    ["[data-table-question]", (button) => turn(Number(button.dataset.tableQuestion))],
    ["[data-table-open]", toggle],
    ["[data-table-submit]", submit],
    ["[data-table-write]", (button) => write(button.dataset.tableWrite)],
    ["[data-table-undo]", undo],
  ];
  document.addEventListener("click", (event) => {
    const act = acts.find(([where]) => event.target.closest(where));
    if (act) act[1](event.target.closest(act[0]));
    const row = event.target.closest("[data-table] [data-row]");
    if (row && row !== current()) choose(row, false);
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-table] [data-row]");
    if (!row) return;
    if (row !== current()) choose(row, false);
    const question = event.target.closest("[data-row-question]");
    if (question && question !== asked()) {
      current().querySelectorAll("[data-row-question]").forEach((other) => { delete other.dataset.askedNow; });
      question.dataset.askedNow = "";
      digits(question);
    }
  });

  // a row goes on its way only with what it needs; then the next one is looked at
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-row-form]");
    if (!form || event.submitter && !event.submitter.matches("[data-submit]")) return;
    const row = form.closest("[data-row]");
    const lacking = questions(row).find((question) => "needed" in question.dataset && !isAnswered(question));
    if ("sending" in row.dataset || lacking) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (lacking) { choose(row); ask(lacking); say(`Item ${form.querySelector("[name=item]").value} still needs an answer.`); }
      return;
    }
    row.dataset.sending = "";
    if (row === current()) setTimeout(goOn);
  }, true);

  const rowOf = (event) => { const target = event.detail.target; return target?.matches?.("[data-table] [data-row]") ? target : null; };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event);
    if (!row) return;
    row.dataset.sending = "";
    sent = [...sent.filter((id) => id !== row.id), row.id];
    const element = event.detail.elt;
    if (element.matches("[data-row-aside]")) { element.closest("dialog")?.close(); if (row === current()) setTimeout(goOn); }
  });
  document.addEventListener("htmx:afterRequest", (event) => { const row = rowOf(event); if (row) delete row.dataset.sending; if (row && event.detail.failed) isUndoAwaited = false; });
  document.addEventListener("htmx:afterSettle", (event) => {
    const row = event.target;
    if (!row.matches?.("[data-table] [data-row]")) return;
    tell();
    const isWrong = row.querySelector("[aria-invalid=true], .problem");
    const isIdle = document.activeElement === document.body; // the focus went with what was there before
    if (!current() || isWrong && !rows().some(isOpen)) choose(row, isIdle);
    if (isUndoAwaited) undo();
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !table()) return;
    const target = event.target;
    const isOption = target.matches?.("[data-table] input:is([type=radio], [type=checkbox])");
    if (event.key.startsWith("Arrow") && isOption) { // they move about, and never change an answer
      event.preventDefault();
      if (["ArrowDown", "ArrowUp"].includes(event.key)) move(event.key === "ArrowDown" ? 1 : -1);
      else turn(event.key === "ArrowRight" ? 1 : -1);
    }
    if (event.key !== "Enter" || !target.matches?.("[data-row-form] input")) return;
    event.preventDefault(); // in a line it never submits by accident
    if (target.matches("[data-labels] [name=new_label]") && target.value.trim()) return; // gives a label
    const dialog = target.closest("[data-ask-reason]");
    if (dialog) dialog.querySelector("[data-reason-given]").click();
    else if (isOption) toggle();
    else { target.blur(); current()?.focus({ preventScroll: true }); }
  }, true);

  document.addEventListener("labels-changed", () => { if (asked()) digits(asked()); });

  document.addEventListener("DOMContentLoaded", () => { if (table()) { choose(rows().find(isOpen) ?? rows()[0]); tell(); } });
}
