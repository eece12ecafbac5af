"""The way from a trace's root to each of some runs."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from annotation.models import Run

Step = tuple[int, UUID]
"""A run on the way: when it began, in nanoseconds since 1970, and its id."""


def paths(runs: Collection[Run]) -> dict[UUID, list[Step]]:
    """The steps from the root down to each run, itself last; from the topmost that has come. One query."""
    traces = {run.trace_id for run in runs}
    known = {
        uuid: (parent, nano)
        for uuid, parent, nano in Run.objects.filter(trace_id__in=traces).values_list(
            "uuid", "parent_uuid", "start_nano"
        )
    }
    return {run.uuid: _path(run.uuid, known) for run in runs}


def _path(run: UUID, known: dict[UUID, tuple[UUID | None, int]]) -> list[Step]:
    way: list[Step] = []
    here: UUID | None = run
    seen: set[UUID] = set()
    while here in known and here not in seen:
        seen.add(here)
        parent, nano = known[here]
        way.append((nano, here))
        here = parent
    return way[::-1]
