"""Takes back out what filling a queue put in, as a job: exactly its items, but for those that somebody has worked on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotation.domain import audit, locks
from annotation.domain.queues import filling
from annotation.domain.work import jobs
from annotation.models import Draft, Item, Job, Reservation, Review, User

KIND = "queue_unfill"
BATCH = 500


class UnfillRefusedError(Exception):
    """The job's items are not taken out; the message says why. `code` is for programs."""

    code = "undo_refused"


@dataclass(frozen=True, slots=True)
class Preview:
    """Items that would go, and those that stay since somebody reviewed them or is at it."""

    going_count: int
    staying_count: int


def preview(job: Job, *, now: datetime) -> Preview:
    """What undoing the job would do."""
    going = staying = 0
    for rows in _parts(job):
        untouched = _untouched(rows, now).count()
        going, staying = going + untouched, staying + rows.count() - untouched
    return Preview(going, staying)


def start(*, job: Job, by: User) -> Job:
    """Ask for the items of a filling job to be taken out. Raises UnfillRefusedError."""
    with transaction.atomic():
        locked = Job.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=job.pk)
        if locked.kind != filling.KIND:
            raise UnfillRefusedError("Only a job that fills a queue can be undone.")
        if locked.status in jobs.UNFINISHED:
            raise UnfillRefusedError("The job is still at it: stop it first, or wait for its end.")
        if locked.result.get("undone_by"):
            raise UnfillRefusedError("This job has been undone already.")
        title = f"Undo: {locked.title}"
        undoing = jobs.create(workspace=locked.workspace, kind=KIND, title=title, plan={"job": locked.pk}, by=by)
        locked.result = {**locked.result, "undone_by": str(undoing.uuid)}
        locked.save(update_fields=["result"])
        audit.record("queue.filling_undone", by=by, workspace=locked.workspace, target=locked)
    return undoing


def prepare(job: Job) -> jobs.Step:
    """The step that takes out the next items, the last ones first."""
    filled = Job.objects.get(pk=job.plan["job"])

    def step(job: Job) -> bool:
        if job.total_count is None:
            job.total_count = sum(rows.count() for rows in _parts(filled))
        batch = _next(filled, job)
        gone = _take_out(filled, batch) if batch else 0
        job.done_count += len(batch)
        job.result = {
            "taken_out": job.result.get("taken_out", 0) + gone,
            "stayed": job.result.get("stayed", 0) + len(batch) - gone,
        }
        return len(batch) < BATCH

    return step


def _next(filled: Job, job: Job) -> list[Item]:
    after = job.cursor.get("after", 0)
    found: list[Item] = []
    for rows in _parts(filled):
        found += rows.filter(pk__gt=after).order_by("pk")[:BATCH]
    batch = sorted(found, key=lambda item: item.pk)[:BATCH]
    if batch:
        job.cursor = {"after": batch[-1].pk}
    return batch


def _take_out(filled: Job, batch: list[Item]) -> int:
    """New items go for good, as if they had never been added; those that were put back are removed again."""
    pks = [item.pk for item in batch]
    locks.under_policy(item.queue_id for item in batch)
    list(Item.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk").values_list("pk"))
    untouched = list(_untouched(Item.objects.filter(pk__in=pks), timezone.now()).values_list("pk", flat=True))
    restored = set(filled.cursor.get("restored", ()))
    Item.objects.filter(pk__in=[pk for pk in untouched if pk not in restored]).delete()
    Item.objects.filter(pk__in=[pk for pk in untouched if pk in restored]).update(state=Item.State.REMOVED)
    return len(untouched)


def _parts(filled: Job) -> Iterator[QuerySet[Item]]:
    """The items of a filling job that still stand: by the numbers that they got, then those that it put back."""
    queue = filled.plan["queue_id"]
    standing = Item.objects.filter(queue=queue).exclude(state=Item.State.REMOVED)
    for first, last in filled.cursor.get("ranges", ()):
        yield standing.filter(number__gte=first, number__lte=last, reason__job=str(filled.uuid))
    if restored := filled.cursor.get("restored"):
        yield standing.filter(pk__in=restored)


def _untouched(rows: QuerySet[Item], now: datetime) -> QuerySet[Item]:
    """Those that nobody has reviewed, flagged or begun, nor has on the screen."""
    about = {"item": OuterRef("pk")}
    held = Reservation.objects.filter(**about, expires_at__gt=now)
    begun = Exists(Review.objects.filter(**about)) | Exists(Draft.objects.filter(**about)) | Exists(held)
    return rows.filter(~Q(begun), flagged_at__isnull=True)
