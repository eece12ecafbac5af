"""What a flag keeps from whom: the item waits for an editor of its queue, who looks at it and clears the flag.

The one place that decides it, for pages and programs alike; what is given unasked has no flag (`line`).
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from annotation.domain import access
from annotation.domain.queues import blinded
from annotation.domain.queues.refusals import ItemFlaggedError
from annotation.models import Item, Membership, Queue, Reservation, User


def require_unflagged(item: Item, by: User, now: datetime) -> None:
    """Raise ItemFlaggedError where a flag keeps the item from the person. Call with the item locked.

    It keeps nothing from who has the item on the screen, so that no work is lost; nor from who may clear the flag.
    """
    if item.flagged_at is None or _holds(item, by, now) or _may_clear(item.queue, by):
        return
    tells = blinded.known(item, item.queue, by).tells_flag
    raise ItemFlaggedError(item, by=item.flagged_by if tells else None, is_own=item.flagged_by_id == by.pk)


def of_person(person: User, queue: Queue) -> QuerySet[Item]:
    """The items of the queue that the person flagged and nobody has settled, the latest first."""
    rows = Item.objects.filter(queue=queue, flagged_at__isnull=False, flagged_by=person)
    return rows.exclude(state=Item.State.REMOVED).order_by("-flagged_at", "-id")


def _holds(item: Item, person: User, now: datetime) -> bool:
    return Reservation.objects.filter(item=item, reviewer=person, expires_at__gt=now).exists()


def _may_clear(queue: Queue, person: User) -> bool:
    roles = Membership.objects.filter(workspace=queue.workspace_id, user=person).values_list("role", flat=True)
    return any(access.role_may(role, access.Capability.EDIT) for role in roles)
