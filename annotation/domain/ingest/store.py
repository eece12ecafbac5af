"""The only writer of traces and runs.

One call is one transaction. Everything in it goes by sets: traces that are new come with their summary; traces that exist are
locked, what of their runs is there already is set aside, and their summary is computed anew from all runs. All runs that are
new come by one COPY. The summary does not depend on the order in which runs came, and runs that are sent again change nothing.
Traces are always taken in the order of their UUIDs, so that writers at the same time wait for, and never block, each other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from annotation.domain.feedback import joining
from annotation.domain.ingest import costing, ringing, rows, tables, tombstones
from annotation.domain.ingest.records import Rejections, RunRecord
from annotation.domain.ingest.rollup import summarise
from annotation.models import Run, Trace

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
    replaces: bool

    def project_of(self, trace: UUID) -> int:
        """The project that this batch would give a trace: the root run's if it is here, else the first run's."""
        runs = self.by_trace[trace]
        return self.destination.project_ids[(_root(runs) or runs[0]).project]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Which runs were new or newer, the traces that were refused, with the reason, and the runs that were too many."""

    changed: AbstractSet[UUID]
    refused: Mapping[UUID, str]
    surplus: AbstractSet[UUID] = frozenset()

    def of(self, runs: Iterable[RunRecord]) -> Stored:
        """What became of these runs."""
        traces = {run.id: run.trace_id for run in runs}
        reasons = Counter(self.refused[trace] for trace in traces.values() if trace in self.refused)
        if self.surplus:
            reasons[full()] += len(traces.keys() & self.surplus)
        reasons = +reasons
        return Stored(len(traces.keys() & self.changed), Rejections(dict(reasons)))


def write(*, runs: Sequence[RunRecord], destination: Destination, replace: bool = False) -> Stored:
    """Store runs and bring their traces up to date; on return all is in the transaction of the caller, or committed.

    Of two versions of a run the one that ended later stays. With `replace` the runs take the place of what is stored
    of them, whatever that says, even in another trace: who asks for it has put the versions together.
    """
    return write_together(parts=[runs], destination=destination, replace=replace)[0]


def write_together(
    *, parts: Sequence[Sequence[RunRecord]], destination: Destination, replace: bool = False
) -> list[Stored]:
    """Store what several requests brought, in one transaction, all of it or nothing; what became of each part."""
    runs = costing.priced(list(chain.from_iterable(parts)), workspace_id=destination.workspace_id)
    by_trace = _latest_by_trace(runs)
    if not by_trace:
        return [Stored(0, Rejections()) for _ in parts]
    with transaction.atomic():
        joining.wait_for_givers(workspace_id=destination.workspace_id)
        deleted = tombstones.among(by_trace, workspace_id=destination.workspace_id)
        living, surplus = _cut({trace: runs for trace, runs in by_trace.items() if trace not in deleted})
        stored = _store(_Batch(destination, living, replace)) if living else _Outcome(frozenset(), {})
        ringing.ring_for_settling()
    refused = {**stored.refused, **dict.fromkeys(deleted, tombstones.REFUSED)}
    outcome = _Outcome(stored.changed, refused, stored.surplus | surplus)
    return [outcome.of(part) for part in parts]


def amend(
    *, workspace_id: int, traces: Iterable[UUID], change: Callable[[Mapping[UUID, tables.LockedTrace]], set[int]]
) -> None:
    """Change runs that are stored: `change` is called with those of the traces that exist, locked, and gives the primary
    keys of those whose runs it did change; they are summed up anew.
    """
    with transaction.atomic():
        locked = tables.lock_traces(workspace_id, sorted(traces))
        changed = change(locked) if locked else set()
        if changed:
            _sum_up({row.pk: row.project_id for row in locked.values() if row.pk in changed})
            ringing.ring_for_settling()


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


def _store(batch: _Batch) -> _Outcome:
    workspace_id = batch.destination.workspace_id
    created = tables.insert_traces(_new_trace_row(batch, trace) for trace in sorted(batch.by_trace))
    if batch.replaces:  # runs of a trace that is new may be stored already, in another trace
        created = {}
    locked, foreign = _existing_traces(batch, created)
    news, surplus = _within(_news(batch, locked), locked)
    pks = {**created, **{trace: row.pk for trace, row in locked.items()}}
    added = [*_runs_of(batch, created), *news.new]
    tables.copy_runs(_rows(workspace_id, pks, added))
    tables.replace_runs(_rows(workspace_id, pks, news.newer), moving=batch.replaces)
    changed = {run.trace_id: locked[run.trace_id] for run in (*news.new, *news.newer)}
    _recompute(batch, changed)
    joining.join(
        workspace_id=workspace_id,
        traces={trace: pks[trace] for trace in (*created, *changed)},
        runs=_runs_of(batch, batch.by_trace),
    )
    return _Outcome({run.id for run in (*added, *news.newer)}, dict.fromkeys(foreign, FOREIGN_TRACE), surplus)


def full() -> str:
    """Why a run of a trace that has too many cannot be taken."""
    return f"the trace has {settings.MAX_RUNS_PER_TRACE} runs, and may not have more"


def _cut(by_trace: dict[UUID, list[RunRecord]]) -> tuple[dict[UUID, list[RunRecord]], AbstractSet[UUID]]:
    """No more runs of each trace than it may have, and those that are too many."""
    most = settings.MAX_RUNS_PER_TRACE
    surplus = {run.id for runs in by_trace.values() if len(runs) > most for run in runs[most:]}
    return ({trace: runs[:most] for trace, runs in by_trace.items()}, surplus) if surplus else (by_trace, frozenset())


def _within(news: "_News", locked: Mapping[UUID, tables.LockedTrace]) -> tuple["_News", AbstractSet[UUID]]:
    """The new runs for which their traces have room, and those that are too many."""
    room = {trace: settings.MAX_RUNS_PER_TRACE - row.run_count for trace, row in locked.items()}
    kept = []
    for run in news.new:
        room[run.trace_id] -= 1
        if room[run.trace_id] >= 0:
            kept.append(run)
    surplus = {run.id for run in news.new} - {run.id for run in kept}
    return _News(kept, news.newer), surplus


def _runs_of(batch: _Batch, traces: Iterable[UUID]) -> list[RunRecord]:
    return [run for trace in traces for run in batch.by_trace[trace]]


def _rows(workspace_id: int, pks: Mapping[UUID, int], runs: Sequence[RunRecord]) -> Iterator[tables.Row]:
    return (rows.run_row(run, workspace_id=workspace_id, trace_pk=pks[run.trace_id]) for run in runs)


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


def _existing_traces(
    batch: _Batch, created: Mapping[UUID, int]
) -> tuple[dict[UUID, tables.LockedTrace], Collection[UUID]]:
    """The traces that existed before and may be written to, locked; and those that may not."""
    others = sorted(batch.by_trace.keys() - created.keys())
    if not others:
        return {}, ()
    locked = tables.lock_traces(batch.destination.workspace_id, others)
    only = batch.destination.only_project_id
    allowed = {trace: row for trace, row in locked.items() if only in (None, row.project_id)}
    return allowed, [trace for trace in others if trace not in allowed]


@dataclass(frozen=True, slots=True)
class _News:
    """Runs of locked traces that are not stored yet, and those that ended later than what is stored."""

    new: Sequence[RunRecord]
    newer: Sequence[RunRecord]


def _news(batch: _Batch, locked: Mapping[UUID, tables.LockedTrace]) -> _News:
    """What is there already stays: nobody else can write these traces now."""
    runs = _runs_of(batch, locked)
    if not runs:
        return _News((), ())
    traces = None if batch.replaces else [row.pk for row in locked.values()]
    known = tables.known_runs(batch.destination.workspace_id, [run.id for run in runs], in_months_of=traces)
    new = [run for run in runs if run.id not in known]
    others = [run for run in runs if run.id in known]
    return _News(new, others if batch.replaces else [run for run in others if _ended_later(run, known[run.id])])


def _ended_later(run: RunRecord, known: tables.KnownRun) -> bool:
    ended = rows.to_microsecond(run.ended_ns)
    return ended is not None and (known.ended_ns is None or ended > known.ended_ns)


def _recompute(batch: _Batch, changed: Mapping[UUID, tables.LockedTrace]) -> None:
    """Compute the summaries of traces from all their runs. A root run brings its project with it."""
    if not changed:
        return
    projects = {
        trace: batch.project_of(trace) if _root(batch.by_trace[trace]) else row.project_id
        for trace, row in changed.items()
    }
    _sum_up({row.pk: projects[trace] for trace, row in changed.items()})
    for trace, row in changed.items():
        if projects[trace] != row.project_id:
            joining.follow(workspace_id=batch.destination.workspace_id, trace=trace, project_id=projects[trace])


def _sum_up(projects: Mapping[int, int]) -> None:
    """Compute the summaries of traces from all their runs; `projects` are their projects by primary key."""
    summaries = {pk: summarise(runs) for pk, runs in tables.run_summaries(list(projects)).items()}
    texts = tables.texts_of(summaries)
    tables.update_traces(
        {"id": pk, "project_id": projects[pk], **rows.trace_row(summary, texts)} for pk, summary in summaries.items()
    )


def forget_empty(*, workspace_id: int, traces: Collection[UUID]) -> None:
    """Forget those of the traces whose runs have all moved to another one."""
    if traces:
        runs = Run.objects.filter(trace=OuterRef("pk"))
        Trace.objects.filter(~Exists(runs), workspace_id=workspace_id, uuid__in=traces).delete()
