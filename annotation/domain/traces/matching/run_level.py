"""Filters over runs instead of traces: where the fields stand in a run's own row."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull

from annotation.domain.traces.filters.tree import And, Condition, Node, Not, Operator, Or, Related, Text
from annotation.domain.traces.matching import columns, fields
from annotation.domain.traces.matching.compiler import placed
from annotation.domain.traces.matching.expressions import complement, json_text
from annotation.domain.traces.matching.fields import Place, Scope, column
from annotation.models import Feedback

EXAMPLE = "langsmith.reference_example_id"


def _parent(condition: Condition, _scope: Scope) -> Q:
    if condition.operator is Operator.EXISTS:
        return Q(parent_uuid__isnull=False)
    return Q(parent_uuid__in=list(condition.values))


def _example(condition: Condition, _scope: Scope) -> Q:
    found = json_text("attributes", [EXAMPLE])
    if condition.operator is Operator.EXISTS:
        return Q(IsNull(found, False))
    return columns.text_of(found, condition.operator, condition.values)


RUN: dict[str, Place] = {
    **fields.RUN,
    "id": column(columns.identifier("uuid")),
    "trace": column(columns.identifier("trace__uuid")),
    "parent": _parent,
    "time": column(columns.moment("started_at")),
    "end": column(columns.moment("ended_at")),
    "input_tokens": column(columns.number("input_tokens")),
    "output_tokens": column(columns.number("output_tokens")),
    "tag": column(columns.array("tags")),
    "metadata": fields.metadata,
    "thread": column(columns.text("thread_id")),
    "user": column(columns.text("user_id")),
    "error": column(columns.texts("error_message", "error_type", "error_stack")),
    "example": _example,
}


def condition(node: Node, scope: Scope) -> Q:
    """The condition on a run; only for runs that are known to be of the scope's workspace."""
    match node:
        case And(parts):
            return reduce(and_, (condition(part, scope) for part in parts), Q())
        case Or(parts):
            return reduce(or_, (condition(part, scope) for part in parts))
        case Not(part):
            return complement(condition(part, scope))
        case Related():
            return _said_about(node, scope)
        case Condition():
            return placed(node, RUN, scope)
        case Text(words):
            return Q(input_text__icontains=words) | Q(output_text__icontains=words)


def _said_about(related: Related, scope: Scope) -> Q:
    """Feedback on the run; what was said on the whole trace was said on its root."""
    meets = reduce(and_, (placed(one, fields.FEEDBACK, scope) for one in related.conditions), Q())
    given = Feedback.objects.filter(meets, workspace_id=scope.workspace_id)
    on_trace = given.filter(target=Feedback.Target.TRACE, trace_uuid=OuterRef("trace__uuid"))
    is_root = Q(uuid=F("trace__root_run_uuid"))
    return Q(Exists(given.filter(run_uuid=OuterRef("uuid")))) | is_root & Q(Exists(on_trace))
