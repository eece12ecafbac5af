"""Raw agreement, Cohen's kappa of two raters, Fleiss' kappa of several."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import Any

_Z = 1.959963984540054
"""Of a normal distribution, 95 % lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Kappa with its standard error and the 95 % interval from it; None where it is not defined."""

    value: float | None
    error: float | None
    units: int

    @property
    def low(self) -> float | None:
        """The lower end of the interval, at least -1."""
        return None if self.value is None or self.error is None else max(-1.0, self.value - _Z * self.error)

    @property
    def high(self) -> float | None:
        """The upper end of the interval, at most 1."""
        return None if self.value is None or self.error is None else min(1.0, self.value + _Z * self.error)


def raw(units: Iterable[Mapping[Hashable, Any] | Collection[Any]]) -> float | None:
    """The share of pairs of raters that gave the same value, each unit counting once; None without any pair."""
    shares = [_same(counts) for counts in _counted(units) if counts.total() > 1]
    return sum(shares) / len(shares) if shares else None


def fleiss(units: Iterable[Mapping[Hashable, Any] | Collection[Any]]) -> float | None:
    """Fleiss' kappa (1971); units with fewer values than others are weighted as Gwet (2014) does for missing ones."""
    counted = [counts for counts in _counted(units) if counts]
    observed = raw([list(counts.elements()) for counts in counted])
    if observed is None:
        return None
    shares: dict[Any, float] = defaultdict(float)
    for counts in counted:
        for value, times in counts.items():
            shares[value] += times / counts.total()
    return _beyond(observed, sum((share / len(counted)) ** 2 for share in shares.values()))


def cohen(pairs: Iterable[tuple[Any, Any]], *, places: Mapping[Any, float] | None = None, power: int = 1) -> Kappa:
    """Cohen's kappa (1960) of the values that two raters gave to the same units.

    With `places`, which says where on a line each value stands, values farther apart disagree more: in proportion to
    the way between them (`power` 1, "linear weights") or to its square (2). The standard error is that of Fleiss, Cohen
    and Everitt (1969).
    """
    table = Counter(pairs)
    size = table.total()
    weights = _weights({value for pair in table for value in pair}, places, power)
    cells = {cell: times / size for cell, times in table.items()}
    one, other = _margins(cells, 0), _margins(cells, 1)
    observed = sum(share * weights[cell] for cell, share in cells.items())
    expected = sum(one[a] * other[b] * weights[a, b] for a, b in product(one, other))
    value = _beyond(observed, expected) if size else None
    if value is None:
        return Kappa(None, None, size)
    return Kappa(value, _error(cells, weights, value, expected) / sqrt(size), size)


def _error(cells: Mapping[Any, float], weights: Mapping[Any, float], value: float, expected: float) -> float:
    """The standard error of one unit."""
    one, other = _margins(cells, 0), _margins(cells, 1)
    of_one = {a: sum(share * weights[a, b] for b, share in other.items()) for a in one}
    of_other = {b: sum(share * weights[a, b] for a, share in one.items()) for b in other}
    spread = sum(
        share * (weights[a, b] - (of_one[a] + of_other[b]) * (1 - value)) ** 2 for (a, b), share in cells.items()
    )
    variance = spread - (value - expected * (1 - value)) ** 2
    return sqrt(max(0.0, variance)) / (1 - expected)


def _weights(values: Collection[Any], places: Mapping[Any, float] | None, power: int) -> dict[tuple[Any, Any], float]:
    """How much two values agree, from 0 to 1."""
    pairs = list(product(values, repeat=2))
    if places is None:
        return {(a, b): float(a == b) for a, b in pairs}
    widest = max((abs(places[a] - places[b]) for a, b in pairs), default=0) or 1
    return {(a, b): 1 - (abs(places[a] - places[b]) / widest) ** power for a, b in pairs}


def _margins(cells: Mapping[Any, float], side: int) -> dict[Any, float]:
    shares: dict[Any, float] = defaultdict(float)
    for cell, share in cells.items():
        shares[cell[side]] += share
    return shares


def _counted(units: Iterable[Mapping[Hashable, Any] | Collection[Any]]) -> list[Counter[Any]]:
    return [Counter(unit.values() if isinstance(unit, Mapping) else unit) for unit in units]


def _same(counts: Counter[Any]) -> float:
    size = counts.total()
    return sum(times * (times - 1) for times in counts.values()) / (size * (size - 1))


def _beyond(observed: float, expected: float) -> float | None:
    """Agreement beyond what chance gives; not defined where chance gives all of it."""
    return (observed - expected) / (1 - expected) if expected < 1 - 1e-12 else None
