"""Which feedback a list of the SDKs asks for."""

from __future__ import annotations

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid
from annotation.api.langsmith.feedback.reading import KEPT, SOURCES
from annotation.models import Feedback, Run

Source, On = Feedback.Source, Feedback.Target

_AUTO = Q(source=Source.RULE) | Q(**{f"metadata__{KEPT}__source_type": "auto_eval"})
_OF_TYPE = {
    "api": Q(source__in=[Source.API, Source.SIGNAL]),
    "app": Q(source__in=[Source.USER, Source.REVIEWER]),
    "model": Q(source=Source.JUDGE, **{f"metadata__{KEPT}__source_type__isnull": True}),
    "auto_eval": _AUTO,
}
_LEVELS = {"run": Q(target__in=[On.RUN, On.TRACE]), "session": Q(target=On.PROJECT)}


def wanted(request: Request, rows: QuerySet[Feedback], *, workspace_id: int) -> QuerySet[Feedback]:
    """Those of `rows` that the query asks for, the latest first. Raises Invalid."""
    if runs := wire.uuids(request, "run"):
        rows = rows.filter(_on_runs(runs, workspace_id))
    if keys := wire.texts(request, "key"):
        rows = rows.filter(key__in=keys)
    if projects := wire.uuids(request, "session"):
        rows = rows.filter(project__uuid__in=projects)
    if people := wire.uuids(request, "user"):
        rows = rows.filter(author__uuid__in=people)
    if sources := wire.texts(request, "source"):
        rows = rows.filter(reduce(or_, [_of_type(source) for source in sources]))
    return _by_content(request, _by_time(request, rows)).order_by("-created_at", "-id")


def by_id(rows: QuerySet[Feedback], uuid: UUID) -> Feedback | None:
    """The feedback with the id that its giver chose, or with ours."""
    return (
        rows.filter(Q(client_id=str(uuid)) | Q(uuid=uuid, client_id__isnull=True)).first()
        or rows.filter(uuid=uuid).first()
    )


def _on_runs(runs: list[UUID], workspace_id: int) -> Q:
    """On one of the runs, or on the trace that it is the root of (whose UUID, from these SDKs, is the run's)."""
    roots = Run.objects.filter(workspace_id=workspace_id, uuid__in=runs, parent_uuid__isnull=True)
    traces = [*runs, *roots.values_list("trace__uuid", flat=True)]
    return Q(target=On.RUN, run_uuid__in=runs) | Q(target=On.TRACE, trace_uuid__in=traces)


def _of_type(source: str) -> Q:
    name = source.rpartition(".")[2].lower()  # the Python SDK writes its enum's member: FeedbackSourceType.API
    if name not in _OF_TYPE:
        raise Invalid(f"source has to be one of: {', '.join(SOURCES)}.")
    return _OF_TYPE[name]


def _by_time(request: Request, rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    for name, condition in (("min_created_at", "created_at__gte"), ("max_created_at", "created_at__lte")):
        if value := request.query_params.get(name):
            rows = rows.filter(**{condition: wire.parsed_time(value, name)})
    if level := request.query_params.get("level"):
        if level not in _LEVELS:
            raise Invalid("level has to be run or session.")
        rows = rows.filter(_LEVELS[level])
    if compared := request.query_params.get("comparative_experiment_id"):
        rows = rows.filter(**{f"metadata__{KEPT}__comparative_experiment_id": compared})
    return rows


def _by_content(request: Request, rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    for name, column in (("has_comment", "comment"), ("has_score", "score")):
        if (has := wire.flag(request, name)) is not None:
            rows = rows.filter(**{f"{column}__isnull": not has})
    return rows
