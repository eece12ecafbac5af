// `?` lists the keys of the page: every visible element with data-hotkey, under its data-hotkey-label or its own name; by
// what they are for where containers say so (data-key-group). Keys that do the same share a line, and so do the digits of options.
// Keys that a person has moved are marked, and [data-shortcuts] says where that is done.
"use strict";
{
  const SIGNS = { "mod+Enter": globalThis.traceappSubmitSign, Enter: "↵", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space", Backspace: "⌫" };
  const GROUPS = ["Answer", "Move", "Steps", "Item"];

  const make = (name, text, ...children) => {
    const element = document.createElement(name);
    element.textContent = text;
    element.append(...children);
    return element;
  };

  const nameOf = (element) => {
    const shown = element.cloneNode(true);
    shown.querySelectorAll("kbd").forEach((key) => key.remove());
    const words = element.dataset.hotkeyLabel || element.getAttribute("aria-label") || element.title || shown.textContent;
    return words.replace(/\s+/g, " ").trim();
  };

  const signOf = (key) => SIGNS[key] ?? (key.length === 1 && key !== key.toLowerCase() ? `⇧ ${key}` : key.toUpperCase());
  const isOption = (element, key) => "option" in element.dataset && /^\d$/.test(key);

  // by what they do: the signs of the keys, whether the person moved one, and their group; each key once
  const rows = () => {
    const known = new Map();
    const taken = new Set();
    const add = (key, sign, words, group, isMoved = false) => {
      if (taken.has(key)) return;
      taken.add(key);
      const row = known.get(`${group} ${words}`) ?? { words, group, signs: [] };
      row.signs.push(sign);
      row.isMoved ||= isMoved;
      known.set(`${group} ${words}`, row);
    };
    for (const element of document.querySelectorAll("[data-hotkey]")) {
      if (element.getClientRects().length === 0 && !element.dataset.hotkeyLabel) continue;
      const usual = element.dataset.hotkey.split(" ");
      const group = element.closest("[data-key-group]")?.dataset.keyGroup ?? "Item";
      for (const key of globalThis.traceappKeysOf(element)) {
        if (isOption(element, key)) add("options", "1 – 9", element.dataset.option || "Options of the question", group);
        else add(key, signOf(key), nameOf(element), group, !usual.includes(key));
      }
    }
    add("?", "?", "This sheet", "Item");
    return [...known.values()];
  };

  const list = (found) => {
    const made = document.createElement("dl");
    for (const row of found) {
      const meaning = make("dd", row.words);
      if (row.isMoved) meaning.append(" ", Object.assign(make("span", "yours"), { className: "chip" }));
      made.append(make("dt", "", ...row.signs.map((sign) => make("kbd", sign))), meaning);
    }
    return made;
  };

  const sections = () => {
    const found = rows();
    const groups = GROUPS.map((group) => [group, found.filter((row) => row.group === group)]).filter(([, some]) => some.length > 0);
    if (!document.querySelector("[data-review]")) return [list(found)];
    return groups.map(([group, some]) => make("section", "", make("h3", group), list(some)));
  };

  const foot = () => {
    const close = make("button", "Close");
    close.className = "btn";
    close.dataset.close = "";
    const address = document.querySelector("[data-shortcuts]")?.dataset.shortcuts;
    const row = make("div", "", ...(address ? [Object.assign(make("a", "Change keys"), { href: address, className: "btn quiet" })] : []), close);
    row.className = "row end";
    return row;
  };

  const sheet = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog small shortcuts";
    const title = make("h2", "Keys of this page");
    title.id = "keys-of-page";
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(title, Object.assign(make("div", "", ...sections()), { className: "keys" }), foot());
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
