// [data-filterbar]: its suggestions are chosen by arrows and Enter or by a click; Backspace in the empty input takes the
// last term back for a change.
"use strict";
{
  const listOf = (bar) => bar.querySelector("[role=listbox]");
  const options = (bar) => [...listOf(bar).querySelectorAll("[role=option]")];
  const input = (bar) => bar.querySelector("[role=combobox]");

  const mark = (bar, option) => {
    options(bar).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) { input(bar).setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input(bar).removeAttribute("aria-activedescendant");
  };
  const close = (bar) => { listOf(bar).replaceChildren(); input(bar).setAttribute("aria-expanded", "false"); };
  const take = (bar, option) => {
    const field = input(bar);
    field.value = option.dataset.text + (option.dataset.text.endsWith("(") ? "" : " ");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const move = (bar, by) => {
    const all = options(bar);
    if (!all.length) return;
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    mark(bar, all[(at + by + all.length + (at < 0 && by < 0 ? 1 : 0)) % all.length]);
  };

  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[data-filterbar]");
    if (!bar || event.target !== input(bar) || event.isComposing) return;
    const chosen = options(bar).find((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(bar, event.key === "ArrowDown" ? 1 : -1); }
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) { event.preventDefault(); take(bar, chosen); }
    else if (event.key === "Escape" && options(bar).length) { event.preventDefault(); close(bar); } // the text and the focus stay
    else if (event.key === "Backspace" && event.target.value === "") {
      const terms = bar.querySelectorAll(".term a:first-child");
      if (terms.length) terms[terms.length - 1].click();
    }
  });
  // What no longer fits the text goes at once, and a late answer to an earlier text never shows.
  const narrow = (bar) => {
    const [, head, word] = /^(.*?)([\w.-]*)$/s.exec(input(bar).value.toLowerCase());
    const fits = (text) => text.startsWith(head) && text.slice(head.length).includes(word);
    options(bar).filter((option) => !fits(option.dataset.text.toLowerCase())).forEach((option) => option.remove());
  };
  document.addEventListener("input", (event) => {
    const bar = event.target.closest?.("[data-filterbar]");
    if (bar && event.target === input(bar)) narrow(bar);
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest("[data-filterbar] [role=option]")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-filterbar] [role=option]");
    if (option) take(option.closest("[data-filterbar]"), option);
  });
  document.addEventListener("focusout", (event) => {
    const bar = event.target.closest?.("[data-filterbar]");
    if (bar && !bar.contains(event.relatedTarget)) close(bar);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const bar = event.target.closest?.("[data-filterbar]");
    if (!bar) return;
    narrow(bar);
    if (document.activeElement !== input(bar)) close(bar);
    else input(bar).setAttribute("aria-expanded", String(options(bar).length > 0));
  });
}
