"""What a condition on a run says about its trace's row, so that the traces that cannot hold such a run are passed over.

A trace's row sums up its runs (`ingest.rollup`): how many failed, which tags and metadata they have, the thread. A list of
runs walks the traces in order; without this, one that looks for what is rare reads the runs of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from annotation.domain.traces.filters.tree import And, Condition, Node, Operator, Or, Related
from annotation.domain.traces.matching import fields
from annotation.domain.traces.matching.compiler import POSITIVE, placed
from annotation.domain.traces.matching.fields import Scope
from annotation.models import Feedback, Run

SLACK = timedelta(days=1)
"""How much later or earlier than its trace a run may begin and still be found by its own start."""
FAILED = Q(trace__error_count__gt=0)
"""A run of the trace failed."""
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_NAMED = (Operator.IS, Operator.ANY_OF)


def implied(node: Node, scope: Scope) -> Q:
    """A condition on `trace`, from a run, that every run passes which passes `node`; empty if the row says nothing.

    A run is looked for under its trace's thread, and among the first hundred tags of its trace.
    """
    match node:
        case And(parts):
            return reduce(and_, (implied(part, scope) for part in parts), Q())
        case Or(parts):
            found = [implied(part, scope) for part in parts]
            return reduce(or_, found) if all(found) else Q()
        case Related():
            return _said_about(node, scope)
        case Condition() if node.field in _READERS and node.operator not in POSITIVE:
            return _READERS[node.field](node, scope)
        case _:
            return Q()


def _said_about(related: Related, scope: Scope) -> Q:
    """Feedback on a run names the run's trace as well, as soon as the run has come."""
    meets = reduce(and_, (placed(one, fields.FEEDBACK, scope) for one in related.conditions), Q())
    given = Feedback.objects.filter(meets, workspace_id=scope.workspace_id, trace_uuid__isnull=False)
    return Q(trace__uuid__in=given.values("trace_uuid"))


def _status(condition: Condition, _scope: Scope) -> Q:
    return FAILED if set(condition.values) == {"error"} else Q()


def _error(_condition: Condition, _scope: Scope) -> Q:
    """Only failed runs have one."""
    return FAILED


def _tag(condition: Condition, _scope: Scope) -> Q:
    """Marks that LangChain puts on steps, which have colons, stay on the runs."""
    tags = [str(value) for value in condition.values]
    if condition.operator not in _NAMED or any(":" in tag for tag in tags):
        return Q()
    return Q(trace__tags__contains=tags) if len(tags) == 1 else Q(trace__tags__overlap=tags)


def _metadata(condition: Condition, _scope: Scope) -> Q:
    """All keys of the runs are there; which run's value wins is another matter."""
    return Q(trace__metadata__has_any_keys=[condition.key, condition.key.partition(".")[0]])


def _thread(condition: Condition, _scope: Scope) -> Q:
    if condition.operator not in _NAMED:
        return Q(trace__thread_id__isnull=False)
    return Q(trace__thread_id__in=[str(value) for value in condition.values])


def _parent(condition: Condition, scope: Scope) -> Q:
    """Below a run that has come."""
    if condition.operator is Operator.EXISTS:
        return Q()
    parents = Run.objects.filter(workspace_id=scope.workspace_id, uuid__in=list(condition.values))
    return Q(trace__in=parents.values("trace"))


def _time(condition: Condition, _scope: Scope) -> Q:
    value = condition.values[0] if condition.values else None
    if not isinstance(value, datetime):
        return Q()
    if condition.operator in (Operator.ABOVE, Operator.AT_LEAST):
        return since(value)
    return until(value) if condition.operator in (Operator.BELOW, Operator.AT_MOST) else since(value) & until(value)


def since(moment: datetime) -> Q:
    """Traces of runs that begin at the moment or later."""
    return Q(trace__started_at__gte=max(moment, _FIRST + SLACK) - SLACK)


def until(moment: datetime) -> Q:
    """Traces of runs that begin at the moment or earlier."""
    return Q(trace__started_at__lte=min(moment, _LAST - SLACK) + SLACK)


_READERS: dict[str, Callable[[Condition, Scope], Q]] = {
    "status": _status,
    "error": _error,
    "tag": _tag,
    "metadata": _metadata,
    "thread": _thread,
    "parent": _parent,
    "time": _time,
}
