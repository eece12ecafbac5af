"""What a reviewer is told of their own work, queue by queue: how much, how fast, and how alike to others and to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from annotation.domain.queues import rubric_versions, state
from annotation.domain.reviews.quality import answers, consistency, figures
from annotation.domain.reviews.quality.consistency import Consistency, GoldRow, Rate
from annotation.domain.reviews.quality.figures import Asked, Given
from annotation.domain.reviews.quality.pace import Median
from annotation.models import Queue, Review, User


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
    told = rows.annotate(count=Count("pk"), last=Max("submitted_at"), middle=middle).order_by("-last")
    known = queues.in_bulk([row["item__queue"] for row in told])
    return [_of(known[row["item__queue"]], person, dict(row)) for row in told]


def _of(queue: Queue, person: User, row: dict[str, Any]) -> OwnWork:
    seconds = None if row["middle"] is None else row["middle"] / 1000
    return OwnWork(
        queue,
        row["count"],
        row["last"],
        seconds,
        tuple(with_others(_done(queue, person), _compared(queue), person.pk)),
        tuple(consistency.consistency(queue, person=person)),
        tuple(consistency.gold(queue, person=person)) if queue.shows_gold else (),
    )


def _compared(queue: Queue) -> tuple[Asked, ...]:
    of_steps = [one for one in figures.asked(rubric_versions.questions_of(queue)) if one.is_of_steps]
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
