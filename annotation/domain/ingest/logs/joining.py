"""Log records and their runs find each other, whichever came first.

Whoever comes second does the joining: runs look for records before they are stored, records look for runs after. Each
sees only what is committed, so two that come at the same moment may miss each other; the sweep joins those.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from annotation.domain.ingest import costing, store, tables
from annotation.domain.ingest.logs import filling, keeping, reading, stored
from annotation.domain.ingest.logs.keeping import Kept
from annotation.domain.ingest.records import RunRecord
from annotation.models import LogRecord, Run, Trace

#: How long after its arrival a record may still have missed its run: far longer than any transaction.
_MISSED_WITHIN = timedelta(minutes=10)
_SWEPT_AT_ONCE = 1000


def completed(
    runs: Sequence[RunRecord], kept: Mapping[UUID, list[Kept]], project_of: Callable[[RunRecord], int]
) -> Sequence[RunRecord]:
    """New runs with what the log events that came before them say."""
    return [_filled(run, kept[run.id], project_of(run)) if run.id in kept else run for run in runs] if kept else runs


def _filled(run: RunRecord, kept: Iterable[Kept], project_id: int) -> RunRecord:
    """What a sender that is bound to another project says about a run is not heard."""
    events = [one.event for one in kept if one.only_project_id in (None, project_id)]
    return filling.filled(run, reading.read(events)) if events else run


def join(runs: Collection[UUID], *, workspace_id: int) -> None:
    """Fill those of the runs that are stored from all of their log events; the others are waited for."""
    present = Run.objects.filter(workspace_id=workspace_id, uuid__in=runs)
    traces = set(present.values_list("trace__uuid", flat=True))
    if not traces:
        return

    def change(locked: Mapping[UUID, tables.LockedTrace]) -> set[int]:
        kept = keeping.of_runs(runs, workspace_id=workspace_id)
        found = list(present.filter(trace__uuid__in=locked).select_related("trace"))
        keeping.mark_joined([run.uuid for run in found], workspace_id=workspace_id)
        return {run.trace_id for run in found if _rewrite(run, kept[run.uuid])}

    store.amend(workspace_id=workspace_id, traces=traces, change=change)


def _rewrite(run: Run, kept: Iterable[Kept]) -> bool:
    record = _filled(stored.record_of(run), kept, run.trace.project_id)
    changed = stored.changes(run, costing.priced([record], workspace_id=run.workspace_id)[0])
    if changed:
        Run.objects.filter(pk=run.pk).update(**changed)
    return bool(changed)


def missed(*, now: datetime) -> dict[int, list[LogRecord]]:
    """Records of the last minutes that are not joined, by workspace."""
    rows = LogRecord.objects.filter(is_joined=False, created_at__gte=now - _MISSED_WITHIN).order_by("created_at")
    found: dict[int, list[LogRecord]] = {}
    for row in rows.defer("body", "resource")[:_SWEPT_AT_ONCE]:
        found.setdefault(row.workspace_id, []).append(row)
    return found


def run_by_response(response_id: str, *, workspace_id: int, trace: UUID | None, project_id: int | None) -> Run | None:
    """The newest run that got this response, within a trace or project if one is given."""
    runs = Run.objects.filter(workspace_id=workspace_id, response_id=response_id).select_related("trace")
    if trace:
        runs = runs.filter(trace__uuid=trace)
    if project_id:
        runs = runs.filter(trace__project_id=project_id)
    return runs.only("uuid", "trace__uuid").order_by("-start_nano").first()


def root_of(trace: UUID, *, workspace_id: int) -> UUID | None:
    """The root run of a trace, if it has come."""
    return Trace.objects.filter(workspace_id=workspace_id, uuid=trace).values_list("root_run_uuid", flat=True).first()
