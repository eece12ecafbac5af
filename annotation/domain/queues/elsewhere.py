"""What a reviewer may do when a queue has nothing for them: go on in another one, or wait for what others have."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Min, QuerySet

from annotation.domain.queues import waiting
from annotation.models import Queue, Reservation, User

MOST = 3
MOST_LOOKED_AT = 50


def with_work(queues: QuerySet[Queue], person: User, now: datetime) -> list[Queue]:
    """The first MOST of these queues that could give the person something, the most urgent first; two statements."""
    active = queues.filter(status=Queue.Status.ACTIVE).order_by(F("due_on").asc(nulls_last=True), "name", "id")
    looked_at = {queue.pk: queue for queue in active[:MOST_LOOKED_AT]}
    return [looked_at[found] for found in waiting.with_work(list(looked_at), person, now, most=MOST)]


def first_back(queue: Queue, person: User, now: datetime) -> datetime | None:
    """When the first item that somebody else has on the screen comes back, if they leave it; None where nobody has one."""
    others = Reservation.objects.filter(item__queue=queue, expires_at__gt=now).exclude(reviewer=person)
    found: datetime | None = others.aggregate(first=Min("expires_at"))["first"]
    return found
