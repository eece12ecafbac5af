"""Traces and all that hangs on them, taken out of the database for good.

Locks go items, traces, feedback: as whoever reviews and whoever stores take them, so that nobody waits in a ring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from annotation.domain import locks
from annotation.domain.ingest import attachments
from annotation.domain.queues import subjects
from annotation.models import Decision, FailureMode, Feedback, FeedbackLink, Item, LogRecord, Run, RunShare, Trace

MOST_RUNS = 10_000
"""So many runs are removed at a time, unless a single trace has more."""

Narrowing = Callable[[QuerySet[Trace]], QuerySet[Trace]]


def remove(*, workspace_id: int, traces: Collection[UUID], still: Narrowing | None = None) -> int:
    """Delete the traces with their runs, log records, attachments, links, decisions, feedback and items; how many traces
    there were.

    With `still`, only those that pass it once they are locked, and none that somebody is writing. The last trace of a
    thread takes along what was said about the thread. Rows of datasets stay as they are.
    """
    with transaction.atomic():
        _lock(items_of(workspace_id, traces))
        held = _held(workspace_id, traces, still)
        pks = [pk for pk, _, _, _ in held]
        uuids = set(traces) if still is None else {uuid for _, uuid, _, _ in held}
        items_of(workspace_id, uuids).delete()
        Feedback.objects.filter(workspace_id=workspace_id, trace_uuid__in=uuids).delete()
        Item.objects.filter(decision__trace__in=pks).update(decision=None)
        Decision.objects.filter(trace__in=pks).delete()
        runs = Run.objects.filter(trace__in=pks)
        attachments.remove(workspace_id=workspace_id, runs=runs.values("uuid"))
        for links in (RunShare, FeedbackLink):
            links.objects.filter(workspace=workspace_id, run_uuid__in=runs.values("uuid")).delete()
        LogRecord.objects.filter(workspace=workspace_id, trace_uuid__in=uuids).delete()
        runs.delete()
        Trace.objects.filter(pk__in=pks).delete()
        _end_threads(workspace_id, {(project, thread) for _, _, project, thread in held if thread})
    return len(held)


def remove_words(*, project_id: int) -> None:
    """Delete what was said about a project whose traces are gone, about its threads, and its names for what failed."""
    Feedback.objects.filter(project=project_id).delete()
    FeedbackLink.objects.filter(project=project_id).delete()
    FailureMode.objects.filter(project=project_id, feedback=None).delete()


def _held(
    workspace_id: int, traces: Collection[UUID], still: Narrowing | None
) -> list[tuple[int, UUID, int, str | None]]:
    rows = Trace.objects.select_for_update(skip_locked=still is not None).filter(
        workspace_id=workspace_id, uuid__in=traces
    )
    held = list(rows.order_by("uuid").values_list("pk", "uuid", "project_id", "thread_id"))
    if still is None:
        return held
    passing = set(still(Trace.objects.filter(pk__in=[row[0] for row in held])).values_list("pk", flat=True))
    return [row for row in held if row[0] in passing]


def some_of(traces: Iterable[tuple[UUID, int]]) -> list[UUID]:
    """As many of the traces (with their numbers of runs) as one step may remove: at least one."""
    taken: list[UUID] = []
    runs = 0
    for uuid, count in traces:
        runs += count
        if taken and runs > MOST_RUNS:
            break
        taken.append(uuid)
    return taken


def items_of(workspace_id: int, traces: Collection[UUID]) -> QuerySet[Item]:
    """The items about the traces, their runs, or pairs with one of them."""
    return Item.objects.filter(
        Q(trace_uuid__in=traces) | Q(other_trace_uuid__isnull=False, other_trace_uuid__in=traces),
        workspace_id=workspace_id,
    )


def _thread_items(threads: Iterable[tuple[int, str]]) -> QuerySet[Item]:
    texts = [subjects.of_thread(project, thread).text for project, thread in threads]
    return Item.objects.filter(kind=Item.Kind.THREAD, subject__in=texts)


def _end_threads(workspace_id: int, threads: Collection[tuple[int, str]]) -> None:
    """Of threads that have no trace left in their project: delete what was said about them, and their items."""
    names = {thread for _, thread in threads}
    others = Trace.objects.filter(workspace_id=workspace_id, thread_id__in=names)
    left = set(others.values_list("project_id", "thread_id").distinct())
    ended = [(project, thread) for project, thread in threads if (project, thread) not in left]
    if not ended:
        return
    items = _thread_items(ended).filter(workspace_id=workspace_id)
    _lock(items)
    items.delete()
    elsewhere = {thread for _, thread in left}
    gone = Q(project__isnull=True, thread_id__in=[thread for _, thread in ended if thread not in elsewhere])
    for project, thread in ended:
        gone |= Q(project=project, thread_id=thread)
    Feedback.objects.filter(gone, workspace_id=workspace_id, target=Feedback.Target.THREAD).delete()


def _lock(items: QuerySet[Item]) -> None:
    locks.under_policy(items.order_by().values_list("queue", flat=True).distinct())
    list(items.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
