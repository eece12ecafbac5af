"""Which step made a filter pass: the first run of a trace that meets one of the filter's conditions on runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from uuid import UUID

from annotation.domain.traces.filters.tree import And, Node, Or, Related
from annotation.domain.traces.matching.bounds import FilterTooSlow, bounded
from annotation.domain.traces.matching.compiler import TraceFilter, meets
from annotation.models import Run


def first_runs(passing: TraceFilter, traces: Collection[UUID]) -> Mapping[UUID, UUID]:
    """By trace the first such run of it, all by outside ids; traces that passed for something else are not among them.

    One statement, none where the filter asks nothing of runs. A `not run(…)` passes for what is not there, so it names no step.
    Of traces of the filter's workspace. None at all where finding them takes longer than a filter may: what is done with the
    traces is worth more than being led to a step of them.
    """
    asked = [meets(related, passing.scope) for related in _of_runs(passing.tree)]
    if not asked or not traces:
        return {}
    workspace = passing.scope.workspace_id
    runs = Run.objects.filter(
        reduce(or_, asked), workspace_id=workspace, trace__workspace_id=workspace, trace__uuid__in=traces
    )
    first = runs.order_by("trace_id", "start_nano", "id").distinct("trace_id")
    try:
        with bounded():
            return dict(first.values_list("trace__uuid", "uuid"))
    except FilterTooSlow:
        return {}


def _of_runs(node: Node) -> Iterator[Related]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _of_runs(part)
        case Related(subject="run"):
            yield node
        case _:
            pass
