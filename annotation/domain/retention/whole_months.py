"""Retention by whole months, for installations whose runs lie in partitions: runs go by dropping their table, not by rows.

The traces that go are written down as deleted first, so that nothing is stored for them any more. Then the month's table is
exchanged for one with the runs of the traces that stay, which are few; and the traces themselves go, some at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from annotation.domain.ingest import attachments, months
from annotation.domain.retention import deletion, partitions
from annotation.domain.retention.partitions import Partition
from annotation.models import DeletedTrace, Job, Run, Trace

MOST_STAYING = 100_000
"""A table is exchanged if no more runs than so many have to be copied; else runs go row by row."""
REMOVED = 400
"""Traces, most of them without runs by then, that a step removes."""


def end_before(moment: datetime) -> int | None:
    """Where the keys of traces end that arrived in months before the moment's; None where retention does not wait for months."""
    is_by_month = settings.RETENTION_BY_MONTH and partitions.is_partitioned()
    return months.first_key(months.number(moment)) if is_by_month else None


def take_step(job: Job, *, going: Callable[[], QuerySet[Trace]], end: int) -> bool:
    """Do the next piece of letting go the traces that `going` finds below the key `end`; True when all is done."""
    if not job.cursor.get("is_gathered"):
        deletion.gather(job, going())
        return False
    reached = job.cursor.get("reached", 0)
    month = next((one for one in partitions.existing() if reached < one.end <= end), None)
    if month:
        leave_out_deleted(month)
        job.cursor = {**job.cursor, "reached": month.end}
        return False
    return deletion.remove_next(job, at_a_time=REMOVED)


def leave_out_deleted(month: Partition) -> bool:
    """Exchange a month's table for one without the runs of deleted traces; False if that would not pay, or cannot be now."""
    traces = Trace.objects.filter(pk__gte=month.start, pk__lt=month.end)
    staying = traces.exclude(_is_deleted())
    run_count = staying.aggregate(count=Sum("run_count"))["count"] or 0
    if run_count > MOST_STAYING or not traces.filter(_is_deleted()).exists():
        return False

    def prepare() -> list[int]:
        for (workspace,) in traces.order_by("workspace").values_list("workspace").distinct():
            gone = traces.filter(_is_deleted(), workspace=workspace)
            attachments.remove(workspace_id=workspace, runs=Run.objects.filter(trace__in=gone).values("uuid"))
        return list(staying.values_list("pk", flat=True))

    return partitions.exchange(month, prepare=prepare)


def _is_deleted() -> Exists:
    return Exists(
        DeletedTrace.objects.filter(workspace=OuterRef("workspace"), trace_uuid=OuterRef("uuid"), removed_at=None)
    )
