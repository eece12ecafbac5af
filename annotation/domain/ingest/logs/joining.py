"""Log records and their runs find each other, whichever came first.

Whoever comes second does the joining: runs look for records before they are stored, records look for runs after. Each
sees only what is committed, so two that come at the same moment may miss each other; the sweep joins those.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
#: How many runs with the same few responses are looked at: some test servers give every response the same id.
_LOOKED_AT = 10_000


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
        Run.objects.filter(pk=run.pk, trace=run.trace_id).update(**changed)
    return bool(changed)


def missed(*, now: datetime) -> dict[int, list[LogRecord]]:
    """Records of the last minutes that are not joined, by workspace."""
    rows = LogRecord.objects.filter(is_joined=False, created_at__gte=now - _MISSED_WITHIN).order_by("created_at")
    found: dict[int, list[LogRecord]] = {}
    for row in rows[:_SWEPT_AT_ONCE]:
        found.setdefault(row.workspace_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that is named by its response, within a trace or project if one is given; or else by being a trace's root."""

    trace: UUID | None
    response_id: str | None
    project_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """A run that was looked for, and its trace."""

    run: UUID
    trace: UUID


def find(wanted: Iterable[Wanted], *, workspace_id: int) -> dict[Wanted, Found]:
    """Those of the runs that have come; of several with a response the newest."""
    looked_for = set(wanted)
    answers = _with_responses({one.response_id for one in looked_for if one.response_id}, workspace_id)
    roots = _roots({one.trace for one in looked_for if one.trace and not one.response_id}, workspace_id)
    found: dict[Wanted, Found] = {}
    for one in looked_for:
        match = next((run for run in answers.get(one.response_id or "", ()) if _fits(run, one)), None)
        if match:
            found[one] = match.found
        elif one.trace and one.trace in roots and not one.response_id:
            found[one] = Found(roots[one.trace], one.trace)
    return found


@dataclass(frozen=True, slots=True)
class _Answer:
    found: Found
    project_id: int


def _fits(run: _Answer, wanted: Wanted) -> bool:
    return wanted.trace in (None, run.found.trace) and wanted.project_id in (None, run.project_id)


def _with_responses(responses: Collection[str], workspace_id: int) -> dict[str, list[_Answer]]:
    answers: dict[str, list[_Answer]] = {}
    if responses:
        runs = Run.objects.filter(workspace_id=workspace_id, response_id__in=responses).order_by("-start_nano")
        for response, run, trace, project in runs.values_list(
            "response_id", "uuid", "trace__uuid", "trace__project_id"
        )[:_LOOKED_AT]:
            answers.setdefault(str(response), []).append(_Answer(Found(run, trace), project))
    return answers


def _roots(traces: Collection[UUID], workspace_id: int) -> dict[UUID | None, UUID]:
    if not traces:
        return {}
    rows = Trace.objects.filter(workspace_id=workspace_id, uuid__in=traces, root_run_uuid__isnull=False)
    return {trace: root for trace, root in rows.values_list("uuid", "root_run_uuid") if root}
