"""Draws units anew from a table of patterns, at the cost of its patterns rather than of its units."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from random import Random

_MANY = 50
"""From so many expected hits and misses on, a binomial number is a normal one for our purpose."""


def multinomial(drawn: Random, weights: Sequence[int]) -> list[int]:
    """How often each pattern occurs among as many draws as there are units, each drawn by its weight."""
    left, size = sum(weights), sum(weights)
    counts = []
    for weight in weights:
        count = _binomial(drawn, left, weight / size) if left else 0
        counts.append(count)
        left, size = left - count, size - weight
    return counts


def _binomial(drawn: Random, times: int, chance: float) -> int:
    """How many of so many throws hit."""
    if chance >= 1:
        return times
    if chance > 0.5:
        return times - _binomial(drawn, times, 1 - chance)
    if times * chance * (1 - chance) > _MANY:
        hits = drawn.gauss(times * chance, sqrt(times * chance * (1 - chance)))
        return min(times, max(0, round(hits)))
    return _few(drawn.random(), times, chance)


def _few(point: float, times: int, chance: float) -> int:
    """The number of hits at this point of the distribution, added up from none."""
    hits, share = 0, (1 - chance) ** times
    odds = chance / (1 - chance)
    while point > share and hits < times:
        point -= share
        share *= odds * (times - hits) / (hits + 1)
        hits += 1
    return hits
