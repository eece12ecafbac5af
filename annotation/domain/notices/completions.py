"""Queues all of whose items are settled: noticed by looking at how they stand, so that no submission pays for it.

No single submission could tell: two that settle the last two items at the same moment do not see each other. So a queue is
told of some seconds after it is done; one that is filled again before, is not.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery

from annotation.domain import access
from annotation.domain.notices import recording
from annotation.models import Completion, Item, Queue


def note(*, now: datetime) -> None:
    """Record each queue that is done and was not, or that is done again after new items."""
    for queue in _done():
        with transaction.atomic():
            if _is_first(queue, now):
                recording.done(queue=queue, now=now)


def _done() -> QuerySet[Queue, Queue]:
    of_queue = Item.objects.filter(queue=OuterRef("pk"))
    newest = of_queue.filter(state=Item.State.DONE).order_by("-id").values("id")[:1]
    told = Completion.objects.filter(queue=OuterRef("pk"), newest_item__gte=OuterRef("newest"))
    waiting = of_queue.filter(state__in=[Item.State.OPEN, Item.State.DISAGREEMENT])
    shown = Queue.objects.filter(status__in=access.OPEN_STATUSES)
    return (
        shown.filter(~Exists(waiting))
        .annotate(newest=Subquery(newest, output_field=BigIntegerField()))
        .filter(~Exists(told), newest__isnull=False)
    )


def _is_first(queue: Queue, now: datetime) -> bool:
    """Whether nobody else notes it at the same moment."""
    newest: int = queue.newest  # type: ignore[attr-defined]
    older = Completion.objects.filter(Q(newest_item__lt=newest), queue=queue)
    if older.update(newest_item=newest, noted_at=now):
        return True
    _, is_new = Completion.objects.get_or_create(queue=queue, defaults={"newest_item": newest, "noted_at": now})
    return is_new
