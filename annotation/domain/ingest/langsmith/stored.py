"""What is stored already of runs about which a message came: one at a time for each run."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import connection

from annotation.domain.ingest import rows
from annotation.domain.ingest.langsmith.mapping import to_state
from annotation.domain.ingest.langsmith.state import RunState
from annotation.models import Run, Trace


@dataclass(frozen=True, slots=True)
class Known:
    """A stored run: what its messages said, its trace, and the project of that."""

    state: RunState
    trace_id: UUID
    project_id: int


def hold(*, workspace_id: int, ids: Collection[UUID]) -> None:
    """Until the transaction ends, nobody else puts messages about these runs or traces together.

    Rows cannot be locked instead: the first message finds none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(key)) FROM (SELECT unnest(%s::bigint[]) AS key) AS keys",
            [sorted({_key(workspace_id, one) for one in ids})],
        )


def _key(workspace_id: int, one: UUID) -> int:
    return int.from_bytes(sha256(workspace_id.to_bytes(8) + one.bytes).digest()[:8], signed=True)


_COLUMNS = (
    "uuid", "parent_uuid", "name", "type", "error_message", "error_stack", "start_nano", "ended_at", "inputs", "outputs",
    "events", "tags", "metadata", "attributes", "resource", "trace__uuid", "trace__project_id", "trace__project__name",
)  # fmt: skip


def known(*, workspace_id: int, ids: Collection[UUID]) -> dict[UUID, Known]:
    """The runs with these ids that are stored."""
    found = Run.objects.filter(workspace_id=workspace_id, uuid__in=ids).select_related("trace__project")
    return {run.uuid: _known(run) for run in found.only(*_COLUMNS)}


def _known(run: Run) -> Known:
    ended = rows.nanoseconds(run.ended_at)
    state = to_state(run, started_ns=run.start_nano, ended_ns=ended, project=run.trace.project.name)
    return Known(state, run.trace.uuid, run.trace.project_id)


def traces_of(*, workspace_id: int, runs: Collection[UUID]) -> dict[UUID, UUID]:
    """The traces of runs that are stored."""
    found = Run.objects.filter(workspace_id=workspace_id, uuid__in=runs)
    return dict(found.values_list("uuid", "trace__uuid"))


def existing(*, workspace_id: int, traces: Collection[UUID]) -> list[UUID]:
    """Those of the traces that are stored."""
    return list(Trace.objects.filter(workspace_id=workspace_id, uuid__in=traces).values_list("uuid", flat=True))


def runs_of(*, workspace_id: int, traces: Collection[UUID]) -> list[UUID]:
    """All runs of these traces."""
    found = Run.objects.filter(trace__workspace_id=workspace_id, trace__uuid__in=traces)
    return list(found.values_list("uuid", flat=True))
