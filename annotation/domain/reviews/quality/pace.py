"""How a queue is getting on: reviews by day, when it will be through, how old what waits is, who did how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from annotation.domain.queues import sharing
from annotation.domain.reviews.quality.forecast import LATELY, Forecast, forecast, span
from annotation.models import Item, Queue, Review, User

AGES = ((1, "under a day"), (3, "1 to 3 days"), (7, "3 to 7 days"), (30, "7 to 30 days"), (None, "over 30 days"))
"""Bounds in days of how long open items have waited, and their words."""


class Median(Aggregate):
    """The middle value; nulls are left out."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


_MIDDLE = Median(F("active_ms"), filter=Q(active_ms__gt=0))
"""The active time of a middling review; of those of which it is known: given on our page."""


@dataclass(frozen=True, slots=True)
class Day:
    """Reviews submitted on one day."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Age:
    """Open items that have waited so long."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one person did in a queue lately, None of it if nothing, and how many open items are assigned to them now.

    `median_seconds` is the active time of one review, None if not known.
    """

    reviewer: User
    review_count: int
    median_seconds: float | None
    last_at: datetime | None
    assigned_count: int


@dataclass(frozen=True, slots=True)
class Pace:
    """All of it. `left` is how many reviews are still to be given; `oldest_at` when the oldest open item came.

    `per_day` is the average of the `days`, but for those before the first review. `forecast` is None where nothing is left, or
    it is too early to say.
    """

    days: tuple[Day, ...]
    per_day: float
    left: int
    forecast: Forecast | None
    ages: tuple[Age, ...]
    oldest_at: datetime | None
    median_seconds: float | None
    loads: tuple[Load, ...]

    @property
    def busiest(self) -> int:
        """The most reviews on one day; what a chart's full height means."""
        return max((day.count for day in self.days), default=0)


def of_queue(queue: Queue, *, now: datetime) -> Pace:
    """Of the last LATELY days; seven statements, whatever the queue's size."""
    every = Review.objects.filter(item__queue=queue)
    recent = every.filter(submitted_at__gte=_start(now))
    begun, median = recent.aggregate(first=Min("submitted_at"), middle=_MIDDLE).values()
    if every.filter(submitted_at__lt=_start(now)).exists():
        begun = now - timedelta(days=LATELY)
    days = _days(recent, now.date())
    given = sum(day.count for day in days)
    open_items = Item.objects.filter(queue=queue, state=Item.State.OPEN)
    left, oldest_at, *counts = _waiting(open_items, queue, now)
    return Pace(
        days=days,
        per_day=given / span(begun or now, now),
        left=left,
        forecast=forecast(left=left, given=given, begun=begun, now=now),
        ages=tuple(Age(words, count) for (_bound, words), count in zip(AGES, counts, strict=True)),
        oldest_at=oldest_at,
        median_seconds=_seconds(median),
        loads=_loads(recent, sharing.assigned(queue)),
    )


def _start(now: datetime) -> datetime:
    """Midnight of the first of the days."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=LATELY - 1)


def _days(recent: QuerySet[Review], today: date) -> tuple[Day, ...]:
    """Every day, those without reviews too."""
    rows = recent.annotate(day=TruncDate("submitted_at")).values_list("day").annotate(count=Count("pk"))
    counts = dict(rows.order_by())
    days = [today - timedelta(days=back) for back in reversed(range(LATELY))]
    return tuple(Day(day, counts.get(day, 0)) for day in days)


def _waiting(items: QuerySet[Item], queue: Queue, now: datetime) -> Sequence[Any]:
    """Reviews still to be given, when the oldest item came, and how many items are of each age; in one statement."""
    bounds = [None, *[now - timedelta(days=days) for days, _words in AGES if days]]
    ages = {}
    for place, (younger, older) in enumerate(zip(bounds, [*bounds[1:], None], strict=True)):
        within = Q() if older is None else Q(created_at__gt=older)
        within &= Q() if younger is None else Q(created_at__lte=younger)
        ages[f"age_{place}"] = Count("pk", filter=within) if within else Count("pk")
    given = Sum(F("review_count") - F("double_seats") - F("extra_seats"), default=0)
    found = items.aggregate(items=Count("pk"), given=given, oldest=Min("created_at"), **ages)
    left = found["items"] * queue.reviewers_per_item - found["given"]
    return [left, found["oldest"], *[found[name] for name in ages]]


def _loads(recent: QuerySet[Review], assigned: Mapping[int, int]) -> tuple[Load, ...]:
    """Who reviewed most first; at the end those who have nothing but assigned items."""
    rows = list(
        recent.values("reviewer")
        .annotate(reviews=Count("pk"), middle=_MIDDLE, last=Max("submitted_at"))
        .order_by("-reviews", "reviewer")
    )
    done = {row["reviewer"]: (row["reviews"], _seconds(row["middle"]), row["last"]) for row in rows}
    people = User.objects.in_bulk([*done, *assigned])
    idle = sorted(assigned.keys() - done.keys(), key=lambda person: (-assigned[person], people[person].email))
    return tuple(
        Load(people[person], *done.get(person, (0, None, None)), assigned.get(person, 0)) for person in (*done, *idle)
    )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
