// data-copy-turn: what the turn around says.
// data-copy="text": a click puts the text on the clipboard. data-copy-from="id": the text of that element.
"use strict";
{
  const textOf = (button) =>
    "copyTurn" in button.dataset ? button.closest(".turn").querySelector(".body").innerText
      : button.dataset.copyFrom ? document.getElementById(button.dataset.copyFrom).textContent : button.dataset.copy;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-turn]");
    if (!button) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(textOf(button));
      document.dispatchEvent(new CustomEvent("toast", { detail: "Copied." }));
    } catch {
      document.dispatchEvent(new CustomEvent("toast", { detail: "The browser does not allow copying here: select the text instead." }));
    }
  });
}
