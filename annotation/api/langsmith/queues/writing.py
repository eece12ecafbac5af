"""Queues and their items as the SDKs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from pydantic import JsonValue

from annotation.api.langsmith.runs.shown import IN_QUEUES, shown
from annotation.domain.queues import blindness, subjects
from annotation.domain.reviews.finals import Answered, Outcome
from annotation.domain.reviews.stored import DOWN, UP
from annotation.domain.traces import veiled
from annotation.models import Item, Project, Queue, Reservation, Review, Run, Trace

IS_PAIRWISE = Exists(Item.objects.filter(queue=OuterRef("pk"), number=1, kind=Item.Kind.PAIR))
"""A queue that began with a pair goes on with pairs."""


def queue(one: Queue, *, total: int | None = None) -> dict[str, Any]:
    """A queue; with the number of its items where a list tells it."""
    said = {
        "id": one.uuid,
        "tenant_id": one.workspace.uuid,
        "name": one.name,
        "description": one.description or None,
        "created_at": one.created_at,
        "updated_at": one.modified_at,
        "num_reviewers_per_item": one.reviewers_per_item,
        "enable_reservations": True,
        "reservation_minutes": one.reservation_minutes,
        "reviewer_access_mode": "any" if one.is_open_to_all else "assigned",
        "default_dataset": one.target_dataset.uuid if one.target_dataset else None,
        "queue_type": "pairwise" if is_pairwise(one) else "single",
        "metadata": one.metadata or None,
        "run_rule_id": None,
        "source_rule_id": None,
        "assigned_reviewers": [
            {"id": person.uuid, "name": person.name or None, "email": person.email} for person in one.reviewers.all()
        ],
    }
    return said if total is None else said | {"total_runs": total}


def is_pairwise(one: Queue) -> bool:
    """Whether a queue from `with_queue_parts` is one of pairs."""
    return bool(getattr(one, "is_pairwise", False))


def with_queue_parts(rows: QuerySet[Queue]) -> QuerySet[Queue]:
    """The queues with what `queue` needs, in a fixed number of statements."""
    rows = rows.annotate(is_pairwise=IS_PAIRWISE)
    return rows.select_related("workspace", "target_dataset", "rubric").prefetch_related("reviewers")


def with_item_parts(rows: QuerySet[Item], now: datetime) -> QuerySet[Item]:
    """The items with what `items` needs, in a fixed number of statements."""
    live = Reservation.objects.filter(expires_at__gt=now).select_related("reviewer").order_by("id")
    given = Review.objects.select_related("reviewer").order_by("id")
    rows = rows.annotate(last_reviewed_at=Max("reviews__modified_at"))
    return rows.prefetch_related(Prefetch("reviews", given), Prefetch("reservations", live, to_attr="live"))


def added(rows: Sequence[Item], queue_id: UUID) -> list[dict[str, Any]]:
    """Items as they are answered when they are added."""
    runs = run_ids(rows)
    return [
        {
            "id": item.uuid,
            "queue_id": queue_id,
            "run_id": runs[item.pk],
            "added_at": item.created_at,
            "last_reviewed_time": None,
        }
        for item in rows
    ]


def items(rows: Sequence[Item], request: HttpRequest) -> list[dict[str, Any]]:
    """Items of one queue from `with_item_parts`, each as its run with where it stands, without what the queue hides.

    A run that is not there is named alone.
    """
    ids = run_ids(rows)
    found = (
        Run.objects.filter(workspace=rows[0].workspace_id, uuid__in=[uuid for uuid in ids.values() if uuid])
        if rows
        else Run.objects.none()
    )
    listed = shown(_as_the_queue_shows(rows, found), IN_QUEUES, request=request)
    runs: dict[UUID | None, dict[str, Any]] = {run["id"]: run for run in listed}
    return [{**(runs.get(ids[item.pk]) or _missing(item, ids[item.pk])), **_standing(item)} for item in rows]


def _as_the_queue_shows(rows: Sequence[Item], found: QuerySet[Run]) -> list[Run]:
    runs = list(found.select_related("trace__project__workspace"))
    if rows and blindness.read(rows[0].queue.blindness).model:
        for run in runs:
            veiled.run(run)
            veiled.trace(run.trace)
    return runs


def item_type(item: Item) -> str:
    """RUN or THREAD."""
    return "THREAD" if item.kind == Item.Kind.THREAD else "RUN"


def mixed(rows: Sequence[Item], outcomes: Mapping[int, Outcome]) -> list[dict[str, Any]]:
    """Runs and threads as the newer addresses tell them: what they are and where they stand, without their content."""
    runs, traces = run_ids(rows), _traces_of(rows)
    projects = _projects_of(rows, traces)
    return [
        {
            "id": item.uuid,
            "queue_id": item.queue.uuid,
            "item_type": item_type(item),
            "run_id": None if item.kind == Item.Kind.THREAD else runs[item.pk],
            "thread_id": item.thread_id,
            "project_id": projects.get(_project_key(item, traces)),
            "start_time": traces[item.trace_uuid].started_at if item.trace_uuid in traces else None,
            "source_proposed_example_id": None,
            "assigned_to": [],
            **{name: value for name, value in _standing(item).items() if name != "queue_run_id"},
            **_agreed(outcomes.get(item.pk)),
        }
        for item in rows
    ]


def _agreed(found: Outcome | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("agreement_state", "has_unresolved_keys", "key_agreements"))
    keys = {key: answered(one) for key, one in found.keys.items()}
    return {
        "agreement_state": found.state,
        "has_unresolved_keys": found.has_unresolved,
        "key_agreements": keys or None,
    }


def answered(one: Answered) -> dict[str, Any]:
    """What became of a question of the rubric."""
    return {"state": one.state, "has_final": one.has_final, "answer": _answer(one.answer)}


def _answer(answer: JsonValue) -> dict[str, Any] | None:
    """A stored answer in the protocol's words."""
    match answer:
        case None:
            return None
        case list():
            return {"score": None, "value": None, "values": answer, "scores": None}
        case str():
            score = {UP: 1.0, DOWN: 0.0}.get(answer)
            return {"score": score, "value": answer, "values": None, "scores": None}
        case _:
            return {"score": answer, "value": None, "values": None, "scores": None}


def _traces_of(rows: Sequence[Item]) -> dict[UUID | None, Trace]:
    uuids = {item.trace_uuid for item in rows if item.trace_uuid}
    found = Trace.objects.filter(workspace=rows[0].workspace_id, uuid__in=uuids) if uuids else Trace.objects.none()
    return {trace.uuid: trace for trace in found.only("uuid", "started_at", "project_id")}


def _project_key(item: Item, traces: dict[UUID | None, Trace]) -> int | None:
    trace = traces.get(item.trace_uuid)
    return trace.project_id if trace else subjects.project_id_of(item.subject)


def _projects_of(rows: Sequence[Item], traces: dict[UUID | None, Trace]) -> dict[int | None, UUID]:
    pks = {pk for item in rows if (pk := _project_key(item, traces))}
    return dict(Project.objects.filter(pk__in=pks).values_list("pk", "uuid"))


def run_ids(rows: Sequence[Item]) -> dict[int, UUID | None]:
    """By the item's primary key, the run that it is about: of a trace the root."""
    traces = {item.trace_uuid for item in rows if item.run_uuid is None and item.trace_uuid}
    found = Trace.objects.filter(workspace=rows[0].workspace_id, uuid__in=traces) if traces else Trace.objects.none()
    roots: dict[UUID | None, UUID | None] = dict(found.values_list("uuid", "root_run_uuid"))
    return {item.pk: item.run_uuid or roots.get(item.trace_uuid) or item.trace_uuid for item in rows}


def _standing(item: Item) -> dict[str, Any]:
    put_off_at = getattr(item, "put_off_at", None)
    return {
        "queue_run_id": item.uuid,
        "added_at": item.created_at,
        "effective_added_at": put_off_at or item.created_at,
        "last_reviewed_time": getattr(item, "last_reviewed_at", None),
        "reserved_by": [reservation.reviewer.uuid for reservation in getattr(item, "live", [])],
        "completed_by": [review.reviewer.uuid for review in item.reviews.all()],
    }


def _missing(item: Item, uuid: UUID | None) -> dict[str, Any]:
    said = {"id": uuid, "name": "", "run_type": "chain", "start_time": item.created_at, "status": "pending"}
    return {**said, "trace_id": item.trace_uuid, "dotted_order": "", "session_id": None, "app_path": ""}
