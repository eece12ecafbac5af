"""Agreement on each question of a rubric, from what reviewers answered. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotation.domain import agreement
from annotation.domain.agreement import Alpha, Kappa, Scale
from annotation.domain.reviews.quality.comparable import Asked

RELIABLE, TENTATIVE = 0.8, 0.667
"""Of alpha: what conclusions may rest on, and what they may rest on for now (Krippendorff 2004, page 241)."""

FEWEST = 10
"""Units; fewer, and one more of them may turn everything."""


class Unit(NamedTuple):
    """What was judged: an item (inside id), or one step of it (outside id of the run)."""

    item: int
    step: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What one person (inside id) answered on one unit, by question key; sets of options as frozensets."""

    unit: Unit
    reviewer: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """How often one answer was given, among all answers to its question."""

    value: Any
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The figures of one question; `items` is how many items, or steps, were answered at least twice, `disagreed` how
    many not alike.

    `kappa` is Cohen's, for exactly two reviewers; `fleiss` that of any number.
    """

    asked: Asked
    items: int
    disagreed: int
    reviewers: int
    raw: float | None
    kappa: Kappa | None
    fleiss: float | None
    alpha: Alpha
    balance: tuple[Share, ...]

    @property
    def answers(self) -> int:
        """How many answers were given."""
        return sum(share.count for share in self.balance)

    @property
    def reliance(self) -> str:
        """What may be built on it, by Krippendorff's customary bounds: reliable, tentative, or weak; empty if unknown,
        or known from too few items to mean anything.
        """
        if self.alpha.value is None or self.items < FEWEST:
            return ""
        return "reliable" if self.alpha.value >= RELIABLE else "tentative" if self.alpha.value >= TENTATIVE else "weak"


@dataclass(frozen=True, slots=True)
class Confusion:
    """What two people (inside ids) answered to one question on the items, or steps, that both reviewed.

    The first one's answers are the rows.
    """

    asked: Asked
    one: int
    other: int
    values: tuple[Any, ...]
    cells: Mapping[tuple[Any, Any], int]
    kappa: Kappa

    @property
    def is_too_few(self) -> bool:
        """Whether an interval would claim to be surer than so few items can be."""
        return self.kappa.units < FEWEST

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, bool]]]]:
        """Per answer of the first its words, and per answer of the second how often, and whether they are alike."""
        return [
            (self.asked.worded(one), [(self.cells.get((one, other), 0), one == other) for other in self.values])
            for one in self.values
        ]

    @property
    def columns(self) -> list[str]:
        """The answers of the second in words."""
        return [self.asked.worded(value) for value in self.values]


Units = dict[Unit, dict[int, Any]]
"""Per item or step the values by reviewer."""


def units(given: Iterable[Given], key: str) -> Units:
    """The answers to one question, by item or step and reviewer."""
    found: Units = defaultdict(dict)
    for one in given:
        if key in one.values:
            found[one.unit][one.reviewer] = one.values[key]
    return dict(found)


def agreement_on(question: Asked, given: Sequence[Given]) -> Agreement:
    """All figures of one question."""
    found = units(given, question.key)
    paired = [answers for answers in found.values() if len(answers) > 1]
    reviewers = sorted({reviewer for answers in paired for reviewer in answers})
    return Agreement(
        asked=question,
        items=len(paired),
        disagreed=sum(_is_split(answers) for answers in paired),
        reviewers=len(reviewers),
        raw=agreement.raw(paired),
        kappa=_kappa(question, found, reviewers[0], reviewers[1]) if len(reviewers) == 2 else None,
        fleiss=agreement.fleiss(paired),
        alpha=agreement.alpha(_placed(question, paired), question.scale),
        balance=_balance(question, found),
    )


def _placed(question: Asked, paired: list[dict[int, Any]]) -> list[dict[int, Any]]:
    """With the places of answers for answers whose order is not that of their names."""
    if question.scale is not Scale.ORDINAL or not question.words:
        return paired
    places = question.places
    return [{rater: places[value] for rater, value in unit.items() if value in places} for unit in paired]


def disagreed(found: Units) -> list[Unit]:
    """The items or steps on which answers differ."""
    return [unit for unit in compared(found) if _is_split(found[unit])]


def compared(found: Units) -> list[Unit]:
    """The items or steps that at least two people answered: what agreement is computed from."""
    return [unit for unit, answers in found.items() if len(answers) > 1]


def alike(found: Units) -> list[Unit]:
    """Those of them on which all answers are the same."""
    return [unit for unit in compared(found) if not _is_split(found[unit])]


def answered(found: Units, value: Any) -> list[Unit]:
    """The items or steps that somebody gave this answer."""
    return [unit for unit, answers in found.items() if value in answers.values()]


def of_both(found: Units, one: int, other: int) -> list[Unit]:
    """The items or steps that these two people (inside ids) answered both."""
    return [unit for unit, answers in found.items() if one in answers and other in answers]


def in_cell(found: Units, table: Confusion, cell: tuple[Any, Any]) -> list[Unit]:
    """The items or steps to which the table's first person answered the one and the second the other."""
    one, other = table.one, table.other
    return [unit for unit in of_both(found, one, other) if (found[unit][one], found[unit][other]) == cell]


def confusion(question: Asked, given: Sequence[Given], one: int, other: int) -> Confusion:
    """Two reviewers held against each other."""
    found = units(given, question.key)
    cells = Counter(_pairs(found, one, other))
    seen = {value for pair in cells for value in pair}
    return Confusion(question, one, other, _ordered(question, seen), cells, _kappa(question, found, one, other))


def _pairs(found: Units, one: int, other: int) -> list[tuple[Any, Any]]:
    return [(found[unit][one], found[unit][other]) for unit in of_both(found, one, other)]


def _kappa(question: Asked, found: Units, one: int, other: int) -> Kappa:
    """Weighted where answers have an order, so that being one step apart is not as bad as ten."""
    pairs = _pairs(found, one, other)
    seen = {value for pair in pairs for value in pair}
    match question.scale:
        case Scale.INTERVAL:
            return agreement.cohen(pairs, places={value: float(value) for value in seen}, power=2)
        case Scale.ORDINAL:
            places = question.places or {value: float(place) for place, value in enumerate(sorted(seen))}
            known = [pair for pair in pairs if set(pair) <= places.keys()]
            return agreement.cohen(known, places=places, power=2)
        case _:
            return agreement.cohen(pairs)


def _is_split(answers: Mapping[int, Any]) -> bool:
    return len(set(answers.values())) > 1


def _balance(question: Asked, found: Units) -> tuple[Share, ...]:
    counts = Counter(value for answers in found.values() for value in answers.values())
    size = counts.total()
    return tuple(
        Share(value, question.worded(value), counts[value], counts[value] / size)
        for value in _ordered(question, counts)
    )


def _ordered(question: Asked, values: Iterable[Any]) -> tuple[Any, ...]:
    """In the order of the options; numbers by size; anything else by its words."""
    places = {key: place for place, key in enumerate(question.words)}
    if question.scale in {Scale.ORDINAL, Scale.INTERVAL} and not places:
        return tuple(sorted(values))
    return tuple(sorted(values, key=lambda value: (places.get(value, len(places)), question.worded(value))))
