"""How far apart two values are, by what kind of values they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Any, TypeAlias

Distance: TypeAlias = Callable[[int, int], float]
"""The squared difference of two values, named by their places in the list of values."""


class Scale(StrEnum):
    """What differences between values mean.

    `nominal`: same or not. `ordinal`: an order. `interval`: numbers. `ratio`: numbers with a zero. `sets`: any of
    several options, as a frozenset.
    """

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"
    SETS = "sets"


def positions(scale: Scale, values: Sequence[Any], counts: Sequence[float]) -> list[float] | None:
    """Where the values stand on a line, if their difference is a difference on a line; `values` in their order.

    An ordinal value stands at the middle of its ranks, so that two values are as far apart as there are values between
    them, which is Krippendorff's ordinal metric.
    """
    if scale is Scale.INTERVAL:
        return [float(value) for value in values]
    if scale is Scale.ORDINAL:
        above = accumulate(counts)
        return [end - count / 2 for end, count in zip(above, counts, strict=True)]
    return None


def distance(scale: Scale, values: Sequence[Any], counts: Sequence[float]) -> Distance:
    """The squared difference between any two of `values`, `counts` of which were given.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011); for sets Jaccard's distance.
    """
    placed = positions(scale, values, counts)
    if placed is not None:
        return lambda one, other: (placed[one] - placed[other]) ** 2
    measures: dict[Scale, Callable[[Any, Any], float]] = {Scale.RATIO: _ratio, Scale.SETS: _jaccard}
    measure = measures.get(scale, _differs)
    return lambda one, other: measure(values[one], values[other])


def _differs(one: Any, other: Any) -> float:
    return float(one != other)


def _ratio(one: float, other: float) -> float:
    return ((one - other) / (one + other)) ** 2 if one != other else 0.0


def _jaccard(one: frozenset[Any], other: frozenset[Any]) -> float:
    return 1 - len(one & other) / len(one | other) if one != other else 0.0
