"""Fills a queue from a filter: all traces that match, or their threads, or so many of them by chance, as a job that can be undone.

What will be chosen is frozen in the plan when it is looked at first: the moment that relative times count from, the last
trace there was, and the seed. So the preview and the job choose the same, and asking again with the same seed does too.
A thread stands in the list of matching traces by the first one of them: so threads are counted, drawn and gone through as traces are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from annotation.domain.queues import items, priorities, subject_texts, subjects
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.queues.subjects import Subject
from annotation.domain.traces import matching
from annotation.domain.traces.matching import TraceFilter, pointing
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.domain.work import jobs
from annotation.models import Item, Job, Project, Queue, Trace, User

KIND = "queue_fill"
BATCH = 500
EXAMPLES = 5
PATIENCE = 4
"""A job may search so many times as long as a page: it goes on beside other work, after the preview was fast enough."""
MOST_SAMPLED = 100_000
KINDS = {"trace": "Traces", "thread": "Threads, each once"}
"""What can be made items of, in words."""

Kind: TypeAlias = Literal["trace", "thread"]
_SMALLEST = Decimal("0.000001")


class FillPlan(BaseModel):
    """Which traces, or threads (`kind`) of traces, go into which queue. `sample` is how many by chance (None: all that
    match), `last` an inside id. What a newer version asks for besides is refused rather than left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue_id: int
    kind: Kind = "trace"
    filter: str = ""
    project_id: int | None = None
    project_name: str = ""
    sample: int | None = Field(default=None, ge=1, le=MOST_SAMPLED)
    seed: UUID
    now: datetime
    last: int
    is_restoring: bool = False
    priority: int = Field(default=0, ge=priorities.LEAST, le=priorities.MOST)
    origin: Origin = Origin.HAND
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would do: of `matched_count` traces or threads `chosen_count`, of which some stand there or were removed before.

    `loose_count` are traces that match, where threads are asked for, and belong to none. `examples` are traces, of threads the first.
    """

    matched_count: int
    chosen_count: int
    present_count: int
    removed_count: int
    loose_count: int
    examples: Sequence[Trace]

    @property
    def new_count(self) -> int:
        """Items that would be new."""
        return self.chosen_count - self.present_count - self.removed_count


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The traces (one for each thread), how many match in all, and the chance with which each of those was chosen."""

    passing: TraceFilter
    rows: QuerySet[Trace]
    matched_count: int
    threshold: int | None
    probability: Decimal | None


def plan(  # noqa: PLR0913 -- what may be said about it
    *,
    queue: Queue,
    filter_text: str,
    kind: Kind = "trace",
    project: Project | None = None,
    sample: int | None = None,
    seed: UUID | None = None,
    is_restoring: bool = False,
    priority: int = 0,
    origin: Origin = Origin.HAND,
    by: User,
    why: str = "",
    now: datetime,
) -> FillPlan:
    """A plan for the traces that there are by now."""
    last = Trace.objects.filter(workspace=queue.workspace_id).aggregate(last=Max("pk"))["last"] or 0
    return FillPlan(
        queue_id=queue.pk, kind=kind, filter=filter_text, project_id=project.pk if project else None,
        project_name=project.name if project else "", sample=sample,
        seed=seed or uuid4(), now=now, last=last, is_restoring=is_restoring, priority=priority, origin=origin,
        by=str(by), why=why,
    )  # fmt: skip


def preview(plan: FillPlan, *, queue: Queue) -> Preview:
    """Counts and the latest examples. Raises FilterError, and FilterTooSlow when counting takes too long."""
    with matching.bounded():
        chosen = _choose(plan, queue)
        standing = Item.objects.filter(queue=queue, subject=_SUBJECTS[plan.kind])
        removed = Exists(standing.filter(state=Item.State.REMOVED))
        counts = chosen.rows.aggregate(
            chosen=Count("pk"),
            known=Count("pk", filter=Q(Exists(standing))),
            removed=Count("pk", filter=Q(removed)),
        )
        loose = _matching(plan, chosen.passing).filter(_LOOSE).count() if plan.kind == "thread" else 0
        examples = list(chosen.rows.order_by("-started_at", "-pk")[:EXAMPLES])
    present = counts["known"] - counts["removed"]
    return Preview(chosen.matched_count, counts["chosen"], present, counts["removed"], loose, examples)


def start(plan: FillPlan, *, queue: Queue, by: User) -> Job:
    """Ask for it to be done. Raises QueueClosedError."""
    if queue.status in items.CLOSED:
        raise items.QueueClosedError(queue)
    things = " threads" * (plan.kind == "thread")
    which = f"{plan.sample:,}{things} by chance" if plan.sample else f"all{things} that match"
    title = f"Add to “{queue}”: {which}"
    document = plan.model_dump(mode="json")
    return jobs.create(workspace=queue.workspace, kind=KIND, title=title, plan=document, by=by)


def prepare(job: Job) -> jobs.Step:
    """The step that adds the next traces. Raises FilterTooSlow, which ends the job and says why."""
    plan = FillPlan.model_validate(job.plan)
    queue = Queue.objects.select_related("workspace").get(pk=plan.queue_id)

    def step(job: Job) -> bool:
        with matching.bounded(milliseconds=PATIENCE * settings.FILTER_TIMEOUT_MILLISECONDS):
            chosen = _choose(plan, queue, job.cursor)
            if job.total_count is None:
                job.total_count = chosen.rows.count()
                job.cursor = {"after": 0, "matched": chosen.matched_count, "threshold": chosen.threshold, "ranges": []}
            following = chosen.rows.filter(pk__gt=job.cursor["after"]).order_by("pk")
            batch = list(following.only("uuid", "project", "thread_id")[:BATCH])
        if batch:
            _add(job, plan, queue, batch, chosen)
            job.cursor["after"] = batch[-1].pk
            job.done_count += len(batch)
        return len(batch) < BATCH

    return step


def _choose(plan: FillPlan, queue: Queue, cursor: dict[str, Any] | None = None) -> _Chosen:
    """By the numbers of an earlier step where there are some: a sample is drawn once."""
    passing = matching.compile(plan.filter, workspace=queue.workspace, now=plan.now)
    rows = _matching(plan, passing)
    if plan.kind == "thread":
        rows = _first_of_threads(rows)
    if plan.sample is None:
        return _Chosen(passing, rows, cursor["matched"] if cursor else rows.count(), None, None)
    matched = cursor["matched"] if cursor else rows.count()
    threshold = cursor["threshold"] if cursor else _threshold(rows, plan.seed, plan.sample)
    if threshold is None or matched <= plan.sample:
        return _Chosen(passing, rows, matched, threshold, Decimal(1) if matched else None)
    chance = max((Decimal(plan.sample) / Decimal(matched)).quantize(_SMALLEST), _SMALLEST)
    sampled = rows.filter(LessThanOrEqual(SampleNumber(plan.seed), threshold))
    return _Chosen(passing, sampled, matched, threshold, chance)


def _matching(plan: FillPlan, passing: TraceFilter) -> QuerySet[Trace]:
    rows = passing.traces().filter(pk__lte=plan.last)
    return rows if plan.project_id is None else rows.filter(project=plan.project_id)


_LOOSE = Q(thread_id=None) | Q(thread_id="")


def _first_of_threads(rows: QuerySet[Trace]) -> QuerySet[Trace]:
    """Of each thread the trace that came first among these; the index of threads finds those before it."""
    spoken = rows.exclude(_LOOSE)
    same = {name: OuterRef(name) for name in ("workspace", "project", "thread_id")}
    return spoken.filter(~Exists(spoken.filter(**same, pk__lt=OuterRef("pk"))))


_SUBJECTS = {
    "trace": subject_texts.of_trace(OuterRef("uuid")),
    "thread": subject_texts.of_thread(OuterRef("project"), OuterRef("thread_id")),
}
"""How items name what a trace outside stands for."""


def _subject(plan: FillPlan, trace: Trace) -> Subject:
    if plan.kind == "thread":
        return subjects.of_thread(trace.project_id, str(trace.thread_id))
    return subjects.of_trace(trace.uuid)


def _threshold(rows: QuerySet[Trace], seed: UUID, sample: int) -> int | None:
    """The number of the last trace that is in the sample; None when there are fewer."""
    numbered = rows.annotate(chance=SampleNumber(seed)).order_by("chance")
    found = numbered.values_list("chance", flat=True)[sample - 1 : sample]
    return next(iter(found), None)


def _add(job: Job, plan: FillPlan, queue: Queue, traces: list[Trace], chosen: _Chosen) -> None:
    reason, causes = _reason(job, plan, chosen), _causes(plan, chosen, traces)
    wanted = [_subject(plan, trace).because(_pointing(reason, causes.get(trace.uuid))) for trace in traces]
    texts = [one.text for one in wanted]
    locked = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    gone = Item.objects.filter(queue=locked, subject__in=texts, state=Item.State.REMOVED)
    restoring = list(gone.values_list("pk", flat=True)) if plan.is_restoring else []
    result = items.add(
        queue=locked, subjects=wanted, reason=reason, probability=chosen.probability,
        by=job.created_by, priority=plan.priority, now=timezone.now(), is_restoring=plan.is_restoring,
    )  # fmt: skip
    if result.added:
        job.cursor["ranges"] = _joined(job.cursor["ranges"], result.added[0].number, result.added[-1].number)
    job.cursor["restored"] = [*job.cursor.get("restored", []), *restoring]
    before = job.result
    job.result = {
        "added": before.get("added", 0) + result.added_count,
        "restored": before.get("restored", 0) + result.restored_count,
        "present": before.get("present", 0) + result.present_count,
        "removed": before.get("removed", 0) + result.removed_count,
    }


def _causes(plan: FillPlan, chosen: _Chosen, traces: list[Trace]) -> Mapping[UUID, UUID]:
    """By trace the step that made it pass; none of threads: it may stand in any of their turns."""
    uuids = [trace.uuid for trace in traces] if plan.kind == "trace" else []
    return pointing.first_runs(chosen.passing, uuids)


def _pointing(reason: Reason, run: UUID | None) -> Reason:
    return reason.model_copy(update={"run": run}) if run else reason


def _reason(job: Job, plan: FillPlan, chosen: _Chosen) -> Reason:
    of = f"of {plan.project_name}" if plan.project_name else ""
    is_thread = plan.kind == "thread"
    said = of if plan.filter or of else f"of all {plan.kind}s"
    if plan.sample is not None and plan.sample < chosen.matched_count:
        said = f"{plan.sample:,} of {chosen.matched_count:,}{' threads' * is_thread} by chance{', ' * bool(said)}{said}"
    chance = float(chosen.probability) if chosen.probability is not None else None
    why = tuple(words for words in ("in a trace of it" * bool(is_thread and plan.filter), said, plan.why) if words)
    return Reason(origin=plan.origin, by=plan.by, probability=chance, filter=plan.filter, why=why, job=job.uuid)


def _joined(ranges: list[list[int]], first: int, last: int) -> list[list[int]]:
    if ranges and ranges[-1][1] + 1 == first:
        return [*ranges[:-1], [ranges[-1][0], last]]
    return [*ranges, [first, last]]
