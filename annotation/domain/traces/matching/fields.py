"""Where each field of the filter language stands in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import IsNull

from annotation.domain.traces.filters.tree import Condition, Operator
from annotation.domain.traces.filters.tree import Value as FilterValue
from annotation.domain.traces.matching import columns
from annotation.domain.traces.matching.columns import ORDERED, Reader, Values
from annotation.domain.traces.matching.expressions import AsNumber, RootText, json_text
from annotation.models import FailureMode, Feedback, Item, Project, Queue, Run


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a filter may look at, and what time it is."""

    workspace_id: int
    now: datetime


Place = Callable[[Condition, Scope], Q]


def column(reader: Reader) -> Place:
    """A place that is a column of the row itself."""

    def place(condition: Condition, _scope: Scope) -> Q:
        return reader(condition.operator, condition.values)

    return place


def runs(scope: Scope) -> QuerySet[Run]:
    """The runs of the trace in question."""
    return Run.objects.filter(workspace_id=scope.workspace_id, trace=OuterRef("pk"))


def feedback(scope: Scope) -> QuerySet[Feedback]:
    """The feedback on the trace in question and on its runs."""
    return Feedback.objects.filter(workspace_id=scope.workspace_id, trace_uuid=OuterRef("uuid"))


def _project(condition: Condition, scope: Scope) -> Q:
    if condition.operator is Operator.EXISTS:
        return Q(project__isnull=False)
    named = columns.name("name", "slug")(condition.operator, condition.values)
    return Q(
        project__in=Project.objects.filter(named, workspace_id=scope.workspace_id, deleted_at__isnull=True).values("pk")
    )


def _label(condition: Condition, scope: Scope) -> Q:
    """A failure mode under its own name, under that of the one it was merged into, or under one that became it."""
    labels = feedback(scope).filter(failure_mode__isnull=False)
    if condition.operator is not Operator.EXISTS:
        named = columns.name("name", "merged_into__name")(condition.operator, condition.values)
        modes = FailureMode.objects.filter(named, project__workspace_id=scope.workspace_id)
        became = modes.filter(merged_into__isnull=False).values("merged_into")
        labels = labels.filter(Q(failure_mode__in=modes.values("pk")) | Q(failure_mode__in=became))
    return Q(Exists(labels))


def _label_group(condition: Condition, scope: Scope) -> Q:
    """A failure mode that stands under this heading."""
    modes = FailureMode.objects.filter(project__workspace_id=scope.workspace_id).exclude(group="")
    if condition.operator is not Operator.EXISTS:
        modes = modes.filter(columns.name("group")(condition.operator, condition.values))
    return Q(Exists(feedback(scope).filter(failure_mode__in=modes.values("pk"))))


def _layer(condition: Condition, scope: Scope) -> Q:
    layers = feedback(scope).filter(key="layer")
    if condition.operator is not Operator.EXISTS:
        layers = layers.filter(columns.text_of(RootText(F("value")), condition.operator, condition.values))
    return Q(Exists(layers))


def _queue(condition: Condition, scope: Scope) -> Q:
    """An item about the trace or one of its runs, about its thread, or a pair with it."""
    items = Item.objects.filter(workspace_id=scope.workspace_id).exclude(state=Item.State.REMOVED)
    if condition.operator is not Operator.EXISTS:
        named = columns.name("name")(condition.operator, condition.values)
        items = items.filter(queue__in=Queue.objects.filter(named, workspace_id=scope.workspace_id).values("pk"))
    subject = Concat(
        Value("thread:"), Cast(OuterRef("project_id"), TextField()), Value(":"), OuterRef("thread_id"),
        output_field=TextField(),
    )  # fmt: skip
    return (
        Q(Exists(items.filter(trace_uuid=OuterRef("uuid"))))
        | Q(Exists(items.filter(other_trace_uuid=OuterRef("uuid"))))
        | Q(Exists(items.filter(thread_id=OuterRef("thread_id"), subject=subject)))
    )


def metadata(condition: Condition, _scope: Scope) -> Q:
    """`metadata.a.b` is the value under the key "a.b", else the one under "b" in "a"."""
    found = json_text("metadata", [condition.key])
    if "." in condition.key:
        found = Coalesce(found, json_text("metadata", condition.key.split(".")))
    if condition.operator is Operator.EXISTS:
        return Q(IsNull(found, False))
    if condition.operator in ORDERED:
        return _numeric(found, condition.operator, condition.values[0])
    return _any_of(found, condition.operator, condition.values)


def _any_of(found: Func, operator: Operator, values: Values) -> Q:
    """Numbers are equal as numbers (3 is 3.0), texts as texts."""
    matched = Q()
    for value in values:
        if isinstance(value, Decimal):
            matched |= _numeric(found, Operator.EQUAL, value)
        else:
            matched |= columns.text_of(found, operator, [value])
    return matched


def _numeric(found: Func, operator: Operator, value: FilterValue) -> Q:
    return Q(ORDERED[operator](AsNumber(found), Value(value, output_field=DecimalField())))


def _feedback_value(condition: Condition, _scope: Scope) -> Q:
    """A category, one of several chosen categories, or a text."""
    if condition.operator is Operator.EXISTS:
        return Q(value__isnull=False)
    found = columns.text_of(RootText(F("value")), condition.operator, condition.values)
    if condition.operator is Operator.ANY_OF:
        for value in condition.values:
            found |= Q(value__contains=[str(value)])
    return found


TRACE: dict[str, Place] = {
    "time": column(columns.moment("started_at")),
    "project": _project,
    "name": column(columns.text("name")),
    "id": column(columns.identifier("uuid")),
    "status": column(columns.choice("status")),
    "error": column(columns.text("error")),
    "latency": column(columns.milliseconds("latency_ms")),
    "tokens": column(columns.number("total_tokens")),
    "input_tokens": column(columns.number("input_tokens")),
    "output_tokens": column(columns.number("output_tokens")),
    "cost": column(columns.number("cost")),
    "model": column(columns.array("model_names")),
    "tag": column(columns.array("tags")),
    "metadata": metadata,
    "thread": column(columns.text("thread_id")),
    "user": column(columns.text("user_id")),
    "input": column(columns.text("input")),
    "output": column(columns.text("output")),
    "verdict": column(columns.choice("verdict", absent="none")),
    "label": _label,
    "label_group": _label_group,
    "layer": _layer,
    "queue": _queue,
}

RUN: dict[str, Place] = {
    "name": column(columns.text("name")),
    "type": column(columns.choice("type")),
    "status": column(columns.choice("status")),
    "error": column(columns.texts("error_message", "error_type")),
    "latency": column(columns.milliseconds("latency_ms")),
    "model": column(columns.text("model")),
    "tokens": column(columns.number("total_tokens")),
    "cost": column(columns.number("cost")),
    "input": column(columns.text("input_text")),
    "output": column(columns.text("output_text")),
}

FEEDBACK: dict[str, Place] = {
    "key": column(columns.text("key")),
    "source": column(columns.choice("source")),
    "score": column(columns.score("score")),
    "value": _feedback_value,
    "comment": column(columns.text("comment")),
}
