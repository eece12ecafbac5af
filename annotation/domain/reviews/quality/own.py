"""What a reviewer is told of their own work, queue by queue: how much, how fast, and how alike to others and to themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from annotation.domain.queues import rubric_versions, state
from annotation.domain.reviews.quality import answers, comparable, consistency, figures
from annotation.domain.reviews.quality.comparable import Asked
from annotation.domain.reviews.quality.consistency import Consistency, GoldRow, Rate
from annotation.domain.reviews.quality.figures import Given
from annotation.domain.reviews.quality.pace import Median
from annotation.models import Probe, Queue, Review, User

_ENDED = (Queue.Status.COMPLETED, Queue.Status.ARCHIVED)
"""How alike a person answers twice names items that came twice: nothing to be told while more of them come."""


@dataclass(frozen=True, slots=True)
class WithOthers:
    """How often the person's answer to a question was that of another reviewer of the same item."""

    asked: Asked
    rate: Rate


@dataclass(frozen=True, slots=True)
class OwnWork:
    """One queue, from the view of one of its reviewers. `gold` is empty where the queue keeps that to its editors."""

    queue: Queue
    review_count: int
    last_at: Any
    median_seconds: float | None
    with_others: tuple[WithOthers, ...]
    consistency: tuple[Consistency, ...]
    gold: tuple[GoldRow, ...]


def work(queues: QuerySet[Queue], person: User) -> list[OwnWork]:
    """Of the queues in which the person gave reviews, the latest first."""
    middle = Median("active_ms", filter=Q(active_ms__gt=0))
    rows = Review.objects.filter(reviewer=person, item__queue__in=queues).values("item__queue")
    told = rows.annotate(count=Count("pk"), last=Max("submitted_at"), middle=middle)
    tested = Probe.objects.filter(reviewer=person, item__queue__in=queues, submitted_at__isnull=False)
    counted = tested.values("item__queue").annotate(count=Count("pk"), last=Max("submitted_at"))
    both = _together(told, {row["item__queue"]: row for row in counted})
    known = queues.in_bulk([row["item__queue"] for row in both])
    return [_of(known[row["item__queue"]], person, row) for row in both]


def _together(told: Iterable[Mapping[str, Any]], tested: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was answered where an item served to see how they judge counts as a review does; the latest first."""
    rows = []
    for row in told:
        beside = tested.get(row["item__queue"], {"count": 0, "last": row["last"]})
        rows.append({**row, "count": row["count"] + beside["count"], "last": max(row["last"], beside["last"])})
    return sorted(rows, key=lambda row: row["last"], reverse=True)


def _of(queue: Queue, person: User, row: dict[str, Any]) -> OwnWork:
    seconds = None if row["middle"] is None else row["middle"] / 1000
    return OwnWork(
        queue,
        row["count"],
        row["last"],
        seconds,
        tuple(with_others(_done(queue, person), _compared(queue), person.pk)),
        tuple(consistency.consistency(queue, person=person)) if queue.shows_gold or queue.status in _ENDED else (),
        tuple(consistency.gold(queue, person=person)) if queue.shows_gold else (),
    )


def _compared(queue: Queue) -> tuple[Asked, ...]:
    of_steps = [one for one in comparable.asked(rubric_versions.questions_of(queue)) if one.is_of_steps]
    return (*consistency.questions(queue), *of_steps)


def _done(queue: Queue, person: User) -> list[Given]:
    """All reviews of the items that the person has reviewed and that need no more: nobody sees others' words before."""
    mine = Review.objects.filter(reviewer=person, item__queue=queue, item__state=state.DONE).values("item")
    return answers.read(Review.objects.filter(item__in=mine).order_by("-id")[: answers.MOST])


def with_others(given: Sequence[Given], asked: Sequence[Asked], person: int) -> list[WithOthers]:
    """By question; every other reviewer of an item, or of one of its steps, counts once."""
    found = []
    for question in asked:
        pairs = [
            (said[person], other)
            for said in figures.units(given, question.key).values()
            if person in said
            for reviewer, other in said.items()
            if reviewer != person
        ]
        if pairs:
            found.append(WithOthers(question, Rate(sum(one == other for one, other in pairs), len(pairs))))
    return found
