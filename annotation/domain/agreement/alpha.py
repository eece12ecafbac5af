"""Krippendorff's alpha: any number of raters, any of them missing, any kind of values; with an interval.

Source: Krippendorff, "Content Analysis" (2004), chapter 11: alpha = 1 - observed / expected disagreement, both over the
values that can be paired, those of units with at least two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from annotation.domain.agreement.drawing import multinomial
from annotation.domain.agreement.scales import Distance, Scale, distance, positions

RESAMPLES = 1000
_DRAWS = 500_000
"""About a second's worth of drawing; tables with more than five hundred patterns are drawn fewer times."""

_FEWEST_RESAMPLES = 200
_SEED = 20110125


@dataclass(frozen=True, slots=True)
class Alpha:
    """Alpha with a 95 % interval over what other units might have been judged; None where it is not defined.

    `units` is how many had at least two values.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int


_Pattern = tuple[tuple[int, int], ...]
"""Which values a unit got, by place, and how often each."""

Measure = Callable[[Sequence[Any], Sequence[float]], Distance]


def krippendorff(
    units: Iterable[Mapping[Hashable, Any] | Collection[Any]],
    scale: Scale = Scale.NOMINAL,
    *,
    measure: Measure | None = None,
) -> float | None:
    """Alpha alone. `units` are values by rater, or just values; `measure` replaces the scale's squared difference."""
    return _Table(units, scale, measure).alpha()


def alpha(units: Iterable[Mapping[Hashable, Any] | Collection[Any]], scale: Scale = Scale.NOMINAL) -> Alpha:
    """Alpha and its interval: the middle 95 % of the alphas of tables drawn anew from the units, always the same ones."""
    table = _Table(units, scale)
    value = table.alpha()
    low, high = table.interval() if value is not None else (None, None)
    return Alpha(value, low, high, table.size)


class _Table:
    """Units as patterns: many units got the same values, and only how often each pattern occurs matters."""

    def __init__(
        self, units: Iterable[Mapping[Hashable, Any] | Collection[Any]], scale: Scale, measure: Measure | None = None
    ) -> None:
        rated = [list(unit.values() if isinstance(unit, Mapping) else unit) for unit in units]
        paired = [values for values in rated if len(values) > 1]
        self.scale, self.measure = scale, measure
        self.values = _in_order({value for values in paired for value in values})
        places = {value: place for place, value in enumerate(self.values)}
        found = Counter(tuple(sorted(Counter(places[value] for value in values).items())) for values in paired)
        self.patterns, self.weights = list(found), list(found.values())
        self.pairs = [_pairs(pattern) for pattern in self.patterns]
        self.size = len(paired)

    def alpha(self, weights: Sequence[int] | None = None) -> float | None:
        """Alpha when the patterns occur as often as `weights` say."""
        weights = weights or self.weights
        counts = self._counts(weights)
        apart = (self.measure or self._distance)(self.values, counts)
        expected = self._expected(counts, apart)
        if not expected:
            return None
        seen = zip(weights, self.pairs, strict=True)
        observed = sum(
            often * sum(share * apart(one, other) for one, other, share in pairs) for often, pairs in seen if often
        )
        return 1 - (sum(counts) - 1) * observed / expected

    def interval(self) -> tuple[float | None, float | None]:
        """The middle 95 % of resampled alphas; nothing if most of them are not defined."""
        times = max(_FEWEST_RESAMPLES, min(RESAMPLES, _DRAWS // max(1, len(self.patterns))))
        drawn = Random(_SEED)  # noqa: S311 -- the same table shall have the same interval
        found = [self.alpha(multinomial(drawn, self.weights)) for _ in range(times)]
        known = sorted(one for one in found if one is not None)
        if 2 * len(known) < times:
            return None, None
        return known[int(0.025 * len(known))], known[min(int(0.975 * len(known)), len(known) - 1)]

    def _distance(self, values: Sequence[Any], counts: Sequence[float]) -> Distance:
        return distance(self.scale, values, counts)

    def _counts(self, weights: Sequence[int]) -> list[float]:
        counts = [0.0] * len(self.values)
        for often, pattern in zip(weights, self.patterns, strict=True):
            for place, times in pattern:
                counts[place] += often * times
        return counts

    def _expected(self, counts: Sequence[float], apart: Distance) -> float:
        """Twice the sum of the squared differences of all values given, paired without regard to units."""
        placed = None if self.measure else positions(self.scale, self.values, counts)
        if placed is not None:
            given = list(zip(counts, placed, strict=True))
            mean = sum(count * place for count, place in given) / sum(counts) if given else 0
            return 2 * sum(counts) * sum(count * (place - mean) ** 2 for count, place in given)
        pairs = combinations([place for place, count in enumerate(counts) if count], 2)
        return 2 * sum(counts[one] * counts[other] * apart(one, other) for one, other in pairs)


def _pairs(pattern: _Pattern) -> list[tuple[int, int, float]]:
    """What a unit of this pattern adds to the coincidences off the diagonal: two values, and both directions' share."""
    others = sum(times for _place, times in pattern) - 1
    return [(one, other, 2 * here * there / others) for (one, here), (other, there) in combinations(pattern, 2)]


def _in_order(values: set[Any]) -> list[Any]:
    """Numbers and words in their order, anything else in a fixed one."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=repr)
