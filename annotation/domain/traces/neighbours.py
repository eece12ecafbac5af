"""The traces next to one in a list, latest first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.models import Trace


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The next newer and the next older trace; None at the ends."""

    newer: UUID | None
    older: UUID | None


def of(trace: Trace, among: QuerySet[Trace]) -> Neighbours:
    """The neighbours of `trace` among the given traces. Two queries, both on the list's index."""
    at, number = trace.started_at, trace.pk
    newer = among.filter(Q(started_at__gt=at) | Q(started_at=at, pk__gt=number), started_at__gte=at)
    older = among.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=number), started_at__lte=at)
    return Neighbours(
        newer.order_by("started_at", "id").values_list("uuid", flat=True).first(),
        older.order_by("-started_at", "-id").values_list("uuid", flat=True).first(),
    )
