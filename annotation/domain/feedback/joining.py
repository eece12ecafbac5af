"""Feedback and its traces find each other, whichever came first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from annotation.domain import statements
from annotation.domain.feedback import deriving
from annotation.models import Feedback, Run, Trace


class Arrived(Protocol):
    """A run that has just been stored."""

    @property
    def id(self) -> UUID:
        """Its UUID."""

    @property
    def trace_id(self) -> UUID:
        """The UUID of its trace."""

    @property
    def external_id(self) -> str:
        """The client's id of it."""


@dataclass(frozen=True, slots=True)
class Located:
    """A stored run's ids."""

    id: UUID
    trace_id: UUID
    external_id: str


_FEEDBACK, _TRACE = Feedback._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name

#: The first half of the advisory lock between those who store runs (shared) and those whose feedback waits for one.
_LOCK = 0x7A_FB


def wait_for_givers(*, workspace_id: int) -> None:
    """To be called first by whoever stores runs: feedback that comes early and its trace cannot miss each other."""
    _lock("pg_advisory_xact_lock_shared", workspace_id)


def wait_for_arrivals(*, workspace_id: int) -> None:
    """To be called before giving feedback on something that is not there: afterwards nothing is on its way."""
    _lock("pg_advisory_xact_lock", workspace_id)


def _lock(function: str, workspace_id: int) -> None:
    statements.send(f"SELECT {function}(%s, %s)", [_LOCK, workspace_id])


def join(*, workspace_id: int, traces: Mapping[UUID, int], runs: Sequence[Arrived]) -> None:
    """Give feedback that was waiting for these runs its trace, and bring the verdicts of the traces up to date."""
    arrived = [run for run in runs if run.trace_id in traces]
    if not _is_any_about(workspace_id, list(traces), arrived):
        return
    _name_runs(workspace_id, arrived)
    judged = Feedback.objects.filter(workspace_id=workspace_id, trace_uuid__in=traces.keys())
    judged.filter(project__isnull=True).update(project=_project_of_trace())
    deriving.recompute(workspace_id=workspace_id, traces={uuid for (uuid,) in judged.values_list("trace_uuid") if uuid})


def _is_any_about(workspace_id: int, traces: Sequence[UUID], runs: Sequence[Arrived]) -> bool:
    """Whether there is any feedback to join: asked for every request that stores runs, and mostly answered with no."""
    conditions = ("trace_uuid = ANY(%s)", "run_uuid = ANY(%s)", "run_external_id = ANY(%s)")
    found = (f"EXISTS (SELECT FROM {_FEEDBACK} WHERE workspace_id = %s AND {one})" for one in conditions)
    ids = (list(traces), [run.id for run in runs], [run.external_id for run in runs])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(found)}", [part for one in ids for part in (workspace_id, one)])
        return bool(cursor.fetchone()[0])


def _project_of_trace() -> Subquery:
    traces = Trace.objects.filter(workspace_id=OuterRef("workspace_id"), uuid=OuterRef("trace_uuid"))
    return Subquery(traces.values("project_id")[:1])


def _name_runs(workspace_id: int, runs: Sequence[Arrived]) -> None:
    """Complete the ids of feedback that named one of the runs before it came."""
    waiting = Feedback.objects.select_for_update().filter(
        Q(run_uuid__in=[run.id for run in runs]) | Q(run_external_id__in=[run.external_id for run in runs]),
        workspace_id=workspace_id,
        target=Feedback.Target.RUN,
    )
    found = [(feedback, run) for feedback in waiting for run in runs if _is_about(feedback, run)]
    for feedback, run in found:
        feedback.run_uuid, feedback.run_external_id, feedback.trace_uuid = run.id, run.external_id, run.trace_id
    Feedback.objects.bulk_update([feedback for feedback, _ in found], ["run_uuid", "run_external_id", "trace_uuid"])


def _is_about(feedback: Feedback, run: Arrived) -> bool:
    if feedback.trace_uuid not in (None, run.trace_id):
        return False
    return feedback.run_uuid == run.id or feedback.run_external_id == run.external_id


def follow(*, workspace_id: int, trace: UUID, project_id: int) -> None:
    """A trace has moved to another project: what was said about it goes with it."""
    Feedback.objects.filter(workspace_id=workspace_id, trace_uuid=trace).update(project_id=project_id)


_LOCATE = f"""
    SELECT run.uuid, trace.uuid, run.external_id
    FROM {Run._meta.db_table} AS run JOIN {_TRACE} AS trace ON trace.id = run.trace_id
    WHERE run.workspace_id = %s AND (run.uuid = ANY(%s::uuid[]) OR run.external_id = ANY(%s::text[]))
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def locate(*, workspace_id: int, run_uuids: Collection[UUID], external_ids: Collection[str]) -> list[Located]:
    """Runs that exist, by UUID or by the client's id."""
    if not run_uuids and not external_ids:
        return []
    rows = statements.ask(_LOCATE, [workspace_id, statements.uuids(run_uuids), list(external_ids)])
    return [Located(*row) for row in rows()]
