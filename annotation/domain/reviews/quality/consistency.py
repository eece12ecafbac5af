"""How reviewers judge what is known, and whether they judge the same thing the same way twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import QuerySet

from annotation.domain import agreement
from annotation.domain.agreement import Alpha, Scale
from annotation.domain.queues import rubric_versions
from annotation.domain.reviews.quality import comparable
from annotation.domain.reviews.quality.comparable import Asked
from annotation.models import Item, Probe, Queue, Review, User

MOST = 20_000
"""Figures are over the latest so many answers."""

_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with a 95 % interval (Wilson 1927, "Probable inference, the law of succession, …")."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.of

    @property
    def low(self) -> float:
        """Where the interval begins."""
        return max(0.0, self._middle - self._half)

    @property
    def high(self) -> float:
        """Where the interval ends."""
        return min(1.0, self._middle + self._half)

    @property
    def _middle(self) -> float:
        return (self.share + _Z**2 / (2 * self.of)) / (1 + _Z**2 / self.of)

    @property
    def _half(self) -> float:
        return _Z / (1 + _Z**2 / self.of) * sqrt(self.share * (1 - self.share) / self.of + _Z**2 / (4 * self.of**2))


@dataclass(frozen=True, slots=True)
class Known:
    """What one person answered to one question about a gold item, in words, and what is right."""

    item: Item
    answer: str
    right: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One person on one question of the gold items; `wrong` are the items that they answered otherwise."""

    reviewer: User
    asked: Asked
    rate: Rate
    wrong: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Twice:
    """What one person answered to an item the first time and again, in words."""

    item: Item
    reviewer: User
    first: str
    again: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """How alike answers to one question are when the same person gives them twice; `moved` are those that are not."""

    asked: Asked
    items: int
    raw: float | None
    alpha: Alpha
    moved: tuple[Twice, ...]


def gold(queue: Queue, *, person: User | None = None) -> list[GoldRow]:
    """By person and question, from the latest MOST answers to items that are gold now; of one person, if named."""
    return gold_rows(_answered(queue, Probe.Kind.GOLD, person), questions(queue))


def gold_rows(probes: Iterable[Probe], asked: Sequence[Asked]) -> list[GoldRow]:
    """As `gold`, from these answers."""
    found: dict[tuple[int, str], list[Known]] = {}
    people: dict[int, User] = {}
    for probe in probes:
        people[probe.reviewer_id] = probe.reviewer
        for question in asked:
            known = _known(question, probe.item, probe.answers)
            if known:
                found.setdefault((probe.reviewer_id, question.key), []).append(known)
    by_key = {one.key: one for one in asked}
    made = [
        GoldRow(
            people[person],
            by_key[key],
            Rate(sum(one.is_right for one in told), len(told)),
            tuple(one for one in told if not one.is_right),
        )
        for (person, key), told in found.items()
    ]
    return sorted(made, key=lambda row: (row.reviewer.email, asked.index(row.asked)))


def consistency(queue: Queue, *, person: User | None = None) -> list[Consistency]:
    """By question, from the latest MOST items that somebody was given again; of one person, if named."""
    probes = list(_answered(queue, Probe.Kind.RETEST, person))
    wanted = Review.objects.filter(item__in={probe.item_id for probe in probes})
    said = {(item, by): answers for item, by, answers in wanted.values_list("item_id", "reviewer_id", "answers")}
    both = [(probe, said[key]) for probe in probes if (key := (probe.item_id, probe.reviewer_id)) in said]
    return [made for one in questions(queue) if (made := _consistency(one, both)).items]


def questions(queue: Queue) -> tuple[Asked, ...]:
    """What is asked and can be compared; the parts beside the questions are not."""
    rubric = rubric_versions.questions_of(queue)
    keys = {question.key for question in rubric.questions}
    return (*[one for one in comparable.asked(rubric) if one.key in keys], comparable.PREFERRED)


def _answered(queue: Queue, kind: str, person: User | None) -> QuerySet[Probe]:
    rows = Probe.objects.filter(item__queue=queue, kind=kind, submitted_at__isnull=False)
    rows = rows.exclude(item__state=Item.State.REMOVED).select_related("item", "reviewer").order_by("-id")
    rows = rows.filter(item__gold__isnull=False) if kind == Probe.Kind.GOLD else rows
    return (rows.filter(reviewer=person) if person else rows)[:MOST]


def _known(asked: Asked, item: Item, answers: Mapping[str, Any]) -> Known | None:
    """None where the right answer is not known; an answer left out is wrong."""
    right = (item.gold or {}).get(asked.key)
    if right is None:
        return None
    given = answers.get(asked.key)
    return Known(item, _worded(asked, given), _worded(asked, right), _value(asked, given) == _value(asked, right))


def _consistency(asked: Asked, both: Sequence[tuple[Probe, Mapping[str, Any]]]) -> Consistency:
    told = [
        (probe, _value(asked, first[asked.key]), _value(asked, probe.answers[asked.key]))
        for probe, first in both
        if asked.key in first and asked.key in probe.answers
    ]
    units = [{0: first, 1: again} for _, first, again in told]
    moved = tuple(
        Twice(probe.item, probe.reviewer, asked.worded(first), asked.worded(again))
        for probe, first, again in told
        if first != again
    )
    return Consistency(asked, len(told), agreement.raw(units), agreement.alpha(units, asked.scale), moved)


def _value(asked: Asked, answer: Any) -> Any:
    """A set where the order says nothing, a tuple where it says all."""
    if not isinstance(answer, list):
        return answer
    return frozenset(answer) if asked.scale is Scale.SETS else tuple(answer)


def _worded(asked: Asked, answer: Any) -> str:
    return "no answer" if answer is None else asked.worded(_value(asked, answer))
