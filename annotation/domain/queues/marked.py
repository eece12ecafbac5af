"""Puts what somebody has marked into a queue at once, noted down as a filling job that has ended: so it can be undone like one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from annotation.domain.queues import filling, items
from annotation.domain.queues.items import AddResult
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.queues.subjects import Subject
from annotation.models import Item, Job, Queue, User


def add(*, queue: Queue, subjects: Sequence[Subject], by: User, now: datetime) -> tuple[AddResult, Job | None]:
    """Each subject once, removed ones put back; and the job by which this is undone, None where nothing has changed.

    Raises QueueClosedError.
    """
    title = f"Add to “{queue}”: {len(subjects):,} marked"
    job = Job(
        workspace=queue.workspace, kind=filling.KIND, title=title[:200], plan={"queue_id": queue.pk}, created_by=by
    )
    with transaction.atomic():
        Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # as `items.add` does, before it looks
        gone = Item.objects.filter(queue=queue, subject__in=[one.text for one in subjects], state=Item.State.REMOVED)
        removed = list(gone.values_list("pk", flat=True))
        reason = Reason(origin=Origin.HAND, by=str(by), job=job.uuid)
        result = items.add(queue=queue, subjects=subjects, reason=reason, by=by, now=now, is_restoring=True)
        if not (result.added or result.restored_count):
            return result, None
        _end(job, result, removed, now)
    return result, job


def _end(job: Job, result: AddResult, removed: list[int], now: datetime) -> None:
    back = Item.objects.filter(pk__in=removed).exclude(state=Item.State.REMOVED)
    ranges = [[result.added[0].number, result.added[-1].number]] if result.added else []
    job.cursor = {"ranges": ranges, "restored": list(back.values_list("pk", flat=True))}
    job.result = {
        "added": result.added_count,
        "restored": result.restored_count,
        "present": result.present_count,
        "removed": result.removed_count,
    }
    job.status = Job.Status.DONE
    job.total_count = job.done_count = sum(job.result.values())
    job.created_at = job.started_at = job.finished_at = now
    job.save()
