"""Lists of runs across traces: the newest trace first, in a trace the latest run first.

Runs have no index by time of their own, which every span would pay for: a list walks the index of traces, and each
trace's runs by theirs, until its page is full. So no page costs more for a larger table, as long as the filter finds
something. What traces' rows can tell passes over those that hold nothing of what is asked for (`matching.narrowing`); a filter
that finds nothing otherwise is ended after `FILTER_TIMEOUT_MILLISECONDS`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.domain.paging import BadCursorError
from annotation.domain.traces.filters.tree import Node
from annotation.domain.traces.matching import narrowing, run_level
from annotation.domain.traces.matching.bounds import bounded
from annotation.domain.traces.matching.fields import Scope
from annotation.models import Project, Run

ORDER = ("-trace__started_at", "-trace_id", "-start_nano", "-id")
REVERSED = tuple(name.removeprefix("-") for name in ORDER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: all that is set holds at once. `on_root` looks at the root run, `in_tree` at any run of the trace."""

    projects: Sequence[UUID] = ()
    ids: Sequence[UUID] = ()
    trace: UUID | None = None
    traces: Sequence[UUID] = ()
    parent: UUID | None = None
    types: Sequence[str] = ()
    examples: Sequence[UUID] = ()
    is_root: bool | None = None
    has_error: bool | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    on_run: Sequence[Node] = ()
    on_root: Sequence[Node] = ()
    in_tree: Sequence[Node] = ()
    thread: str | None = None
    now: datetime = field(default_factory=datetime.now)


@dataclass(frozen=True, slots=True)
class Page:
    """Some runs, each with its trace and project, and the cursor of those that follow (None: these are the last)."""

    runs: list[Run]
    next_cursor: str | None


def matching(runs: QuerySet[Run], wanted: Wanted, *, workspace_id: int) -> QuerySet[Run]:
    """Those of the visible `runs` of a workspace that are wanted, in no order."""
    scope = Scope(workspace_id, wanted.now)
    runs = runs.filter(workspace_id=workspace_id, trace__workspace_id=workspace_id)
    runs = _described(_timed(_placed(runs, wanted, workspace_id), wanted), wanted)
    for node in (*wanted.on_run, *wanted.on_root, *wanted.in_tree):
        runs = runs.filter(narrowing.implied(node, scope))
    for node in wanted.on_run:
        runs = runs.filter(run_level.condition(node, scope))
    siblings = Run.objects.filter(trace=OuterRef("trace_id"))
    for node in wanted.on_root:
        roots = siblings.filter(parent_uuid__isnull=True)
        runs = runs.filter(Exists(roots.filter(run_level.condition(node, scope))))
    for node in wanted.in_tree:
        runs = runs.filter(Exists(siblings.filter(run_level.condition(node, scope))))
    return runs


def _placed(runs: QuerySet[Run], wanted: Wanted, workspace_id: int) -> QuerySet[Run]:
    """Where they are: by what has an index."""
    if wanted.projects:
        projects = Project.objects.filter(workspace_id=workspace_id, uuid__in=wanted.projects, deleted_at=None)
        runs = runs.filter(trace__project_id__in=list(projects.values_list("pk", flat=True)))
    if wanted.ids:
        runs = runs.filter(uuid__in=wanted.ids)
    if wanted.trace:
        runs = runs.filter(trace__uuid=wanted.trace)
    if wanted.traces:
        runs = runs.filter(trace__uuid__in=wanted.traces)
    if wanted.thread is not None:
        runs = runs.filter(trace__thread_id=wanted.thread)
    if wanted.parent:
        parents = Run.objects.filter(workspace_id=workspace_id, uuid=wanted.parent)
        trace = parents.values_list("trace_id", flat=True).first()
        runs = runs.filter(trace_id=trace, parent_uuid=wanted.parent) if trace else runs.none()
    return runs


def _timed(runs: QuerySet[Run], wanted: Wanted) -> QuerySet[Run]:
    """When they began; the bound on their traces is what the index knows."""
    if wanted.started_from:
        runs = runs.filter(narrowing.since(wanted.started_from), started_at__gte=wanted.started_from)
    if wanted.started_to:
        runs = runs.filter(narrowing.until(wanted.started_to), started_at__lt=wanted.started_to)
    return runs


def _described(runs: QuerySet[Run], wanted: Wanted) -> QuerySet[Run]:
    """What they are."""
    if wanted.types:
        runs = runs.filter(type__in=wanted.types)
    if wanted.is_root is not None:
        runs = runs.filter(parent_uuid__isnull=wanted.is_root)
    if wanted.has_error is not None:
        runs = runs.filter(narrowing.FAILED, status="error") if wanted.has_error else runs.exclude(status="error")
    if wanted.examples:
        runs = runs.filter(**{f"attributes__{run_level.EXAMPLE}__in": [str(one) for one in wanted.examples]})
    return runs


def page(runs: QuerySet[Run], *, size: int, cursor: str | None = None, oldest_first: bool = False) -> Page:
    """A page of the runs. Raises BadCursorError, and FilterError when it takes too long."""
    order = REVERSED if oldest_first else ORDER
    if cursor:
        runs = runs.filter(_after(_decoded(cursor), oldest_first=oldest_first))
    with bounded():
        found = list(runs.select_related("trace__project__workspace").order_by(*order)[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], _encoded(found[size - 1]))


_Key = tuple[datetime, int, int, int]


def _encoded(run: Run) -> str:
    values = [run.trace.started_at.isoformat(), run.trace_id, run.start_nano, run.pk]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> _Key:
    try:
        started, *numbers = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        trace, nano, pk = (int(number) for number in numbers)
        moment = datetime.fromisoformat(started)
    except (binascii.Error, ValueError, TypeError) as problem:
        raise BadCursorError from problem
    if moment.tzinfo is None or not all(0 <= number < 2**63 for number in (trace, nano, pk)):
        raise BadCursorError
    return moment, trace, nano, pk


def _after(key: _Key, *, oldest_first: bool) -> Q:
    """Behind the key, spelled so that the index of traces bounds the walk."""
    side = "gt" if oldest_first else "lt"
    started, trace, nano, pk = key
    beyond = Q((f"id__{side}", pk))
    for name, value in (("start_nano", nano), ("trace_id", trace), ("trace__started_at", started)):
        beyond = Q((f"{name}__{side}", value)) | Q((name, value)) & beyond
    return Q((f"trace__started_at__{side}e", started)) & beyond
