"""The only writer of traces and runs.

One call is one transaction. Everything in it goes by sets: traces that are new come with their summary and their runs
by COPY; traces that exist are locked, their runs upserted and their summary computed anew from all runs. The summary
does not depend on the order in which runs came, and runs that are sent again change nothing. Rows are always taken in
the order of their UUIDs, so that writers at the same time wait for, and never block, each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from annotation.domain.feedback import joining
from annotation.domain.ingest import costing, ringing, rows, tables, tombstones
from annotation.domain.ingest.records import Rejections, RunRecord
from annotation.domain.ingest.rollup import summarise

FOREIGN_TRACE = "the trace belongs to another project than the one this key may write to"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where runs go: a workspace, and a project by the name that a run carries (None for runs that name none).

    `only_project_id` is the one project that the sender may write to, if it is bound to one.
    """

    workspace_id: int
    project_ids: Mapping[str | None, int]
    only_project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the runs: how many were new or newer, and which could not be taken."""

    changed_count: int
    rejections: Rejections


@dataclass(frozen=True, slots=True)
class _Batch:
    destination: Destination
    by_trace: Mapping[UUID, Sequence[RunRecord]]

    def project_of(self, trace: UUID) -> int:
        """The project that this batch would give a trace: the root run's if it is here, else the first run's."""
        runs = self.by_trace[trace]
        return self.destination.project_ids[(_root(runs) or runs[0]).project]


def write(*, runs: Sequence[RunRecord], destination: Destination) -> Stored:
    """Store runs and bring their traces up to date; on return all is in the transaction of the caller, or committed."""
    batch = _Batch(destination, _latest_by_trace(costing.priced(runs, workspace_id=destination.workspace_id)))
    if not batch.by_trace:
        return Stored(0, Rejections())
    with transaction.atomic():
        joining.wait_for_givers(workspace_id=destination.workspace_id)
        batch, late = _without_deleted(batch)
        created = _insert_traces(batch)
        changed, foreign = _update_traces(batch, created)
        joining.join(workspace_id=destination.workspace_id, traces={**created, **changed}, runs=_uuids(batch))
        ringing.ring_for_settling()
    new_count = sum(len(batch.by_trace[trace]) for trace in created)
    rejected = {FOREIGN_TRACE: foreign, tombstones.REFUSED: late}
    return Stored(new_count + len(changed), Rejections({reason: count for reason, count in rejected.items() if count}))


def _without_deleted(batch: _Batch) -> tuple[_Batch, int]:
    """What of the batch may be stored, and how many runs belong to traces that were deleted."""
    deleted = tombstones.among(batch.by_trace, workspace_id=batch.destination.workspace_id)
    if not deleted:
        return batch, 0
    late = sum(len(batch.by_trace[trace]) for trace in deleted)
    living = {trace: runs for trace, runs in batch.by_trace.items() if trace not in deleted}
    return _Batch(batch.destination, living), late


def _latest_by_trace(runs: Sequence[RunRecord]) -> dict[UUID, list[RunRecord]]:
    """Each run once (of two versions the one that ended last), grouped by trace."""
    latest: dict[UUID, RunRecord] = {}
    for run in runs:
        other = latest.get(run.id)
        if other is None or (run.ended_ns or 0) > (other.ended_ns or 0):
            latest[run.id] = run
    by_trace: dict[UUID, list[RunRecord]] = {}
    for run in latest.values():
        by_trace.setdefault(run.trace_id, []).append(run)
    return by_trace


def _root(runs: Sequence[RunRecord]) -> RunRecord | None:
    return next((run for run in runs if run.parent_id is None), None)


def _uuids(batch: _Batch) -> list[RunRecord]:
    return [run for runs in batch.by_trace.values() for run in runs]


def _insert_traces(batch: _Batch) -> dict[UUID, int]:
    """Insert the traces that do not exist yet, with their runs; their primary keys by UUID."""
    workspace_id = batch.destination.workspace_id
    if not batch.by_trace:
        return {}
    created = tables.insert_traces(_new_trace_row(batch, trace) for trace in sorted(batch.by_trace))
    tables.copy_runs(
        rows.run_row(run, workspace_id=workspace_id, trace_pk=pk)
        for trace, pk in created.items()
        for run in batch.by_trace[trace]
    )
    return created


def _new_trace_row(batch: _Batch, trace: UUID) -> dict[str, object]:
    runs = batch.by_trace[trace]
    texts = {run.id: (run.input_text, run.output_text) for run in runs}
    summary = summarise(rows.run_summary(run) for run in runs)
    return {
        "workspace_id": batch.destination.workspace_id,
        "project_id": batch.project_of(trace),
        "uuid": trace,
        **rows.trace_row(summary, texts),
    }


def _update_traces(batch: _Batch, created: Mapping[UUID, int]) -> tuple[dict[UUID, int], int]:
    """Bring the traces that existed before up to date; those that changed, and how many runs were refused."""
    others = sorted(batch.by_trace.keys() - created.keys())
    if not others:
        return {}, 0
    locked = tables.lock_traces(batch.destination.workspace_id, others)
    only = batch.destination.only_project_id
    allowed = {trace: row for trace, row in locked.items() if only in (None, row.project_id)}
    rejected = sum(len(batch.by_trace[trace]) for trace in others if trace not in allowed)
    changed_pks = tables.upsert_runs(
        rows.run_row(run, workspace_id=batch.destination.workspace_id, trace_pk=row.pk)
        for trace, row in allowed.items()
        for run in batch.by_trace[trace]
    )
    changed = {trace: row for trace, row in allowed.items() if row.pk in changed_pks}
    _recompute(batch, changed)
    return {trace: row.pk for trace, row in changed.items()}, rejected


def _recompute(batch: _Batch, changed: Mapping[UUID, tables.LockedTrace]) -> None:
    """Compute the summaries of traces from all their runs. A root run brings its project with it."""
    if not changed:
        return
    summaries = {pk: summarise(runs) for pk, runs in tables.run_summaries([row.pk for row in changed.values()]).items()}
    texts = tables.texts_of(summaries)
    projects = {
        trace: batch.project_of(trace) if _root(batch.by_trace[trace]) else row.project_id
        for trace, row in changed.items()
    }
    tables.update_traces(
        {"id": row.pk, "project_id": projects[trace], **rows.trace_row(summaries[row.pk], texts)}
        for trace, row in changed.items()
    )
    for trace, row in changed.items():
        if projects[trace] != row.project_id:
            joining.follow(workspace_id=batch.destination.workspace_id, trace=trace, project_id=projects[trace])
