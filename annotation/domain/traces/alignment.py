"""Two trajectories side by side: which step of the one stands beside which of the other; pure.

Steps stand beside each other when they are alike by `key` (type and name), each once and in order: as many of them as can,
and among such alignments one in which as many as can say the same. Longest common subsequence, with weights.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 800
"""Steps of a side that are aligned; what comes after them stands alone, so that time stays bounded."""


class Mark(StrEnum):
    """How the two sides of a row differ."""

    ALIKE = "alike"
    DIFFERENT = "different"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """A step of the left side, of the right, or of both."""

    left: T | None
    right: T | None
    mark: Mark


def align(
    left: Sequence[T], right: Sequence[T], *, key: Callable[[T], Hashable], content: Callable[[T], Hashable]
) -> list[Row[T]]:
    """All steps of both sides, each once and in order. Paired steps have the same key; alike ones the same content too."""
    ones, others = list(left[:MOST]), list(right[:MOST])
    keys = [key(step) for step in ones], [key(step) for step in others]
    said = [content(step) for step in ones], [content(step) for step in others]
    rows: list[Row[T]] = []
    i = j = 0
    for at, beside in [*_pairs(keys, said), (len(ones), len(others))]:
        rows += [Row(step, None, Mark.LEFT) for step in ones[i:at]]
        rows += [Row(None, step, Mark.RIGHT) for step in others[j:beside]]
        if at < len(ones):
            mark = Mark.ALIKE if said[0][at] == said[1][beside] else Mark.DIFFERENT
            rows.append(Row(ones[at], others[beside], mark))
        i, j = at + 1, beside + 1
    rest = [Row(step, None, Mark.LEFT) for step in left[MOST:]]
    return rows + rest + [Row(None, step, Mark.RIGHT) for step in right[MOST:]]


_Sides = tuple[list[Hashable], list[Hashable]]


def _pairs(keys: _Sides, said: _Sides) -> list[tuple[int, int]]:
    """The places that stand beside each other. What both sides begin with needs no search."""
    size, other = len(keys[0]), len(keys[1])
    begin = 0
    while begin < min(size, other) and keys[0][begin] == keys[1][begin] and said[0][begin] == said[1][begin]:
        begin += 1
    best = _best(keys, said, begin)
    found = [(place, place) for place in range(begin)]
    i = j = begin
    while i < size and j < other:
        here = best[i - begin][j - begin]
        if here == best[i - begin + 1][j - begin]:
            i += 1
        elif here == best[i - begin][j - begin + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found


def _best(keys: _Sides, said: _Sides, begin: int) -> list[list[int]]:
    """For every two places the worth of the best alignment from there on: a pair counts far more than one that is alike."""
    ones, others = range(begin, len(keys[0])), range(begin, len(keys[1]))
    pair = min(len(ones), len(others)) + 1
    below = [0] * (len(others) + 1)
    table = [below]
    for i in reversed(ones):
        mine, words = keys[0][i], said[0][i]
        row = [0] * (len(others) + 1)
        for place in reversed(range(len(others))):
            best = max(row[place + 1], below[place])
            if mine == keys[1][begin + place]:
                together = below[place + 1] + pair + (words == said[1][begin + place])
                best = max(best, together)
            row[place] = best
        table.append(row)
        below = row
    table.reverse()
    return table
