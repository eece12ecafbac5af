"""What a rule would have caught over the last days, before it is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Aggregate, Count, FloatField, Q
from django.db.models.lookups import LessThan

from annotation.domain import sampling
from annotation.domain.traces import matching
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.models import Queue, Review, Trace, Workspace

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """Counts over `days`; `examples` are the newest sampled traces; `review_seconds` is for one day's items."""

    days: int
    trace_count: int
    matched_count: int
    sampled_count: int
    examples: tuple[Trace, ...]
    reviews_per_item: float = 1
    median_review_seconds: float | None = None

    @property
    def items_per_day(self) -> float:
        """Items that a day would bring, on average."""
        return self.sampled_count / self.days

    @property
    def matched_percent(self) -> float:
        """Share of the traces that match, in percent."""
        return 100 * self.matched_count / self.trace_count if self.trace_count else 0.0

    @property
    def review_hours_per_day(self) -> float | None:
        """How long people would review a day's items, at the queue's median."""
        if self.median_review_seconds is None:
            return None
        return self.items_per_day * self.reviews_per_item * self.median_review_seconds / 3600


class Median(Aggregate):
    """The middle value."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def preview(
    *,
    workspace: Workspace,
    rule: UUID,
    filter_text: str,
    sample_rate: Decimal,
    queue: Queue | None,
    days: int,
    now: datetime,
) -> Preview:
    """What a rule with this UUID would have done; a rule that does not exist yet gets another sample when it is made.

    Raises FilterError, and FilterTooSlow when counting takes too long.
    """
    passing = matching.compile(filter_text, workspace=workspace, now=now)
    window = Trace.objects.filter(workspace=workspace, started_at__gte=now - timedelta(days=days), started_at__lte=now)
    is_sampled = LessThan(SampleNumber(rule), sampling.threshold(sample_rate))
    with matching.bounded():
        matched = passing.traces(window)
        counts = matched.aggregate(matched=Count("pk"), sampled=Count("pk", filter=Q(is_sampled)))
        newest = matched.filter(is_sampled).order_by("-started_at", "-pk")[:EXAMPLES]
        return Preview(
            days=days,
            trace_count=window.count(),
            matched_count=counts["matched"],
            sampled_count=counts["sampled"],
            examples=tuple(newest),
            reviews_per_item=queue.reviewers_per_item + queue.double_percent / 100 if queue else 1,
            median_review_seconds=_median_seconds(queue) if queue else None,
        )


def _median_seconds(queue: Queue) -> float | None:
    reviews = Review.objects.filter(item__queue=queue, active_ms__gt=0)
    median = reviews.aggregate(median=Median("active_ms"))["median"]
    return median / 1000 if median is not None else None
