// [data-visible-if] and [data-required-if] of the rubric say by which answer a question is asked or needs an answer:
// {"name": "answer-thumbs", "any_of": ["down"]}, or anything where any_of is empty. A hidden question has no answer, so
// what depends on it is hidden, too. The server decides the same way, and says which typed texts do not fit (draft-kept).
"use strict";
{
  const forms = () => document.querySelectorAll("form[data-autosave], form[data-stash]");
  const plain = (text) => (/^\s*-?\d+([.,]\d+)?\s*$/.test(text) ? String(Number(text.replace(",", "."))) : text.trim());

  const answers = (of, name) => [...of.elements]
    .filter((field) => field.name === name || field.name.startsWith(`${name}.`))
    .filter((field) => !field.closest("[data-visible-if]:not([data-asked])"))
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => plain(field.value)).filter(Boolean);

  const isMet = (of, condition) => {
    const { name, any_of: wanted } = JSON.parse(condition);
    const given = answers(of, name);
    return given.length > 0 && (wanted.length === 0 || given.some((one) => wanted.includes(one)));
  };

  const show = () => forms().forEach(decide);
  const decide = (of) => {
    const depending = [...of.querySelectorAll("[data-visible-if]")];
    let changed = true;
    for (let turn = 0; changed && turn <= depending.length; turn += 1) {
      changed = false;
      for (const question of depending) {
        const asked = isMet(of, question.dataset.visibleIf);
        if (question.hasAttribute("data-asked") !== asked) { question.toggleAttribute("data-asked"); changed = true; }
      }
    }
    for (const question of of.querySelectorAll("[data-required-if]")) {
      const mark = question.querySelector("[data-required]"); // none where an answer is needed always
      if (mark) mark.hidden = !isMet(of, question.dataset.requiredIf);
    }
  };

  const tell = ({ detail }) => {
    for (const field of document.querySelectorAll("#review-form textarea[data-pattern]")) {
      const words = detail.misfits?.[field.name] ?? "";
      const place = field.parentElement.querySelector("[data-misfit]");
      place.textContent = words;
      place.hidden = !words;
      if (words) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    }
  };

  document.addEventListener("input", show);
  document.addEventListener("change", show);
  document.addEventListener("page-changed", show);
  document.addEventListener("draft-restored", show);
  document.addEventListener("draft-kept", tell);
  document.addEventListener("DOMContentLoaded", show);
}
