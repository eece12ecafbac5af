"""The conversations of a project with something said in a time, latest first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from annotation.domain.paging import BadCursorError
from annotation.domain.traces.figures import AGGREGATES, Figures
from annotation.domain.traces.filters.tree import Node
from annotation.domain.traces.matching import run_level
from annotation.domain.traces.matching.bounds import bounded
from annotation.domain.traces.matching.fields import Scope
from annotation.models import Run, Trace

SHOWN = 240


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A conversation with its figures; `first` and `last` are its outer traces, `failed` the last that failed."""

    thread_id: str
    figures: Figures
    first: Trace
    last: Trace
    failed: Trace | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some conversations and the cursor of those that follow."""

    rows: list[ThreadRow]
    next_cursor: str | None


def among(
    traces: QuerySet[Trace], *, scope: Scope, on_root: Sequence[Node] = (), in_tree: Sequence[Node] = ()
) -> QuerySet[Trace]:
    """Those of a workspace's traces whose root, or any run, meets the conditions."""
    runs = Run.objects.filter(trace=OuterRef("pk"))
    for node in on_root:
        traces = traces.filter(Exists(runs.filter(run_level.condition(node, scope), parent_uuid__isnull=True)))
    for node in in_tree:
        traces = traces.filter(Exists(runs.filter(run_level.condition(node, scope))))
    return traces


def page(traces: QuerySet[Trace], *, size: int, cursor: str | None = None) -> Page:
    """A page of the conversations that the traces are of. Raises BadCursorError, and FilterError when it takes too long."""
    spoken = traces.filter(thread_id__isnull=False)
    aggregates = {f"all_{name}": aggregate for name, aggregate in AGGREGATES.items()}
    grouped: Any = spoken.order_by().values("thread_id").annotate(**aggregates)
    if cursor:
        moment, thread = _decoded(cursor)
        grouped = grouped.filter(
            Q(("all_last_start__lt", moment)) | Q(("all_last_start", moment), thread_id__gt=thread)
        )
    with bounded():
        found = list(grouped.order_by("-all_last_start", "thread_id")[: size + 1])
        rows = _rows(spoken, found[:size])
    return Page(rows, _encoded(found[size - 1]) if len(found) > size else None)


def count(traces: QuerySet[Trace]) -> int:
    """How many conversations the traces are of. Raises FilterError when they are too many to count in time."""
    with bounded():
        return traces.order_by().values("thread_id").distinct().count()


def _rows(traces: QuerySet[Trace], found: Sequence[Mapping[str, Any]]) -> list[ThreadRow]:
    named = [row["thread_id"] for row in found]
    first, last = _outer(traces, named, "started_at"), _outer(traces, named, "-started_at")
    failed = _outer(traces.filter(status="error"), named, "-started_at")
    return [
        ThreadRow(
            row["thread_id"],
            Figures(**{field.name: row[f"all_{field.name}"] for field in fields(Figures)}),
            first[row["thread_id"]],
            last[row["thread_id"]],
            failed.get(row["thread_id"]),
        )
        for row in found
    ]


def _outer(traces: QuerySet[Trace], threads: Collection[str], order: str) -> dict[str, Trace]:
    """The first trace of each conversation in an order, with the first words."""
    found = traces.filter(thread_id__in=threads).order_by("thread_id", order, "id").distinct("thread_id")
    light = found.only("uuid", "thread_id", "started_at", "error")
    heads = light.annotate(input_head=Left(F("input"), SHOWN), output_head=Left(F("output"), SHOWN))
    return {str(trace.thread_id): trace for trace in heads}


def _encoded(row: Mapping[str, Any]) -> str:
    values = json.dumps([row["all_last_start"].isoformat(), row["thread_id"]])
    return base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[datetime, str]:
    try:
        moment, thread = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        parsed = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError, TypeError) as problem:
        raise BadCursorError from problem
    if parsed.tzinfo is None or not isinstance(thread, str) or "\0" in thread:
        raise BadCursorError
    return parsed, thread
