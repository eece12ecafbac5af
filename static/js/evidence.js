// Text selected in the trajectory becomes evidence of the next label that is given ([data-labels]); the passages stand in
// [data-evidence], each with a hidden field, and are marked where they were said; so are those of earlier reviews
// ([data-evidence-before]).
"use strict";
{
  const LONGEST = 2_000;
  let held = null;

  const hint = (words) => {
    const place = document.querySelector("[data-labels-hint]");
    if (place && place.textContent !== words) place.textContent = words;
  };

  const take = () => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return false;
    const node = selection.getRangeAt(0).startContainer;
    const turn = (node instanceof Element ? node : node.parentElement)?.closest("#trajectory [data-run]");
    const text = selection.toString().trim().slice(0, LONGEST);
    if (!turn || !text || !document.querySelector("[data-evidence]")) return false;
    held = { run: turn.dataset.run, text };
    hint("The next label you give keeps the selected text as its evidence.");
    return true;
  };

  const rangeOf = (text, within) => {
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    const parts = [];
    let whole = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) { parts.push([whole.length, node]); whole += node.data; }
    const start = whole.indexOf(text);
    if (start < 0) return null;
    const range = new Range();
    const at = (place) => { const [from, node] = parts.findLast(([begin]) => begin <= place); return [node, place - from]; };
    range.setStart(...at(start));
    const [node, offset] = at(start + text.length - 1);
    range.setEnd(node, offset + 1);
    return range;
  };

  const mark = () => {
    if (!CSS.highlights) return;
    CSS.highlights.set("evidence", new Highlight(...rangesOf("[data-evidence] li")));
    CSS.highlights.set("evidence-before", new Highlight(...rangesOf("[data-evidence-before] li")));
  };

  const rangesOf = (lines) =>
    [...document.querySelectorAll(lines)].flatMap((line) => {
      const text = line.querySelector("q").textContent;
      const turns = document.querySelectorAll(`#trajectory [data-run="${CSS.escape(line.dataset.run)}"]`);
      return [...turns].map((turn) => rangeOf(text, turn)).filter(Boolean);
    });

  const line = (label, passage) => {
    const item = document.createElement("li");
    Object.assign(item.dataset, { label, run: passage.run });
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "evidence", value: JSON.stringify({ label, ...passage }) });
    const name = document.createElement("b");
    name.textContent = label;
    const words = document.createElement("q");
    words.textContent = passage.text;
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button", textContent: "×" });
    remove.dataset.evidenceRemove = "";
    remove.setAttribute("aria-label", "Take this passage away");
    item.append(field, name, " ", words, remove);
    return item;
  };

  document.addEventListener("selectionchange", take);
  document.addEventListener("pointerdown", (event) => {
    if (held && event.target.closest("#trajectory")) { held = null; hint(""); }
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    const list = document.querySelector("[data-evidence]");
    if (!list || !box.matches("[data-labels] input[name=labels]")) return;
    if (!box.checked) [...list.children].filter((item) => item.dataset.label === box.value).forEach((item) => item.remove());
    else if (take() || held) {
      list.append(line(box.value, held));
      held = null;
      hint("");
      getSelection().removeAllRanges();
    }
    mark();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-evidence-remove]");
    if (!button) return;
    const { label } = button.closest("li").dataset;
    button.closest("li").remove();
    const box = [...document.querySelectorAll("[data-labels] input[name=labels]")].find((other) => other.value === label);
    box?.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is kept
    mark();
  });
  document.addEventListener("page-changed", mark);
  document.addEventListener("DOMContentLoaded", mark);
}
