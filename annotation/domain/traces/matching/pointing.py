"""Which steps made a filter pass: the runs of a trace that meet one of the filter's conditions on runs.

A `not run(…)` passes for what is not there, so it names no step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.domain.traces.filters import FilterError
from annotation.domain.traces.filters.tree import And, Node, Or, Related
from annotation.domain.traces.matching.bounds import FilterTooSlow, bounded
from annotation.domain.traces.matching.compiler import TraceFilter, meets
from annotation.models import Run, Trace


def names_steps(passing: TraceFilter) -> bool:
    """Whether the filter asks for runs at all."""
    return any(True for _ in _of_runs(passing.tree))


def runs(passing: TraceFilter, *, of: QuerySet[Trace]) -> QuerySet[Run]:
    """All such runs of these traces of the filter's workspace, in no order. Raises FilterError where the filter names no step."""
    asked = _asked(passing)
    if not asked:
        raise FilterError(
            "This filter does not say which steps are meant.",
            hint="Say it with run(…), for example `run(type: tool, status: error)`.",
        )
    return _of_workspace(passing).filter(reduce(or_, asked), trace__in=of.values("pk"))


def first_runs(passing: TraceFilter, traces: Collection[UUID]) -> Mapping[UUID, UUID]:
    """By trace the first such run of it, all by outside ids; traces that passed for something else are not among them.

    One statement, none where the filter asks nothing of runs. Of traces of the filter's workspace. None at all where finding
    them takes longer than a filter may: what is done with the traces is worth more than being led to a step of them.
    """
    asked = _asked(passing)
    if not asked or not traces:
        return {}
    found = _of_workspace(passing).filter(reduce(or_, asked), trace__uuid__in=traces)
    first = found.order_by("trace_id", "start_nano", "id").distinct("trace_id")
    try:
        with bounded():
            return dict(first.values_list("trace__uuid", "uuid"))
    except FilterTooSlow:
        return {}


def _asked(passing: TraceFilter) -> list[Q]:
    return [meets(related, passing.scope) for related in _of_runs(passing.tree)]


def _of_workspace(passing: TraceFilter) -> QuerySet[Run]:
    workspace = passing.scope.workspace_id
    return Run.objects.filter(workspace_id=workspace, trace__workspace_id=workspace)


def _of_runs(node: Node) -> Iterator[Related]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _of_runs(part)
        case Related(subject="run"):
            yield node
        case _:
            pass
