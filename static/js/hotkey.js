// data-hotkey="j": the key clicks the element (or focuses it, if it is for typing). "mod+Enter" is Ctrl or ⌘ with Enter.
// Several keys are separated by spaces. Keys never fire while somebody types, under open dialogs and popovers or
// for keys that the focused control needs itself; chords with mod fire everywhere. AltGr writes text. On the review page a
// person may have moved keys: <html data-keys='{"s": "w"}'> has W do what S does for others. A text that is gone to without
// the pointer is gone on with where it ends ([data-append]).
"use strict";
{
  const writes = (node) =>
    node instanceof Element &&
    node.getClientRects().length > 0 && // a field of a dialog that was just closed keeps the focus for a moment
    node.closest("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  const owns = (node, key) =>
    node instanceof Element &&
    ((key === "Enter" || key === " ") && node.closest("a[href], button, summary, input")
      || key.startsWith("Arrow") && node.closest("input[type=radio], [role=listbox]"));

  const nameOf = (event) => {
    const chord = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
    const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
    const isLetter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
    const key = !isLetter ? event.key : event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase(); // whatever Caps Lock says
    return (chord ? "mod+" : "") + shift + key;
  };

  const own = JSON.parse(document.documentElement.dataset.keys ?? "{}");
  const moved = new Set(Object.values(own));
  const keysOf = (element) => { // a key that came after somebody had put another there gives way
    const keys = element.dataset.hotkey.split(" ");
    return element.closest("[data-review]") ? keys.map((key) => own[key] ?? (moved.has(key) ? "" : key)).filter(Boolean) : keys;
  };
  const SUBMIT = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform) ? "⌘ ↵" : "Ctrl ↵";
  const signOf = (key) => ({ ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" })[key] ?? (key === key.toLowerCase() ? key.toUpperCase() : `⇧${key}`);

  // hints show the machine's own, and the person's; what two things are used to share, a person moves for both
  const hint = () => {
    document.querySelectorAll("[data-hotkey='mod+Enter'] kbd").forEach((sign) => { sign.textContent = SUBMIT; });
    document.querySelectorAll("[data-key-in-title]").forEach((element) => {
      const [key] = keysOf(element);
      element.title = key ? signOf(key) : "";
    });
    const signs = new Map(Object.entries(own).map(([usual, key]) => [signOf(usual), signOf(key)]));
    const gone = new Set([...moved].filter((key) => !(key in own)).map(signOf));
    for (const sign of document.querySelectorAll("[data-review] kbd:not([data-own], .prose kbd)")) {
      const usual = sign.textContent.trim();
      if (!signs.has(usual) && !gone.has(usual)) continue;
      sign.textContent = signs.get(usual) ?? "";
      sign.hidden = !signs.has(usual);
      sign.dataset.own = "";
    }
  };

  const isUsable = (element, dialog) =>
    !element.disabled && !element.closest("[inert], [hidden]")
    && (!dialog || dialog.contains(element) || element.getAttribute("popovertarget") === dialog.id)
    && element.getClientRects().length > 0;

  const answering = (name) => {
    const dialog = [...document.querySelectorAll("dialog[open], :popover-open:not([data-unasked])")].pop();
    return [...document.querySelectorAll("[data-hotkey]")].find(
      (element) => keysOf(element).includes(name) && isUsable(element, dialog),
    );
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey && !event.ctrlKey) return;
    const name = nameOf(event);
    const chord = name.startsWith("mod+");
    if (!chord && (writes(event.target) || owns(event.target, event.key))) return;
    const element = answering(name);
    if (!element) return;
    const walks = element.matches("[data-step], [data-table-move]"); // through steps or rows, which may be held; a held key must not pass unseen items
    if (!walks && (event.repeat || document.documentElement.dataset.swapping && !chord)) return;
    event.preventDefault();
    if (writes(element)) element.focus();
    else element.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && writes(event.target) && !document.querySelector("dialog[open]")) event.target.blur();
  });

  let points = false;
  for (const [sign, is] of [["pointerdown", true], ["pointerup", false], ["keydown", false]]) document.addEventListener(sign, () => { points = is; }, true);
  document.addEventListener("focusin", ({ target }) => {
    if (!points && target.matches("[data-append]") && target.selectionEnd === 0) target.setSelectionRange(target.value.length, target.value.length);
  });

  document.addEventListener("DOMContentLoaded", hint);
  document.addEventListener("page-changed", hint);
  Object.assign(globalThis, { traceappKeysOf: keysOf, traceappSubmitSign: SUBMIT }); // for the sheet of keys
}
