"""Feedback as the SDKs read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotation.api.langsmith.feedback.reading import KEPT
from annotation.domain import statements
from annotation.models import Feedback, Project, Trace

Source, On = Feedback.Source, Feedback.Target

TYPES = {
    Source.API: "api",
    Source.SIGNAL: "api",
    Source.USER: "app",
    Source.REVIEWER: "app",
    Source.JUDGE: "model",
    Source.RULE: "auto_eval",
}
"""Our sources, as their types."""


def with_people(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """The rows with what `written` needs beside them."""
    return rows.select_related("project", "author")


def written(rows: Iterable[Feedback]) -> list[dict[str, Any]]:
    """The feedback as JSON values; of one workspace, and from `with_people` or just given. One statement more, for the
    root runs.
    """
    found = list(rows)
    places = _places(found)
    return [_one(feedback, places.get(feedback.trace_uuid, _NOWHERE)) for feedback in found]


def outside_id(feedback: Feedback) -> UUID:
    """The UUID that its giver chose, or else ours."""
    try:
        return UUID(feedback.client_id or "")
    except ValueError:
        return feedback.uuid


@dataclass(frozen=True, slots=True)
class _Place:
    """What the trace of a feedback says: its root run, and its project by both ids."""

    root: UUID | None = None
    project_id: int | None = None
    project: UUID | None = None


_NOWHERE = _Place()


def _places(rows: list[Feedback]) -> dict[UUID | None, _Place]:
    traces = {feedback.trace_uuid for feedback in rows if feedback.trace_uuid}
    if not traces:
        return {}
    said = statements.ask(_PLACES, {"workspace": rows[0].workspace_id, "traces": statements.uuids(traces)})()
    return {uuid: _Place(root, project_id, project) for uuid, root, project_id, project in said}


_PLACES = f"""
    SELECT trace.uuid, trace.root_run_uuid, trace.project_id, project.uuid
    FROM {Trace._meta.db_table} AS trace JOIN {Project._meta.db_table} AS project ON project.id = trace.project_id
    WHERE trace.workspace_id = %(workspace)s AND trace.uuid = ANY(%(traces)s::uuid[])
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def _session(feedback: Feedback, place: _Place) -> UUID | None:
    if feedback.project_id is None or feedback.project_id == place.project_id:
        return place.project if feedback.project_id else None
    return feedback.project.uuid if feedback.project else None


def _one(feedback: Feedback, place: _Place) -> dict[str, Any]:
    root = place.root
    kept = _kept(feedback.metadata)
    run_id = feedback.run_uuid if feedback.target == On.RUN else (root or feedback.trace_uuid)
    return {
        "id": outside_id(feedback),
        "created_at": feedback.created_at,
        "modified_at": feedback.modified_at,
        "run_id": run_id if feedback.target in {On.RUN, On.TRACE} else None,
        "trace_id": feedback.trace_uuid,
        "session_id": _session(feedback, place),
        "start_time": kept.get("start_time"),
        "is_root": run_id is not None and run_id == root,
        "key": feedback.key,
        "score": feedback.score,
        "value": feedback.value,
        "comment": feedback.comment,
        "correction": feedback.correction,
        "feedback_source": _source(feedback, kept),
        "feedback_group_id": kept.get("feedback_group_id"),
        "comparative_experiment_id": kept.get("comparative_experiment_id"),
        "feedback_thread_id": feedback.thread_id,
        "extra": kept.get("extra"),
    }


def _kept(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = metadata.get(KEPT)
    return kept if isinstance(kept, dict) else {}


def _source(feedback: Feedback, kept: Mapping[str, Any]) -> dict[str, Any]:
    person = feedback.author
    return {
        "type": kept.get("source_type") or TYPES[Source(feedback.source)],
        "metadata": {name: value for name, value in feedback.metadata.items() if name != KEPT},
        "user_id": person.uuid if person else None,
        "user_name": str(person) if person else None,
    }
