// `?` lists the keys of the page: every visible element with data-hotkey, under its data-hotkey-label or its own name.
"use strict";
{
  const SIGNS = { "mod+Enter": "⌘ ↵ or Ctrl ↵", Enter: "↵", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };

  const nameOf = (element) => {
    const shown = element.cloneNode(true);
    shown.querySelectorAll("kbd").forEach((key) => key.remove());
    const words = element.dataset.hotkeyLabel || element.getAttribute("aria-label") || element.title || shown.textContent;
    return words.replace(/\s+/g, " ").trim();
  };

  const rows = () => {
    const known = new Map();
    for (const element of document.querySelectorAll("[data-hotkey]")) {
      if (element.getClientRects().length === 0 && !element.dataset.hotkeyLabel) continue;
      for (const key of globalThis.traceappKeysOf(element)) if (!known.has(key)) known.set(key, nameOf(element));
    }
    return known.set("?", "This sheet");
  };

  const sheet = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog small shortcuts";
    const title = document.createElement("h2");
    title.textContent = "Keys of this page";
    title.id = "keys-of-page";
    dialog.setAttribute("aria-labelledby", title.id);
    const list = document.createElement("dl");
    for (const [key, words] of rows()) {
      const term = document.createElement("dt");
      const sign = document.createElement("kbd");
      sign.textContent = SIGNS[key] ?? (key.length === 1 && key !== key.toLowerCase() ? `⇧ ${key}` : key.toUpperCase());
      term.append(sign);
      const meaning = document.createElement("dd");
      meaning.textContent = words;
      list.append(term, meaning);
    }
    const close = document.createElement("button");
    close.className = "btn";
    close.dataset.close = "";
    close.textContent = "Close";
    dialog.append(title, list, close);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.tabIndex = -1;
    dialog.showModal();
    dialog.focus(); // else its button has the focus, which stands at the end
    dialog.scrollTop = 0;
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.getClientRects?.().length > 0 && event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
    if (event.key !== "?" || typing || event.isComposing || document.querySelector("dialog.shortcuts")) return;
    event.preventDefault();
    sheet();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-shortcuts]")) sheet(); });
}
