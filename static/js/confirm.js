// data-confirm="Remove it? …": asks in a native dialog before the button acts; the button's own words confirm.
"use strict";
{
  const ask = (button) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog small";
    const words = document.createElement("p");
    words.textContent = button.dataset.confirm;
    words.id = "asked-to-confirm";
    dialog.setAttribute("aria-labelledby", words.id);
    const row = document.createElement("div");
    row.className = "row end";
    const [no, yes] = ["Cancel", button.dataset.confirmLabel || button.textContent.trim()].map((label) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn";
      made.textContent = label;
      row.append(made);
      return made;
    });
    yes.classList.add("primary");
    dialog.append(words, row);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      dialog.close();
      button.dataset.confirmed = "true";
      button.click();
      delete button.dataset.confirmed;
    });
    dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
    dialog.showModal();
    no.focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button);
  }, true);
}
