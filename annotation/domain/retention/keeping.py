"""How long a project keeps its traces: what would go, and the job that lets it go, night by night.

Traces that people judged, that stand in a dataset or in an item of a queue that is open or disputed stay, however old. Age counts from when a
trace began or arrived, whichever is later: neither a sender's clock nor an import of old traces deletes by surprise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import BaseModel

from annotation.domain import audit
from annotation.domain.queues import state
from annotation.domain.retention import deletion, ending, removing, whole_months
from annotation.domain.work import jobs
from annotation.models import Example, Feedback, Item, Job, Project, Trace, User

KIND = "retain"
BATCH = 100
MOST_DAYS = 3_650
COUNTED = 10_000
"""A preview counts up to so many."""
PEOPLE = (Feedback.Source.USER, Feedback.Source.REVIEWER)
"""Whose judgement keeps a trace."""


class RetentionPlan(BaseModel):
    """Traces of a project (its inside id) that are older than `before`, and have keys below `end` if that is given."""

    project_id: int
    before: datetime
    end: int | None = None

    @classmethod
    def of(cls, project: Project, *, days: int, now: datetime) -> RetentionPlan:
        """What `days` mean on this day."""
        before = now - timedelta(days=days)
        return cls(project_id=project.pk, before=before, end=whole_months.end_before(before))


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go tonight and what stays although it is as old; counts end at COUNTED."""

    days: int
    going_count: int
    judged_count: int
    in_dataset_count: int
    in_queue_count: int


def set_days(*, project: Project, days: int | None, by: User | None) -> None:
    """Say how many days a project keeps its traces; None: for ever."""
    if days == project.retention_days:
        return
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(retention_days=days)
        detail = {"from": project.retention_days, "to": days}
        audit.record("project.retention_changed", by=by, workspace=project.workspace, target=project, detail=detail)
    project.retention_days = days


def preview(project: Project, *, days: int, now: datetime) -> Preview:
    """What `days` would mean tonight."""
    old, threads = _old(RetentionPlan.of(project, days=days, now=now)), _open_threads(project.workspace_id)
    return Preview(
        days=days,
        going_count=_count(_going(old, threads)),
        judged_count=_count_few(old.filter(_is_judged())),
        in_dataset_count=_count_few(old.filter(_is_in_dataset())),
        in_queue_count=_count_few(old.filter(uuid__in=_waiting(project.workspace_id, threads))),
    )


def start_due(*, now: datetime) -> int:
    """Make a job for every project that has something to let go, unless one is at it; how many jobs."""
    deletion.forget(now=now)
    made = ending.start_late()
    kept = Project.objects.filter(retention_days__isnull=False, deleted_at=None)
    for project in kept.select_related("workspace").order_by("pk"):
        plan = RetentionPlan.of(project, days=project.retention_days or MOST_DAYS, now=now)
        going = _going(_old(plan), _open_threads(project.workspace_id))
        if not _is_at_it(project) and going.exists():
            _start(project, plan)
            made += 1
    return made


def _is_at_it(project: Project) -> bool:
    unfinished = Job.objects.filter(workspace=project.workspace_id, kind=KIND, status__in=jobs.UNFINISHED)
    return unfinished.filter(plan__project_id=project.pk).exists()


def _start(project: Project, plan: RetentionPlan) -> None:
    title = f"Let go of traces of {project.name} older than {project.retention_days} days"
    jobs.create(workspace=project.workspace, kind=KIND, title=title, plan=plan.model_dump(mode="json"), by=None)


def prepare(job: Job) -> jobs.Step:
    """The step that lets the next traces go, the oldest first."""
    plan, threads = RetentionPlan.model_validate(job.plan), _open_threads(job.workspace_id)

    def going(traces: QuerySet[Trace]) -> QuerySet[Trace]:
        return _going(traces, threads)

    def step(job: Job) -> bool:
        if plan.end is None:
            is_done = not _remove_next(job, _old(plan), going)
        else:
            is_done = whole_months.take_step(job, going=lambda: going(_old(plan)), end=plan.end)
        if is_done:
            _tell(job, plan)
        return is_done

    return step


def _remove_next(job: Job, old: QuerySet[Trace], going: Callable[[QuerySet[Trace]], QuerySet[Trace]]) -> int:
    """Let the oldest go; how many. None: nothing is left, or what is left is being written to, and the next night finds it."""
    rows = going(old)
    if job.cursor:  # what stays is not looked at again and again
        rows = rows.filter(started_at__gte=datetime.fromisoformat(job.cursor["from"]))
    elif (count := _count(rows)) <= COUNTED:
        job.total_count = count
    found = list(rows.order_by("started_at", "pk").values_list("uuid", "run_count", "started_at")[:BATCH])
    traces = removing.some_of((uuid, run_count) for uuid, run_count, _ in found)
    removed = removing.remove(workspace_id=job.workspace_id, traces=traces, still=going)
    if found:
        job.cursor = {"from": found[len(traces) - 1][2].isoformat()}
    job.done_count += removed
    job.result = {"traces": job.done_count}
    return removed


def _tell(job: Job, plan: RetentionPlan) -> None:
    project = Project.objects.filter(pk=plan.project_id).first()
    detail = {"traces": job.done_count, "before": plan.before.isoformat()}
    audit.record("trace.retention_ended", by=None, workspace=job.workspace, target=project, detail=detail)


def _old(plan: RetentionPlan) -> QuerySet[Trace]:
    old = Trace.objects.filter(project_id=plan.project_id, started_at__lt=plan.before, created_at__lt=plan.before)
    return old if plan.end is None else old.filter(pk__lt=plan.end)


def _going(old: QuerySet[Trace], open_threads: Collection[str]) -> QuerySet[Trace]:
    free = old.filter(~_is_judged(), ~_is_in_dataset(), ~_is_in_open_item())
    return free.filter(Q(thread_id=None) | ~Q(thread_id__in=open_threads)) if open_threads else free


def _count(rows: QuerySet[Trace]) -> int:
    return rows.order_by("started_at").values("pk")[: COUNTED + 1].count()


def _count_few(rows: QuerySet[Trace]) -> int:
    """Of few among many: in no order, so that PostgreSQL may begin with what makes them few."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _waiting(workspace_id: int, threads: Collection[str]) -> QuerySet[Any, Any]:
    """The UUIDs of traces that open items are about."""
    items = Item.objects.filter(workspace=workspace_id, state__in=state.WAITING)
    return (
        items.filter(trace_uuid__isnull=False)
        .values("trace_uuid")
        .union(
            items.filter(other_trace_uuid__isnull=False).values("other_trace_uuid"),
            Trace.objects.filter(workspace=workspace_id, thread_id__in=threads).values("uuid"),
        )
    )


def _is_judged() -> Q:
    words = Feedback.objects.filter(workspace=OuterRef("workspace"), trace_uuid=OuterRef("uuid"))
    return Q(Exists(words.filter(Q(source__in=PEOPLE) | Q(is_adjudicated=True))))


def _is_in_dataset() -> Q:
    return Q(
        Exists(Example.objects.filter(source_trace_uuid=OuterRef("uuid"), dataset__workspace=OuterRef("workspace")))
    )


def _is_in_open_item() -> Q:
    return Q(Exists(_open_items().filter(trace_uuid=OuterRef("uuid")))) | Q(
        Exists(_open_items().filter(other_trace_uuid__isnull=False, other_trace_uuid=OuterRef("uuid")))
    )


def _open_threads(workspace_id: int) -> list[str]:
    """Threads that stand in open items; of one that stands there the traces of every project stay."""
    items = Item.objects.filter(workspace=workspace_id, kind=Item.Kind.THREAD, state__in=state.WAITING)
    return [thread for (thread,) in items.values_list("thread_id").distinct() if thread]


def _open_items() -> QuerySet[Item]:
    return Item.objects.filter(workspace=OuterRef("workspace"), state__in=state.WAITING)
