"""What lists of reviews show: corrections that wait for a word, and who did how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet, Sum

from annotation.models import Item, Queue, Review, User

WAITING_ORDER = ("submitted_at", "id")
RECENT = timedelta(days=14)


def waiting(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Those whose correction nobody has decided on yet; items taken out of their queue are left out."""
    proposed = reviews.filter(correction_state=Review.Correction.PROPOSED).exclude(item__state=Item.State.REMOVED)
    return proposed.select_related("item", "reviewer", "rubric")


@dataclass(frozen=True, slots=True)
class Load:
    """What one person reviewed in a queue lately."""

    reviewer: User
    review_count: int
    active_seconds: int
    last_at: datetime

    @property
    def seconds_each(self) -> int:
        """Time spent on one review, on average."""
        return self.active_seconds // self.review_count if self.review_count else 0


def load(queue: Queue, *, now: datetime) -> list[Load]:
    """Per reviewer, the reviews of the last 14 days in this queue, the busiest first."""
    recent = Review.objects.filter(item__queue=queue, modified_at__gte=now - RECENT)
    found = list(
        recent.values("reviewer")
        .annotate(reviews=Count("id"), active=Sum("active_ms"), last=Max("modified_at"))
        .order_by("-reviews", "reviewer")
    )
    people = User.objects.in_bulk([row["reviewer"] for row in found])
    return [Load(people[row["reviewer"]], row["reviews"], row["active"] // 1000, row["last"]) for row in found]
