// [data-question] in a review: one is the current one. ↑ and ↓ move on, Enter goes into its field, and its options
// ([data-option]) answer to the digits: they carry them as data-hotkey while the question is the current one, and so does what has
// another key then ([data-current-key]).
"use strict";
{
  const every = () => [...document.querySelectorAll("[data-review] [data-question]")];
  const isShown = (one) => one.getClientRects().length > 0;
  const all = () => every().filter(isShown);
  const current = () => document.querySelector("[data-review] [data-question][data-current]");
  const options = (question) => [...question.querySelectorAll("[data-option]")].filter(isShown);

  const choose = (question) => {
    every().forEach((other) => {
      delete other.dataset.current;
      other.querySelectorAll("[data-option], [data-current-key]").forEach((option) => option.removeAttribute("data-hotkey"));
    });
    question.dataset.current = "true";
    options(question).forEach((option, at) => {
      const digit = option.dataset.digit ?? String(at + 1); // a step of a scale answers to its own number
      if (digit.length > 1) return;
      option.dataset.hotkey = digit;
      const words = option.closest("label")?.cloneNode(true);
      words?.querySelectorAll("kbd").forEach((key) => key.remove());
      if (words) option.dataset.hotkeyLabel = words.textContent.trim();
    });
    question.querySelectorAll("[data-current-key]").forEach((other) => { other.dataset.hotkey = other.dataset.currentKey; });
  };

  const begin = () => {
    const questions = all();
    const first = questions.find((one) => one.querySelector("[aria-invalid=true]"))
      ?? questions.find((one) => "new" in one.dataset) ?? questions.find((one) => one.querySelector("[data-option]")) ?? questions[0];
    if (first && !current()) choose(first);
  };

  const types = (node) => node.closest?.("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio])");

  // those that are asked of steps show when it is their step's turn
  const isAsked = (one) => isShown(one.closest("[data-asked-steps]") ?? one) && !one.closest("[data-visible-if]:not([data-asked])");

  const move = (by) => {
    const questions = every().filter(isAsked);
    const next = questions[Math.min(Math.max(questions.indexOf(current()) + by, 0), questions.length - 1)];
    if (!next) return;
    if (next.parentElement.contains(document.activeElement) && document.activeElement !== document.body) document.activeElement.blur();
    if (!isShown(next)) next.dispatchEvent(new CustomEvent("show-asked-step", { bubbles: true }));
    choose(next);
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-question-move]");
    if (button) move(Number(button.dataset.questionMove));
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (types(event.target) || document.querySelector("dialog[open]") || !current()) return;
    const isOption = event.target.matches?.("[data-review] input[type=radio]");
    if (isOption && ["ArrowUp", "ArrowDown"].includes(event.key)) { // ← and → change a choice; these must never
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key !== "Enter" || event.target.closest?.("a, button, summary, input")) return;
    event.preventDefault();
    current().querySelector("textarea, input, select")?.focus();
  });

  document.addEventListener("focusin", (event) => {
    const question = event.target.closest?.("[data-review] [data-question]");
    if (question && question !== current()) choose(question);
  });
  document.addEventListener("labels-changed", () => { if (current()) choose(current()); });
  document.addEventListener("page-changed", begin);
  document.addEventListener("DOMContentLoaded", begin);
}
