"""Strengths from comparisons of two, by the model of Bradley and Terry.

The chance that one beats another is s1 / (s1 + s2). Source: Hunter, "MM algorithms for generalized Bradley-Terry models"
(2004). A tie counts as half a win of each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from random import Random

RESAMPLES = 300
_SEED = 19521203
_PRIOR = 0.5
"""Every competitor is taken to have tied once with an average one: who has only won is strong, not infinitely so."""

_ROUNDS, _ENOUGH, _ENOUGH_AGAIN = 500, 1e-7, 1e-3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two that were compared; `score` is 1 where the first was better, 0 the second, 0.5 neither."""

    first: str
    second: str
    score: float


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong one is. `win_rate` is its share of its comparisons, ties as halves; `chance` is that of beating an
    average one, with a 95 % interval over which comparisons might have been made.
    """

    name: str
    comparisons: int
    win_rate: float
    chance: float
    low: float
    high: float


def strengths(comparisons: Iterable[Comparison]) -> list[Strength]:
    """All that were compared, the strongest first."""
    made = list(comparisons)
    names = sorted({name for one in made for name in (one.first, one.second)})
    fitted = _fit(made, dict.fromkeys(names, 1.0), _ENOUGH)
    drawn = Random(_SEED)  # noqa: S311 -- the same comparisons shall have the same intervals
    again = [_fit(drawn.choices(made, k=len(made)), fitted, _ENOUGH_AGAIN) for _ in range(RESAMPLES)] if made else []
    found = [_strength(name, made, fitted[name], sorted(one[name] for one in again)) for name in names]
    return sorted(found, key=lambda one: (-one.chance, one.name))


def _strength(name: str, made: Sequence[Comparison], fitted: float, again: Sequence[float]) -> Strength:
    scores = [one.score if one.first == name else 1 - one.score for one in made if name in (one.first, one.second)]
    low, high = again[int(0.025 * len(again))], again[int(0.975 * len(again))]
    rate = sum(scores) / len(scores)
    return Strength(name, len(scores), rate, _chance(fitted), _chance(low), _chance(high))


def _chance(strength: float) -> float:
    return strength / (1 + strength)


def _fit(made: Iterable[Comparison], found: dict[str, float], enough: float) -> dict[str, float]:
    """Strengths around 1, which is an average one's; bettered from `found` until nothing moves by more than `enough`."""
    wins: dict[str, float] = defaultdict(float)
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for one in made:
        wins[one.first] += one.score
        wins[one.second] += 1 - one.score
        met[one.first][one.second] += 1
        met[one.second][one.first] += 1
    for _ in range(_ROUNDS):
        better = _centred({name: _improved(name, found, wins, met) for name in found})
        moved = max((abs(log(better[name] / found[name])) for name in found), default=0.0)
        found = better
        if moved < enough:
            break
    return found


def _improved(
    name: str, found: Mapping[str, float], wins: Mapping[str, float], met: Mapping[str, Counter[str]]
) -> float:
    mine = found[name]
    shares = sum(times / (mine + found[other]) for other, times in met[name].items())
    return (wins[name] + _PRIOR) / (shares + 2 * _PRIOR / (mine + 1))


def _centred(found: dict[str, float]) -> dict[str, float]:
    middle = exp(sum(log(one) for one in found.values()) / len(found)) if found else 1.0
    return {name: one / middle for name, one in found.items()}
