"""All places of a text where a pattern matches, in time that grows with the text.

One way from the end of the text to its beginning finds where matches begin; from each of these the longest is taken, and none
overlap. Both ways remember the sets of places that they meet, as an automaton that is built while it runs: Thompson (1968),
and Aho, Sethi and Ullman, "Compilers" (1986), 3.7. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from annotation.domain.queues import patterns
from annotation.domain.queues.patterns import LONGEST_TEXT, Pattern

MOST_TRIED = 20
"""Places that are tried one by one, each for as long as a match may be."""

MOST_KEPT = 20_000
"""Ways from one set of places to the next that are remembered at a time."""


class Search:
    """Finds what a pattern matches. Raises PatternError where it cannot be read."""

    def __init__(self, source: str) -> None:
        self._beginning = patterns.beginning(source)
        self._onwards = _Automaton(patterns.compiled(source), is_floating=False)
        self._back = _Automaton(patterns.backwards(source), is_floating=True)

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each match, in order; matches of nothing are none, nor are any beyond LONGEST_TEXT characters."""
        if self._beginning not in text:
            return
        end = 0
        for start in self._starts(text):
            stop = self._longest(text, start) if start >= end else start
            if stop > start:
                yield start, stop
                end = stop

    def _starts(self, text: str) -> list[int]:
        """Where a match begins, at least: the few places of a beginning that is plain text, or all from the end on."""
        if self._beginning and text.count(self._beginning) <= MOST_TRIED:
            return [found.start() for found in re.finditer(re.escape(self._beginning), text)]
        places, found = self._back.start, []
        for at in range(len(text) - 1, -1, -1):
            places = self._back.after(places, text[at])
            if self._back.is_end(places):
                found.append(at)
        return found[::-1]

    def _longest(self, text: str, start: int) -> int:
        places, end = self._onwards.start, start
        for at in range(start, min(len(text), start + LONGEST_TEXT)):
            places = self._onwards.after(places, text[at])
            if not places:
                break
            if self._onwards.is_end(places):
                end = at + 1
        return end


@lru_cache(maxsize=256)
def search(source: str) -> Search:
    """The search for a pattern, with what it has met already. Raises PatternError."""
    return Search(source)


class _Automaton:
    """A pattern that remembers its ways; `is_floating`: a match may begin at any character."""

    def __init__(self, pattern: Pattern, *, is_floating: bool) -> None:
        self._pattern, self._is_floating = pattern, is_floating
        self.start = pattern.start
        self._ways: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._ends: dict[frozenset[int], bool] = {}

    def after(self, places: frozenset[int], character: str) -> frozenset[int]:
        found = self._ways.get((places, character))
        if found is None:
            found = self._pattern.after(places, character) | (self.start if self._is_floating else frozenset())
            if len(self._ways) >= MOST_KEPT:
                self._ways, self._ends = {}, {}  # texts of many scripts: forget, and begin again
            self._ways[places, character] = found
        return found

    def is_end(self, places: frozenset[int]) -> bool:
        found = self._ends.get(places)
        if found is None:
            found = self._ends[places] = self._pattern.is_end(places)
        return found
