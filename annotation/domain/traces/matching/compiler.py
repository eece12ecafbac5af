"""From tree to SQL: one condition over the rows of a workspace, with every value as a parameter."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.db.models import Exists, Q, QuerySet

from annotation.domain.traces.filters import parse
from annotation.domain.traces.filters.fields import SUBJECTS, TRACE_FIELDS
from annotation.domain.traces.filters.tree import Ago, And, Condition, Node, Not, Operator, Or, Related, Text, Value
from annotation.domain.traces.matching import fields
from annotation.domain.traces.matching.bounds import check_patterns
from annotation.domain.traces.matching.expressions import complement
from annotation.domain.traces.matching.fields import Place, Scope
from annotation.domain.traces.matching.steering import figures_of, steered, words_of
from annotation.domain.traces.matching.words import search
from annotation.models import Trace, Workspace

POSITIVE = {
    Operator.IS_NOT: Operator.ANY_OF,
    Operator.NONE_OF: Operator.ANY_OF,
    Operator.UNEQUAL: Operator.EQUAL,
}


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """A filter made ready for one workspace: the only way from filter text to rows, so none can leave its tenant."""

    tree: Node
    scope: Scope

    @property
    def looks_at_feedback(self) -> bool:
        """Whether feedback that comes later may change which traces pass."""
        return _looks_at_feedback(self.tree)

    def traces(self, among: QuerySet[Trace] | None = None) -> QuerySet[Trace]:
        """The traces that pass, among the given ones or all, of the filter's workspace only; in no order."""
        rows = Trace.objects.all() if among is None else among
        return rows.filter(workspace_id=self.scope.workspace_id).filter(self.condition())

    def steered(self, among: QuerySet[Trace]) -> AbstractContextManager[datetime | None]:
        """Inside, a search for words or figures among the traces takes the shorter way; see `steering`. Must be inside `bounded()`."""
        rows = among.filter(workspace_id=self.scope.workspace_id)
        return steered(words_of(self.tree), self._figures(), self.condition(), rows)

    def _figures(self) -> Q:
        """What all traces that pass have in their figures; empty if nothing."""
        parts = (placed(part, fields.TRACE, self.scope) for part in figures_of(self.tree))
        return reduce(and_, parts, Q())

    def condition(self) -> Q:
        """The condition on a trace; only for traces that are known to be of the filter's workspace."""
        return _condition(self.tree, self.scope)


def compile(text: str, *, workspace: Workspace, now: datetime) -> TraceFilter:  # noqa: A001 -- called as matching.compile
    """The filter that a text describes, for the traces of one workspace; `now` is what `-24h` counts from.

    Raises FilterError with the place when the text is no filter or holds a pattern that PostgreSQL cannot read.
    Evaluate what comes out of it inside `bounded()`.
    """
    tree = parse(text)
    check_patterns(tree)
    return TraceFilter(tree, Scope(workspace.pk, now))


def _looks_at_feedback(node: Node) -> bool:
    match node:
        case And(parts) | Or(parts):
            return any(_looks_at_feedback(part) for part in parts)
        case Not(part):
            return _looks_at_feedback(part)
        case Related(subject):
            return SUBJECTS[subject].looks_at_feedback
        case Condition(name):
            return TRACE_FIELDS[name].looks_at_feedback
        case Text():
            return False


def _condition(node: Node, scope: Scope) -> Q:
    match node:
        case And(parts):
            return reduce(and_, (_condition(part, scope) for part in parts), Q())
        case Or(parts):
            return reduce(or_, (_condition(part, scope) for part in parts))
        case Not(part):
            return complement(_condition(part, scope))
        case Text(words):
            return search(words)
        case Related():
            return _related(node, scope)
        case Condition():
            return placed(node, fields.TRACE, scope)


def _related(related: Related, scope: Scope) -> Q:
    rows = fields.runs(scope) if related.subject == "run" else fields.feedback(scope)
    return Q(Exists(rows.filter(meets(related, scope))))


def meets(related: Related, scope: Scope) -> Q:
    """What is asked of one run, or of one piece of feedback."""
    places = fields.RUN if related.subject == "run" else fields.FEEDBACK
    return reduce(and_, (placed(condition, places, scope) for condition in related.conditions), Q())


def _absolute(value: Value, scope: Scope) -> Value:
    return value.at(scope.now) if isinstance(value, Ago) else value


def placed(condition: Condition, places: dict[str, Place], scope: Scope) -> Q:
    """A condition in its positive form, or the complement of it."""
    place = places[condition.field]
    condition = replace(condition, values=tuple(_absolute(value, scope) for value in condition.values))
    positive = POSITIVE.get(condition.operator)
    if positive:
        return complement(place(replace(condition, operator=positive), scope))
    operator = Operator.ANY_OF if condition.operator is Operator.IS else condition.operator
    return place(replace(condition, operator=operator), scope)
