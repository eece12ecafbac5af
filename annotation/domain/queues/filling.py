"""Fills a queue from a filter: all that match, or so many of them by chance, as a job that can be undone.

What will be chosen (`choosing`) is frozen in the plan when it is looked at first: the moment that relative times count from,
the last row there was, and the seed. So the preview and the job choose the same, and asking again with the same seed does too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count, Exists, Max, Q
from django.utils import timezone
from pydantic import ValidationError

from annotation.domain.queues import choosing, items
from annotation.domain.queues.choosing import THINGS, Chosen, FillPlan, Kind
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.traces import matching
from annotation.domain.traces.matching import pointing
from annotation.domain.work import jobs
from annotation.models import Item, Job, Project, Queue, User

KIND = "queue_fill"
BATCH = 500
STEPS_BATCH = 2_000
"""More of steps, as each batch goes through all runs to find the next ones."""
EXAMPLES = 5
PATIENCE = 4
"""A job may search so many times as long as a page: it goes on beside other work, after the preview was fast enough."""


class UnknownPlanError(Exception):
    """The plan of a job says what this version does not know; nothing is added."""

    def __init__(self) -> None:
        super().__init__(
            "A newer version asked for this than the worker that took it: update the workers, then fill again."
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would do: of `matched_count` things `chosen_count`, of which some stand there or were removed before.

    `loose_count` are traces that match, where threads are asked for, and belong to none; `hidden_count` those of the chosen
    steps that the queue does not show its reviewers. `examples` are runs where steps are asked for, else traces, of threads
    the first. `room` is how many more the queue takes (None: any number); items that are put back take it up too.
    """

    matched_count: int
    chosen_count: int
    present_count: int
    removed_count: int
    loose_count: int
    hidden_count: int
    examples: Sequence[Any]
    room: int | None
    is_restoring: bool

    @property
    def new_count(self) -> int:
        """Items that would be new."""
        return self.chosen_count - self.present_count - self.removed_count

    @property
    def coming_count(self) -> int:
        """These, and those to be put back where that is asked for."""
        return self.new_count + self.removed_count * self.is_restoring

    @property
    def over_count(self) -> int:
        """Of those that would come, how many do not fit into the queue."""
        return self.coming_count - self.fitting_count

    @property
    def fitting_count(self) -> int:
        """Of those that would come, how many fit."""
        return self.coming_count if self.room is None else min(self.coming_count, self.room)

    @property
    def is_short(self) -> bool:
        """Whether there is no room for all that are not in the queue."""
        return self.room is not None and self.new_count + self.removed_count > self.room

    @property
    def may_start(self) -> bool:
        """Whether anything can come in, by itself or when it is put back."""
        return self.room != 0 and bool(self.new_count + self.removed_count)


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
    """A plan for what there is by now."""
    last = THINGS[kind].model.objects.aggregate(last=Max("pk"))["last"] or 0  # of all workspaces: read at once
    return FillPlan(
        queue_id=queue.pk, kind=kind, filter=filter_text, project_id=project.pk if project else None,
        project_name=project.name if project else "", sample=sample,
        seed=seed or uuid4(), now=now, last=last, is_restoring=is_restoring, priority=priority, origin=origin,
        by=str(by), why=why,
    )  # fmt: skip


def preview(plan: FillPlan, *, queue: Queue) -> Preview:
    """Counts and the latest examples. Raises FilterError, and FilterTooSlow when counting takes too long."""
    with matching.bounded():
        chosen = choosing.choose(plan, queue)
        standing = Item.objects.filter(queue=queue, subject=plan.thing.text)
        removed = Exists(standing.filter(state=Item.State.REMOVED))
        counts = chosen.rows.aggregate(
            chosen=Count("pk"),
            known=Count("pk", filter=Q(Exists(standing))),
            removed=Count("pk", filter=Q(removed)),
            hidden=Count("pk", filter=choosing.hidden(plan, queue)),
        )
        loose, examples = choosing.loose_count(plan, chosen), choosing.examples(plan, chosen, EXAMPLES)
    return Preview(
        chosen.matched_count, counts["chosen"], counts["known"] - counts["removed"], counts["removed"], loose, counts["hidden"],
        examples, items.room(queue), plan.is_restoring,
    )  # fmt: skip


def start(plan: FillPlan, *, queue: Queue, by: User) -> Job:
    """Ask for it to be done. Raises QueueClosedError."""
    if queue.status in items.CLOSED:
        raise items.QueueClosedError(queue)
    which = f"{plan.sample:,}{plan.thing.counted} by chance" if plan.sample else f"all{plan.thing.counted} that match"
    title = f"Add to “{queue}”: {which}"
    document = plan.model_dump(mode="json")
    return jobs.create(workspace=queue.workspace, kind=KIND, title=title, plan=document, by=by)


def prepare(job: Job) -> jobs.Step:
    """The step that adds the next items. Raises UnknownPlanError and FilterTooSlow, which end the job and say why."""
    plan = _read(job)
    queue = Queue.objects.select_related("workspace").get(pk=plan.queue_id)
    size = STEPS_BATCH if plan.kind == "run" else BATCH

    def step(job: Job) -> bool:
        with matching.bounded(milliseconds=PATIENCE * settings.FILTER_TIMEOUT_MILLISECONDS):
            chosen = choosing.choose(plan, queue, job.cursor)
            if job.total_count is None:
                job.total_count = chosen.matched_count if plan.sample is None else chosen.rows.count()
                job.cursor = {"after": 0, "matched": chosen.matched_count, "threshold": chosen.threshold, "ranges": []}
            batch = choosing.following(plan, chosen, job.cursor, size)
        if batch:
            _add(job, plan, queue, batch, chosen)
            job.cursor |= choosing.place(plan, batch[-1])
            job.done_count += len(batch)
        return len(batch) < size

    return step


def _read(job: Job) -> FillPlan:
    try:
        return FillPlan.model_validate(job.plan)
    except ValidationError as problem:  # it would show people what stands in the plan
        raise UnknownPlanError from problem


def _add(job: Job, plan: FillPlan, queue: Queue, rows: list[Any], chosen: Chosen) -> None:
    reason, causes = _reason(job, plan, chosen), _causes(plan, chosen, rows)
    wanted = [plan.thing.subject(row).because(_pointing(reason, causes.get(row.uuid))) for row in rows]
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
        "over": before.get("over", 0) + result.over_count,
    }


def _causes(plan: FillPlan, chosen: Chosen, rows: list[Any]) -> Mapping[UUID, UUID]:
    """By trace the step that made it pass. None of threads, where it may stand in any turn, nor of steps, which are it themselves."""
    uuids = [trace.uuid for trace in rows] if plan.kind == "trace" else []
    return pointing.first_runs(chosen.passing, uuids)


def _pointing(reason: Reason, run: UUID | None) -> Reason:
    return reason.model_copy(update={"run": run}) if run else reason


def _reason(job: Job, plan: FillPlan, chosen: Chosen) -> Reason:
    of = f"of {plan.project_name}" if plan.project_name else ""
    said = of if plan.filter or of else f"of all {plan.thing.noun}s"
    if plan.sample is not None and plan.sample < chosen.matched_count:
        said = f"{plan.sample:,} of {chosen.matched_count:,}{plan.thing.counted} by chance{', ' * bool(said)}{said}"
    chance = float(chosen.probability) if chosen.probability is not None else None
    why = tuple(words for words in (plan.thing.why * bool(plan.filter), said, plan.why) if words)
    return Reason(origin=plan.origin, by=plan.by, probability=chance, filter=plan.filter, why=why, job=job.uuid)


def _joined(ranges: list[list[int]], first: int, last: int) -> list[list[int]]:
    if ranges and ranges[-1][1] + 1 == first:
        return [*ranges[:-1], [ranges[-1][0], last]]
    return [*ranges, [first, last]]
