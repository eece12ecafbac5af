// data-hotkey="j": the key clicks the element (or focuses it, if it is for typing). "mod+Enter" is Ctrl or ⌘ with Enter.
// Several keys are separated by spaces. Keys never fire while somebody types, in open dialogs (except those inside) or
// for keys that the focused control needs itself; chords with mod fire everywhere. AltGr writes text.
"use strict";
{
  const writes = (node) =>
    node instanceof Element &&
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

  const isUsable = (element, dialog) =>
    !element.disabled && !element.closest("[inert], [hidden]") && (dialog ? dialog.contains(element) : true)
    && element.getClientRects().length > 0;

  const answering = (name) => {
    const dialog = [...document.querySelectorAll("dialog[open]")].pop();
    return [...document.querySelectorAll("[data-hotkey]")].find(
      (element) => element.dataset.hotkey.split(" ").includes(name) && isUsable(element, dialog),
    );
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey && !event.ctrlKey) return;
    const name = nameOf(event);
    const chord = name.startsWith("mod+");
    if (!chord && (writes(event.target) || owns(event.target, event.key))) return;
    if (event.repeat && !["j", "k"].includes(event.key)) return; // a held key must not pass unseen things
    if (document.documentElement.dataset.swapping && !chord && !["j", "k"].includes(event.key)) return;
    const element = answering(name);
    if (!element) return;
    event.preventDefault();
    if (writes(element)) element.focus();
    else element.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && writes(event.target) && !document.querySelector("dialog[open]")) event.target.blur();
  });
}
