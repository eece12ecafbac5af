// [data-question] in a review: one is the current one. ↑ and ↓ move on, Enter goes into its field, and its options
// ([data-option]) answer to the digits: they carry them as data-hotkey while the question is the current one.
"use strict";
{
  const all = () => [...document.querySelectorAll("[data-review] [data-question]")].filter((one) => one.getClientRects().length > 0);
  const current = () => document.querySelector("[data-review] [data-question][data-current]");
  const options = (question) => [...question.querySelectorAll("[data-option]")].filter((one) => one.getClientRects().length > 0);

  const choose = (question) => {
    all().forEach((other) => {
      delete other.dataset.current;
      other.querySelectorAll("[data-option]").forEach((option) => option.removeAttribute("data-hotkey"));
    });
    question.dataset.current = "true";
    options(question).slice(0, 9).forEach((option, at) => {
      option.dataset.hotkey = String(at + 1);
      const words = option.closest("label").cloneNode(true);
      words.querySelectorAll("kbd").forEach((key) => key.remove());
      option.dataset.hotkeyLabel = words.textContent.trim();
    });
  };

  const begin = () => {
    const questions = all();
    const first = questions.find((one) => one.querySelector("[aria-invalid=true]"))
      ?? questions.find((one) => one.querySelector("[data-option]")) ?? questions[0];
    if (first && !current()) choose(first);
  };

  const types = (node) => node.closest?.("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (!["ArrowUp", "ArrowDown", "Enter"].includes(event.key) || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || types(event.target) || document.querySelector("dialog[open]")) return;
    const questions = all();
    if (questions.length === 0) return;
    const at = questions.indexOf(current());
    if (event.key === "Enter") {
      if (event.target.closest("a, button, summary, input")) return;
      questions[at]?.querySelector("textarea, input, select")?.focus();
      event.preventDefault();
      return;
    }
    event.preventDefault();
    const next = questions[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), questions.length - 1)];
    choose(next);
    next.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("focusin", (event) => {
    const question = event.target.closest?.("[data-review] [data-question]");
    if (question && question !== current()) choose(question);
  });
  document.addEventListener("labels-changed", () => { if (current()) choose(current()); });
  document.addEventListener("htmx:afterSettle", begin);
  document.addEventListener("DOMContentLoaded", begin);
}
