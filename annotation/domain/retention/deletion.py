"""Deleting traces, a thread, or everything of a user, as a job; what is deleted does not come back.

The traces are written down as deleted first, under the lock that keeps out whoever stores runs: from then on, what
arrives for them is turned away (`ingest.tombstones`). Then they are removed, some at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone
from pydantic import BaseModel

from annotation.domain import audit
from annotation.domain.feedback import joining
from annotation.domain.ingest import attachments
from annotation.domain.retention import erasing, removing
from annotation.domain.work import jobs
from annotation.models import DeletedTrace, Feedback, Item, Job, LogRecord, Trace, User, Workspace

KIND = "delete_traces"
MOST_TRACES = 1_000
"""Traces that may be named one by one."""
GATHERED = 1_000
BATCH = 50
REMEMBERED = timedelta(days=30)
"""So long after its deletion nothing is taken in for a trace."""


class DeletionPlan(BaseModel):
    """What to delete: the traces named, else those of a thread, else those of a user, that arrived up to `until`; or all of
    a project (its inside id, and its name).

    `rows` says what becomes of dataset rows that were made from them.
    """

    trace_ids: list[UUID] = []
    thread_id: str | None = None
    user_id: str | None = None
    project_id: int | None = None
    project: str | None = None
    rows: Literal["keep", "erase"] = "keep"
    until: datetime

    @property
    def title(self) -> str:
        """For the list of jobs."""
        if self.trace_ids:
            return "Delete a trace" if len(self.trace_ids) == 1 else f"Delete {len(self.trace_ids)} traces"
        if self.project_id:
            return f"Delete the project {self.project}"
        return f"Delete the thread {self.thread_id}" if self.thread_id else f"Delete everything of user {self.user_id}"


@dataclass(frozen=True, slots=True)
class Effects:
    """What a deletion takes along."""

    trace_count: int
    run_count: int
    feedback_count: int
    item_count: int
    row_count: int


def chosen(workspace_id: int, plan: DeletionPlan) -> QuerySet[Trace]:
    """The traces that a plan is about."""
    if plan.project_id:
        return Trace.objects.filter(workspace_id=workspace_id, project_id=plan.project_id)
    rows = Trace.objects.filter(workspace_id=workspace_id, created_at__lte=plan.until)
    if plan.trace_ids:
        return rows.filter(uuid__in=plan.trace_ids)
    return rows.filter(thread_id=plan.thread_id) if plan.thread_id else rows.filter(user_id=plan.user_id)


def effects(workspace: Workspace, plan: DeletionPlan) -> Effects:
    """What would go, counted."""
    traces = chosen(workspace.pk, plan)
    uuids = traces.values("uuid")
    sums = traces.aggregate(runs=Sum("run_count"))
    return Effects(
        trace_count=traces.count(),
        run_count=sums["runs"] or 0,
        feedback_count=Feedback.objects.filter(workspace=workspace, trace_uuid__in=uuids).count(),
        item_count=Item.objects.filter(workspace=workspace, trace_uuid__in=uuids).count(),
        row_count=erasing.rows_of(workspace.pk, uuids).values("dataset", "uuid").distinct().count(),
    )


def start(*, workspace: Workspace, plan: DeletionPlan, by: User | None) -> Job:
    """Make the job; traces that are named one by one count as deleted from this moment."""
    with transaction.atomic():
        job = jobs.create(workspace=workspace, kind=KIND, title=plan.title, plan=plan.model_dump(mode="json"), by=by)
        detail = {
            "traces": len(plan.trace_ids) or None,
            "thread": plan.thread_id,
            "user": plan.user_id,
            "project": plan.project,
            "rows": plan.rows,
        }
        given = {name: value for name, value in detail.items() if value}
        audit.record("trace.deletion_begun", by=by, workspace=workspace, target=job, detail=given)
        if plan.trace_ids:
            _write_down(job, [uuid for (uuid,) in chosen(workspace.pk, plan).values_list("uuid")])
    return job


def prepare(job: Job) -> jobs.Step:
    """The step that gathers the next traces, and once all are known removes the next ones. Of a project that goes, what
    was said about it goes last, once nothing came in meanwhile.
    """
    plan = DeletionPlan.model_validate(job.plan)

    def step(job: Job) -> bool:
        if not job.cursor.get("is_gathered"):
            gather(job, Trace.objects.none() if plan.trace_ids else chosen(job.workspace_id, plan))
            return False
        if not remove_next(job, rows=plan.rows):
            return False
        if plan.project_id and chosen(job.workspace_id, plan).exists():
            job.cursor = {}
            return False
        if plan.project_id:
            removing.remove_words(project_id=plan.project_id)
        return True

    return step


def gather(job: Job, traces: QuerySet[Trace]) -> None:
    """Write down the next of the traces as deleted; found before the lock is taken, so that nobody waits for the search."""
    following = traces.filter(pk__gt=job.cursor.get("after", 0)).order_by("pk")
    found = list(following.values_list("pk", "uuid")[:GATHERED])
    _write_down(job, [uuid for _, uuid in found])
    if len(found) == GATHERED:
        job.cursor = {"after": found[-1][0]}
        return
    job.cursor = {"is_gathered": True}
    job.total_count = DeletedTrace.objects.filter(job=job).count()


def _write_down(job: Job, traces: Sequence[UUID]) -> None:
    if not traces:
        return
    joining.wait_for_arrivals(workspace_id=job.workspace_id)
    DeletedTrace.objects.bulk_create(
        [DeletedTrace(workspace_id=job.workspace_id, trace_uuid=uuid, job=job) for uuid in sorted(traces)],
        update_conflicts=True,
        unique_fields=["workspace", "trace_uuid"],
        update_fields=["job", "removed_at"],
    )


def remove_next(job: Job, *, rows: str = "keep", at_a_time: int | None = None) -> bool:
    """Remove the next of the traces that a job has written down as deleted; True if none were left."""
    waiting = DeletedTrace.objects.filter(job=job, removed_at=None).order_by("pk")
    batch = list(waiting[: at_a_time or BATCH])
    if not batch:
        return True
    counts = dict(_counts(job.workspace_id, batch))
    traces = removing.some_of((row.trace_uuid, counts.get(row.trace_uuid, 0)) for row in batch)
    result = dict(job.result)
    if rows == "erase":
        erased = erasing.erase(workspace_id=job.workspace_id, traces=traces, by=job.created_by, now=timezone.now())
        result["rows"] = result.get("rows", 0) + erased
    result["traces"] = result.get("traces", 0) + removing.remove(workspace_id=job.workspace_id, traces=traces)
    done = [row.pk for row in batch if row.trace_uuid in set(traces)]
    DeletedTrace.objects.filter(pk__in=done).update(removed_at=Now())
    job.result, job.done_count = result, job.done_count + len(done)
    return False


def _counts(workspace_id: int, batch: Sequence[DeletedTrace]) -> QuerySet[Trace, tuple[UUID, int]]:
    known = Trace.objects.filter(workspace_id=workspace_id, uuid__in=[row.trace_uuid for row in batch])
    return known.values_list("uuid", "run_count")


def forget(*, now: datetime) -> int:
    """Forget deletions that are old enough, and delete what was said and logged about deleted traces since; how much was said.

    Attachments name no trace: those whose runs have not come in all this time go as well.
    """
    deleted = Exists(DeletedTrace.objects.filter(workspace=OuterRef("workspace"), trace_uuid=OuterRef("trace_uuid")))
    count, _ = Feedback.objects.filter(deleted, created_at__gte=now - REMEMBERED).delete()
    LogRecord.objects.filter(deleted, created_at__gte=now - REMEMBERED).delete()
    attachments.forget_lost(since=now - 2 * REMEMBERED, before=now - REMEMBERED)
    DeletedTrace.objects.filter(created_at__lt=now - REMEMBERED, removed_at__isnull=False).delete()
    return count
