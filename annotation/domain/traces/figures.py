"""Figures over runs and traces: how many, how long, how much; computed by the database, and ended when they take too long."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Max, Min, Q, QuerySet, Sum

from annotation.domain.traces.matching.bounds import bounded
from annotation.models import Run, Trace


class Percentile(Aggregate):
    """A continuous percentile: `Percentile("latency_ms", share=0.5)` is the median."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    allow_distinct = False

    def __init__(self, expression: str, *, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, **extra)


@dataclass(frozen=True, slots=True)
class Figures:
    """What rows come down to. Milliseconds, tokens, the currency of the prices; None where no row has the value."""

    count: int
    errors: int
    first_start: datetime | None
    last_start: datetime | None
    last_end: datetime | None
    latency_p50: float | None
    latency_p99: float | None
    input_tokens: int | None
    output_tokens: int | None
    total_tokens: int | None
    tokens_p50: float | None
    tokens_p99: float | None
    cost: Decimal | None
    cost_p50: float | None
    cost_p99: float | None

    @property
    def error_rate(self) -> float | None:
        """From 0 to 1; None without rows."""
        return self.errors / self.count if self.count else None


AGGREGATES: dict[str, Any] = {
    "count": Count("pk"),
    "errors": Count("pk", filter=Q(status="error")),
    "first_start": Min("started_at"),
    "last_start": Max("started_at"),
    "last_end": Max("ended_at"),
    "latency_p50": Percentile("latency_ms", share=0.5),
    "latency_p99": Percentile("latency_ms", share=0.99),
    "input_tokens": Sum("input_tokens"),
    "output_tokens": Sum("output_tokens"),
    "total_tokens": Sum("total_tokens"),
    "tokens_p50": Percentile("total_tokens", share=0.5),
    "tokens_p99": Percentile("total_tokens", share=0.99),
    "cost_p50": Percentile("cost", share=0.5),
    "cost_p99": Percentile("cost", share=0.99),
    "cost": Sum("cost"),
}
"""The columns are called the same on traces and on runs."""


def of_rows(rows: QuerySet[Run] | QuerySet[Trace]) -> Figures:
    """The figures of all rows. Raises FilterError when they are too many to count in time."""
    with bounded():
        found = rows.order_by().aggregate(**{f"all_{name}": aggregate for name, aggregate in AGGREGATES.items()})
    return Figures(**{field.name: found[f"all_{field.name}"] for field in fields(Figures)})


def first_tokens(rows: QuerySet[Run]) -> tuple[float | None, float | None]:
    """Median and 99th percentile of the time to the first token, in milliseconds."""
    with bounded():
        found = rows.order_by().aggregate(
            p50=Percentile("first_token_ms", share=0.5), p99=Percentile("first_token_ms", share=0.99)
        )
    return found["p50"], found["p99"]
