"""Which rows of each model somebody may see: the tenant's own, fewer for reviewers and for keys of one project."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from annotation.domain import replica
from annotation.domain.access.actor import Actor
from annotation.domain.access.roles import Capability
from annotation.domain.rows import Rows
from annotation.models import (
    ApiKey,
    Assignment,
    Attachment,
    AuditEvent,
    Dataset,
    DatasetVersion,
    Decision,
    Delivery,
    Draft,
    Example,
    FailureMode,
    Feedback,
    FeedbackConfig,
    FeedbackLink,
    Invitation,
    Item,
    Job,
    Membership,
    ModelPrice,
    Probe,
    Project,
    Queue,
    Reservation,
    Review,
    Rule,
    RuleRevision,
    Run,
    SavedView,
    Skip,
    TaxonomyChange,
    Trace,
    User,
    Webhook,
)

Row = TypeVar("Row", bound=Model)

WORKSPACE_OF: dict[type[Model], str] = {
    ApiKey: "workspace",
    Attachment: "workspace",
    AuditEvent: "workspace_id",
    Dataset: "workspace",
    DatasetVersion: "dataset__workspace",
    Decision: "revision__rule__workspace",
    Delivery: "webhook__workspace",
    Example: "dataset__workspace",
    FailureMode: "project__workspace",
    Feedback: "workspace",
    FeedbackConfig: "workspace",
    FeedbackLink: "workspace",
    Invitation: "workspace",
    Item: "workspace",
    Job: "workspace",
    Membership: "workspace",
    ModelPrice: "workspace",
    Project: "workspace",
    Queue: "workspace",
    Review: "item__workspace",
    Rule: "workspace",
    RuleRevision: "rule__workspace",
    Run: "workspace",
    SavedView: "workspace",
    TaxonomyChange: "project__workspace",
    Trace: "workspace",
    Webhook: "workspace",
}
"""The way from a row to its tenant, for every model whose rows are asked for from outside."""

PROJECT_OF: dict[type[Model], str] = {
    FailureMode: "project",
    Feedback: "project",
    FeedbackLink: "project",
    Project: "pk",
    Run: "trace__project",
    TaxonomyChange: "project",
    Trace: "project",
}
"""The way from a row to its project; a key of one project sees these models only."""

OPEN_STATUSES = (Queue.Status.ACTIVE, Queue.Status.PAUSED, Queue.Status.COMPLETED)
"""In these states a queue is shown to its reviewers."""


def visible(actor: Actor, model: type[Row]) -> QuerySet[Row]:
    """The rows of `model` that the actor may see; never rows of another workspace, nor deleted projects. KeyError for an unlisted model."""
    rows: QuerySet[Row] = model._default_manager.filter((WORKSPACE_OF[model], actor.workspace.pk))  # noqa: SLF001 -- Django's public way to a model's manager
    if model is Project:
        rows = rows.filter(deleted_at__isnull=True)
    if actor.project is not None:
        return rows.filter((PROJECT_OF[model], actor.project.pk)) if model in PROJECT_OF else rows.none()
    if actor.is_limited_to_queues:
        limit = REVIEWER_LIMITS.get(model)
        return limit(rows, actor) if limit else rows.none()
    return rows


def first(actor: Actor, model: type[Row], uuid: UUID, *related: str) -> Row | None:
    """The row with this outside id, loaded with what is `related` to it; None when there is none or the actor may not see it."""
    if (
        model in _OF_A_WORKSPACE
        and actor.project is None
        and not actor.is_limited_to_queues
        and not replica.is_reading()
    ):
        return _of_a_workspace(model, related).first(workspace=actor.workspace.pk, uuid=uuid)
    rows = visible(actor, model).filter(uuid=uuid)
    return (rows.select_related(*related) if related else rows).first()


_OF_A_WORKSPACE = frozenset[type[Model]]({Item, Queue})
"""Asked for by every claim and submission; who may see all of the workspace sees all of these."""


@cache
def _of_a_workspace(model: type[Row], related: tuple[str, ...]) -> Rows[Row]:
    return Rows(model, "it.workspace_id = %(workspace)s AND it.uuid = %(uuid)s", related=related)


def found(actor: Actor, model: type[Row], uuid: UUID) -> Row:
    """The row with this outside id; `model.DoesNotExist` when there is none or the actor may not see it."""
    return visible(actor, model).get(uuid=uuid)


def open_queues(actor: Actor) -> QuerySet[Queue]:
    """The queues that the person may review in: open to all, or naming them, and not draft or archived."""
    named = Queue.reviewers.through.objects.filter(queue=OuterRef("pk"), user=actor.person)
    return Queue.objects.filter(
        Q(is_open_to_all=True) | Exists(named), workspace=actor.workspace, status__in=OPEN_STATUSES
    )


def withdrawn_queues(actor: Actor) -> QuerySet[Queue]:
    """Queues that the person worked in and may not see any more: archived ones that were open to them, and those in which
    they have a review or typed something. They are told that, and no more; `Capability.REVIEW` is for the caller to ask.
    """
    named = Queue.reviewers.through.objects.filter(queue=OuterRef("pk"), user=actor.person)
    typed = Draft.objects.filter(item__queue=OuterRef("pk"), reviewer=actor.person)
    given = Review.objects.filter(item__queue=OuterRef("pk"), reviewer=actor.person)
    was_open = Q(is_open_to_all=True) | Exists(named)
    theirs = Q(status=Queue.Status.ARCHIVED) & was_open | Exists(typed) | Exists(given)
    return Queue.objects.filter(theirs, workspace=actor.workspace)


def reviewable_queues(actor: Actor) -> QuerySet[Queue]:
    """The open queues for somebody whose role lets them review; none for others."""
    return open_queues(actor) if actor.may(Capability.REVIEW) else Queue.objects.none()


def _open_items(actor: Actor) -> QuerySet[Item]:
    """All of the queues that are open to them; of one that mixes in items to see how they judge, those that they were given:
    in a list of all, these could be told by their state.
    """
    rows = Item.objects.filter(workspace=actor.workspace, queue__in=open_queues(actor))
    is_plain = Q(queue__gold_percent=0, queue__retest_percent=0) | Q(queue__status=Queue.Status.COMPLETED)
    return rows.filter(is_plain | _given_to(actor.person)).exclude(state=Item.State.REMOVED)


def _given_to(person: User | None) -> Q:
    """Items that are or were on the person's screen, or are kept for them."""
    met = [model.objects.filter(item=OuterRef("pk"), reviewer=person) for model in _MET]
    return reduce(or_, (Q(Exists(rows)) for rows in met), Q(flagged_by=person))


_MET: tuple[Any, ...] = (Reservation, Assignment, Skip, Draft, Review, Probe)


def _traces_in_open_items(rows: QuerySet[Trace], actor: Actor) -> QuerySet[Trace]:
    items = _open_items(actor)
    of_trace = Exists(items.filter(trace_uuid=OuterRef("uuid")))
    of_pair = Exists(items.filter(other_trace_uuid=OuterRef("uuid")))
    subject = Concat(
        Value("thread:"),
        Cast(OuterRef("project_id"), TextField()),
        Value(":"),
        OuterRef("thread_id"),
        output_field=TextField(),
    )
    of_thread = Exists(items.filter(kind=Item.Kind.THREAD, subject=subject))
    return rows.filter(of_trace | of_pair | of_thread)


def _runs_in_open_items(rows: QuerySet[Run], actor: Actor) -> QuerySet[Run]:
    return rows.filter(trace__in=_traces_in_open_items(Trace.objects.filter(workspace=actor.workspace), actor))


def _anew(person: User | None) -> QuerySet[Probe]:
    """Of feedback that came with a review, whether its author is to judge the item anew."""
    return Probe.objects.filter(item=OuterRef("review__item"), reviewer=person, submitted_at=None, closed_at=None)


REVIEWER_LIMITS: dict[type[Model], Callable[..., QuerySet[Any]]] = {
    Queue: lambda _rows, actor: open_queues(actor),
    Item: lambda _rows, actor: _open_items(actor),
    Trace: _traces_in_open_items,
    Run: _runs_in_open_items,
    Review: lambda rows, actor: rows.filter(reviewer=actor.person, item__in=_open_items(actor)),
    Feedback: lambda rows, actor: rows.filter(author=actor.person).exclude(Exists(_anew(actor.person))),
    FailureMode: lambda rows, _actor: rows,
    FeedbackConfig: lambda rows, _actor: rows,
}
"""What a reviewer sees of each model; a model that does not stand here shows them nothing."""
