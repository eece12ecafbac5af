// The words in which the sides of a row of a pair (.pair-row.different) differ are marked, without a change to the page. Of sides
// that have little in common, or are very long, it is only said that they differ: marks all over would tell nothing.
"use strict";
{
  const MOST_PAIRS = 4_000_000; // of words that are held against each other
  const LEAST_ALIKE = 0.25; // of the longer side
  const WORD = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;
  const known = new WeakMap();

  const wordsOf = (side) => {
    const walker = document.createTreeWalker(side.querySelector(".turn .body"), NodeFilter.SHOW_TEXT);
    const words = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const { 0: word, index } of node.data.matchAll(WORD)) words.push({ word, node, start: index, end: index + word.length });
    }
    return words;
  };

  // how long the longest common subsequence is from each place on, row after row of a table
  const lengths = (left, right) => {
    const width = right.length + 1;
    const table = new Uint16Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i--) {
      for (let j = right.length - 1; j >= 0; j--) {
        table[i * width + j] = left[i].word === right[j].word
          ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
      }
    }
    return table;
  };

  const apart = (left, right) => {
    if (left.length * right.length > MOST_PAIRS) return [];
    const table = lengths(left, right), width = right.length + 1;
    if (table[0] < LEAST_ALIKE * Math.max(left.length, right.length)) return [];
    const own = [];
    let i = 0, j = 0;
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && left[i].word === right[j].word) { i += 1; j += 1; }
      else if (j === right.length || (i < left.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) own.push(left[i++]);
      else own.push(right[j++]);
    }
    return own;
  };

  const rangesOf = (row) => {
    const sides = [...row.children];
    if (sides.length !== 2 || !sides.every((side) => side.querySelector(".turn .body"))) return [];
    const text = row.textContent;
    if (known.get(row)?.text !== text) known.set(row, { text, ranges: apart(...sides.map(wordsOf)).map(rangeOf) });
    return known.get(row).ranges;
  };
  const rangeOf = ({ node, start, end }) => new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });

  const mark = () => {
    const rows = document.querySelectorAll(".pair-row.different");
    if (!CSS.highlights || rows.length === 0) return;
    const all = new Highlight();
    for (const row of rows) {
      const ranges = rangesOf(row);
      ranges.forEach((range) => all.add(range));
      row.querySelectorAll(".pair-mark").forEach((chip) => chip.classList.toggle("sr-only", ranges.length > 0));
    }
    CSS.highlights.set("differing", all);
  };

  document.addEventListener("page-changed", mark);
  document.addEventListener("DOMContentLoaded", mark);
}
