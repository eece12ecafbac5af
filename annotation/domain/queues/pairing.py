"""Pairs out of two lists of traces: those with the same input, of the same thread, with the same value of a metadata key, or
that answer the same example of a dataset.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5

from annotation.domain.traces.matching import run_level
from annotation.models import Run, Trace

INPUT, THREAD, EXAMPLE = "input", "thread", "example"
METADATA = "metadata."
"""What a key of the metadata is named with in front."""

MOST_READ = 20_000
"""Of each list the newest so many are looked at."""

MOST_PAIRS = 1_000
"""Made at a time."""

Pair = tuple[UUID, UUID]


class BadJoinError(ValueError):
    """What traces should be joined by is nothing that they have."""

    def __init__(self) -> None:
        super().__init__("Join by input, by thread, by example, or by metadata. with the key behind it.")


@dataclass(frozen=True, slots=True)
class Matched:
    """The pairs, those that began last first; `left_count` and `right_count` are how many traces were looked at."""

    pairs: tuple[Pair, ...]
    left_count: int
    right_count: int


@dataclass(frozen=True, slots=True)
class _Keyed:
    uuid: UUID
    started_at: datetime
    key: str


def matched(left: QuerySet[Trace], right: QuerySet[Trace], *, by: str, most: int = MOST_PAIRS) -> Matched:
    """Pairs of a trace of the one list and a trace of the other that are alike by `by`, each trace in one pair at most.

    `by` is "input", "thread", "example" or "metadata.KEY". Where several are alike, they pair in the order in which they began, so
    that the third turn of a thread meets the third. Traces without the key are left out. Raises BadJoinError; FilterError
    where the lists are filters that take too long.
    """
    ones, others = _keyed(left, by), _keyed(right, by)
    waiting: dict[str, deque[_Keyed]] = defaultdict(deque)
    for other in others:
        waiting[other.key].append(other)
    taken: set[UUID] = set()
    found: list[tuple[datetime, Pair]] = []
    for one in ones:
        partner = _partner(one, waiting[one.key], taken)
        if partner is not None:
            taken |= {one.uuid, partner.uuid}
            found.append((one.started_at, (one.uuid, partner.uuid)))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return Matched(tuple(pair for _, pair in found[:most]), len(ones), len(others))


def _partner(one: _Keyed, candidates: deque[_Keyed], taken: set[UUID]) -> _Keyed | None:
    """The first that is free, if `one` is; the lists may share traces."""
    if one.uuid in taken:
        return None
    passed = []
    found = None
    while candidates and found is None:
        candidate = candidates.popleft()
        if candidate.uuid == one.uuid:
            passed.append(candidate)
        elif candidate.uuid not in taken:
            found = candidate
    candidates.extendleft(reversed(passed))
    return found


def _keyed(traces: QuerySet[Trace], by: str) -> Sequence[_Keyed]:
    """The newest MOST_READ that have the key, oldest first."""
    match by:
        case "input":
            rows = traces.exclude(input=None).exclude(input="").annotate(join_key=MD5("input"))
        case "thread":
            rows = traces.annotate(join_key=F("thread_id"))
        case "example":
            rows = traces.annotate(join_key=Subquery(_example()))
        case _ if by.startswith(METADATA) and len(by) > len(METADATA):
            rows = traces.annotate(join_key=KeyTextTransform(by.removeprefix(METADATA), "metadata"))
        case _:
            raise BadJoinError
    newest = rows.exclude(join_key=None).order_by("-started_at", "-id")
    found = list(newest.values_list("uuid", "started_at", "join_key")[:MOST_READ])
    return [_Keyed(*row) for row in reversed(found)]


def _example() -> QuerySet[Run, str | None]:
    """Which example the root run says that it answers."""
    roots = Run.objects.filter(workspace=OuterRef("workspace"), uuid=OuterRef("root_run_uuid"), trace=OuterRef("pk"))
    named = KeyTextTransform(run_level.EXAMPLE, "attributes")
    return roots.annotate(example=named).values_list("example", flat=True)[:1]
