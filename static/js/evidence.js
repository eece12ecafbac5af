// Text selected in a trajectory becomes evidence of the next label that is given ([data-labels]); the passages stand in
// [data-evidence], each with a hidden field. All passages (li[data-run] with a <q>) are marked where they were said, if that is on
// the page: those of [data-evidence-before], which are of earlier reviews, less. A click on one (a[data-quote]) leads there.
"use strict";
{
  const LONGEST = 2_000;
  const PAUSE = 80;
  let held = null;
  let timer = 0;

  const hint = (words) => {
    const place = document.querySelector("[data-labels-hint]");
    if (place && place.textContent !== words) place.textContent = words;
  };

  const take = () => {
    clearTimeout(timer);
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0 || !document.querySelector("[data-evidence]")) return false;
    const range = selection.getRangeAt(0);
    const node = range.startContainer;
    const turn = (node instanceof Element ? node : node.parentElement)?.closest(".trajectory [data-run]");
    const text = turn ? said(selection, range, turn).trim().slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "") : "";
    if (!text) return false;
    held = { run: turn.dataset.run || null, text };
    hint(`The next label you give keeps the selected text as its evidence: “${text.length > 80 ? `${text.slice(0, 79).trimEnd()}…` : text}”`);
    return true;
  };

  // what is selected of one turn, without its head; a triple click ends where the next begins
  const said = (selection, range, turn) => {
    const body = turn.querySelector(".body") ?? turn;
    if (body.contains(range.startContainer) && body.contains(range.endContainer)) return selection.toString();
    const part = range.cloneRange();
    if (!body.contains(range.startContainer)) part.setStart(body, 0);
    if (!body.contains(range.endContainer)) part.setEnd(body, body.childNodes.length);
    return part.toString();
  };

  // White space does not count: a selection has line ends where the page has blocks, items and cells. Nor, for what is not found so,
  // do the signs that Markdown is written with: the page laid out has none, where texts stand as they came they are said too. What a
  // turn says without either is put together once, whatever is marked in it.
  const IGNORED = [/\s+/, /[\s!-/:-@[-`{-~]+/];
  const squeezed = (text, ignored) => text.split(ignored).join("");
  const known = new Map(IGNORED.map((ignored) => [ignored, new WeakMap()]));

  const textOf = (turn, ignored) => {
    const texts = known.get(ignored);
    if (!texts.has(turn)) {
      const walker = document.createTreeWalker(turn, NodeFilter.SHOW_TEXT);
      const parts = [], pieces = [];
      let length = 0;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const piece = squeezed(node.data, ignored);
        if (!piece) continue;
        parts.push([length, node]);
        pieces.push(piece);
        length += piece.length;
      }
      texts.set(turn, { parts, whole: pieces.join(""), found: new Map() });
    }
    return texts.get(turn);
  };

  const placeOf = (parts, index, ignored) => {
    const [from, node] = parts.findLast(([begin]) => begin <= index);
    let at = 0;
    for (let left = index - from; left > 0 || ignored.test(node.data[at]); at++) if (!ignored.test(node.data[at])) left--;
    return [node, at];
  };

  // Knuth, Morris and Pratt: a search that steps back in a text of megabytes takes seconds where it repeats itself.
  const indexIn = (text, wanted) => {
    const back = new Uint16Array(wanted.length); // how much of it still fits where one letter more does not
    const longer = (fit, code) => {
      while (fit > 0 && wanted.charCodeAt(fit) !== code) fit = back[fit - 1];
      return wanted.charCodeAt(fit) === code ? fit + 1 : fit;
    };
    for (let at = 1; at < wanted.length; at++) back[at] = longer(back[at - 1], wanted.charCodeAt(at));
    for (let at = 0, fit = 0; wanted && at < text.length; at++) {
      fit = longer(fit, text.charCodeAt(at));
      if (fit === wanted.length) return at + 1 - fit;
    }
    return -1;
  };

  const rangeWithout = (ignored, text, turn) => {
    const { parts, whole, found } = textOf(turn, ignored);
    const wanted = squeezed(text, ignored);
    if (!found.has(wanted)) {
      const start = indexIn(whole, wanted), last = start + wanted.length - 1;
      found.set(wanted, start < 0 ? null : between(placeOf(parts, start, ignored), placeOf(parts, last, ignored)));
    }
    return found.get(wanted);
  };

  const rangeOf = (text, turn) => IGNORED.reduce((range, ignored) => range ?? rangeWithout(ignored, text, turn), null);

  const between = ([startContainer, startOffset], [endContainer, last]) =>
    new StaticRange({ startContainer, startOffset, endContainer, endOffset: last + 1 });

  const rangesOf = (line) => {
    const turns = document.querySelectorAll(`.trajectory [data-run="${CSS.escape(line.dataset.run)}"]`);
    return [...turns].map((turn) => rangeOf(line.querySelector("q").textContent, turn)).filter(Boolean);
  };

  const shown = new Map();
  const show = (name, lines) => {
    const ranges = new Set(lines.flatMap(rangesOf));
    const before = shown.get(name) ?? new Set();
    if (ranges.size === before.size && [...ranges].every((range) => before.has(range))) return;
    shown.set(name, ranges);
    CSS.highlights.set(name, new Highlight(...ranges));
  };

  const mark = () => {
    if (!CSS.highlights) return;
    const lines = [...document.querySelectorAll("li[data-run]:has(> a[data-quote])")];
    const isBefore = (line) => line.closest("[data-evidence-before]");
    show("evidence", lines.filter((line) => !isBefore(line)));
    show("evidence-before", lines.filter(isBefore));
  };

  const line = (passage) => {
    const item = document.createElement("li");
    Object.assign(item.dataset, { label: passage.label, run: passage.run ?? "" });
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "evidence", value: JSON.stringify(passage) });
    const name = document.createElement("b");
    name.textContent = passage.label;
    const link = document.createElement("a");
    link.href = `${document.querySelector("[data-evidence]").dataset.evidence}${passage.run ?? ""}`;
    link.dataset.quote = "";
    link.append(Object.assign(document.createElement("q"), { dir: "auto" }));
    link.firstChild.textContent = passage.text;
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button", textContent: "×" });
    remove.dataset.evidenceRemove = "";
    remove.setAttribute("aria-label", "Take this passage away");
    item.append(field, name, " ", link, remove);
    return item;
  };

  const goTo = ({ startContainer, startOffset, endContainer, endOffset }) => {
    const range = new Range();
    range.setStart(startContainer, startOffset);
    range.setEnd(endContainer, endOffset);
    const place = startContainer.parentElement;
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    place.dispatchEvent(new CustomEvent("show-pane", { detail: "trajectory", bubbles: true }));
    for (let around = place; around; around = around.parentElement) { // a passage may be far down in its element
      const isPage = around === document.scrollingElement;
      if (!isPage && !/auto|scroll/.test(getComputedStyle(around).overflowY)) continue;
      const top = isPage ? 0 : around.getBoundingClientRect().top;
      around.scrollTop += range.getBoundingClientRect().top - top - around.clientHeight / 3;
    }
    CSS.highlights?.set("evidence-at", new Highlight(range));
  };

  document.addEventListener("selectionchange", () => { clearTimeout(timer); timer = setTimeout(take, PAUSE); });
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".trajectory")) { held = null; hint(""); } else take();
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    const list = document.querySelector("[data-evidence]");
    if (!list || !box.matches("[data-labels] input[name=labels]")) return;
    if (!box.checked) [...list.children].filter((item) => item.dataset.label === box.value).forEach((item) => item.remove());
    else if (take() || held) {
      list.append(line({ ...held, label: box.value }));
      held = null;
      hint("");
      getSelection().removeAllRanges();
    }
    mark();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-quote]");
    const range = link && rangesOf(link.closest("li"))[0];
    if (range) { event.preventDefault(); goTo(range); }
    const button = event.target.closest("[data-evidence-remove]");
    if (!button) return;
    const { label } = button.closest("li").dataset;
    button.closest("li").remove();
    const box = [...document.querySelectorAll("[data-labels] input[name=labels]")].find((other) => other.value === label);
    box?.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is kept
    mark();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const turn = event.target.closest?.(".turn[data-run]");
    if (turn) known.forEach((texts) => texts.delete(turn)); // more of it was loaded
  });
  document.addEventListener("restore-evidence", (event) => {
    document.querySelector("[data-evidence]")?.replaceChildren(...event.detail.map((value) => line(JSON.parse(value))));
    mark();
  });
  document.addEventListener("page-changed", mark);
  document.addEventListener("DOMContentLoaded", mark);
}
