"""Who has which item on the screen: claimed with a lease, extended, released, skipped; never one seat twice.

An item has as many seats as the queue wants reviews. A seat is taken by a review or by somebody's live reservation.
Every command locks the item's row first, and counts seats only after it holds the lock, in a statement of its own:
only that sees what the previous holder of the lock committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import connection, transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.domain import access
from annotation.domain.queues import state
from annotation.domain.queues.refusals import (
    ItemNotOpenError,
    ItemTakenError,
    NotAReviewerError,
    NothingLeftError,
    QueueNotActiveError,
    ReservationLostError,
)
from annotation.models import Item, Membership, Queue, Reservation, Review, Skip, User

MOST_COUNTED = 1000
"""Counts in messages stop here: "more than 1,000" says enough."""

Order: TypeAlias = tuple[str, ...]

ORDERS: dict[str, Order] = {
    Queue.Order.PRIORITY: ("-priority", "id"),
    Queue.Order.OLDEST: ("id",),
    Queue.Order.NEWEST: ("-id",),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """An item for one person; `expires_at` is None where they only edit the review that they gave already."""

    item: Item
    expires_at: datetime | None


def claim_next(*, queue: Queue, by: User, now: datetime) -> Claim:
    """The item that the person has on the screen already, else the next one of their line, reserved for them.

    The line is the queue's order; what they skipped stands at its end, longest skipped first. Left out: items that they
    reviewed, that have no free seat, and flagged ones. Raises QueueNotActiveError, NotAReviewerError, NothingLeftError.
    """
    queue = Queue.objects.get(pk=queue.pk)
    require_reviewer(queue, by)
    require_active(queue)
    full: list[int] = []
    for is_waiting in (False, True):  # first past the rows that others hold for a moment, then patiently
        while True:
            claim, looked_at = _attempt(queue, by, now, full, is_waiting=is_waiting)
            if claim:
                return claim
            if looked_at is None:
                break
            full.append(looked_at)
    raise _nothing_left(queue, by)


def claim_item(*, item: Item, by: User, now: datetime) -> Claim:
    """This item for this person; without a reservation when they have reviewed it and come back to edit.

    Raises QueueNotActiveError, NotAReviewerError, ItemNotOpenError, ItemTakenError.
    """
    with transaction.atomic():
        return claim_locked(lock(item), by=by, now=now)


def claim_locked(item: Item, *, by: User, now: datetime) -> Claim:
    """As `claim_item`, for an item that the transaction holds the lock of."""
    require_reviewer(item.queue, by)
    if has_reviewed(item, by):
        return Claim(item, None)
    require_active(item.queue)
    if item.state != Item.State.OPEN:
        raise ItemNotOpenError(item)
    if not _is_seat_free(item, item.queue, by, now):
        raise ItemTakenError(item)
    return _reserve(item, item.queue, by, now)


def heartbeat(*, item: Item, by: User, now: datetime) -> datetime:
    """Hold the item for another full reservation; says until when. Also brings a lapsed one back if a seat is free.

    Raises ReservationLostError; what was typed stays in the draft.
    """
    with transaction.atomic():
        locked = lock(item)
        if has_reviewed(locked, by):
            return _lease(locked.queue, now)
        has_held = Reservation.objects.filter(item=locked, reviewer=by).exists()
        is_theirs = has_held and is_open_to(locked.queue, by) and locked.state == Item.State.OPEN
        if not is_theirs or not _is_seat_free(locked, locked.queue, by, now):
            raise ReservationLostError(locked)
        _reserve(locked, locked.queue, by, now)
        return _lease(locked.queue, now)


def release(*, item: Item, by: User) -> None:
    """Give the item back; the draft is kept. Holding nothing is fine."""
    Reservation.objects.filter(item=item, reviewer=by).delete()


def skip(*, item: Item, by: User, now: datetime, reason: str = "") -> None:
    """Put the item at the end of the person's own line, and give it back; the draft is kept."""
    with transaction.atomic():
        Skip.objects.bulk_create(
            [Skip(item=item, reviewer=by, reason=reason.strip(), skipped_at=now)],
            update_conflicts=True,
            unique_fields=["item", "reviewer"],
            update_fields=["reason", "skipped_at"],
        )
        release(item=item, by=by)


def is_open_to(queue: Queue, person: User) -> bool:
    """Whether the person's role lets them review and the queue names them or is open to all."""
    role = Membership.objects.filter(workspace=queue.workspace_id, user=person).values_list("role", flat=True).first()
    if role is None or not access.role_may(role, access.Capability.REVIEW):
        return False
    return queue.is_open_to_all or queue.reviewers.filter(pk=person.pk).exists()


def require_reviewer(queue: Queue, person: User) -> None:
    """Raise NotAReviewerError unless the queue is open to the person."""
    if not is_open_to(queue, person):
        raise NotAReviewerError(queue)


def require_active(queue: Queue) -> None:
    """Raise QueueNotActiveError unless the queue gives out items."""
    if queue.status != Queue.Status.ACTIVE:
        raise QueueNotActiveError(queue)


def lock(item: Item) -> Item:
    """The item's newest state with its queue, locked until the transaction ends."""
    rows = Item.objects.select_for_update(of=("self",), no_key=True).select_related("queue")
    return rows.get(pk=item.pk)


def has_reviewed(item: Item, person: User) -> bool:
    """Whether the person has submitted a review of it."""
    return Review.objects.filter(item=item, reviewer=person).exists()


def has_seat(item: Item, person: User, now: datetime) -> bool:
    """Whether a review by the person fits in: they hold the item, or a seat is free. Call with the item locked."""
    held = Reservation.objects.filter(item=item, reviewer=person, expires_at__gt=now)
    return held.exists() or _is_seat_free(item, item.queue, person, now)


def left_for(queue: Queue, person: User, now: datetime) -> QuerySet[Item]:
    """The items that the person could be given now, in no order."""
    return _reviewable(queue, person).alias(held=_held_by_others(person, now)).filter(
        flagged_at__isnull=True, review_count__lt=queue.reviewers_per_item - F("held")
    )  # fmt: skip


def _attempt(
    queue: Queue, by: User, now: datetime, full: list[int], *, is_waiting: bool
) -> tuple[Claim | None, int | None]:
    """One try in its own transaction, so that a lock on an item without a seat is not kept: (claim, item looked at)."""
    with transaction.atomic():
        _one_at_a_time(queue, by)
        held = _own(queue, by, now)
        if held:
            return _reserve(held, queue, by, now), None
        item = _first(left_for(queue, by, now).exclude(pk__in=full), queue, by, is_waiting=is_waiting)
        if item is None:
            return None, None
        claim = _reserve(item, queue, by, now) if _is_seat_free(item, queue, by, now) else None
        return claim, item.pk


def _one_at_a_time(queue: Queue, person: User) -> None:
    """Two clicks of one person come one after the other, so that the second finds what the first reserved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"claim:{queue.pk}:{person.pk}"])


def _own(queue: Queue, person: User, now: datetime) -> Item | None:
    mine = Reservation.objects.filter(item=OuterRef("pk"), reviewer=person, expires_at__gt=now)
    rows = _reviewable(queue, person).filter(Exists(mine)).order_by("id")
    return rows.select_for_update(of=("self",), no_key=True).first()


def _first(rows: QuerySet[Item], queue: Queue, person: User, *, is_waiting: bool) -> Item | None:
    """The first of the person's line, locked: the fresh ones by the queue's index, then what they skipped."""
    skipped = Skip.objects.filter(item=OuterRef("pk"), reviewer=person)
    locking = rows.select_for_update(of=("self",), no_key=True, skip_locked=not is_waiting)
    fresh = locking.exclude(Exists(skipped)).order_by(*ORDERS[queue.order]).first()
    if fresh:
        return fresh
    return locking.filter(Exists(skipped)).order_by(Subquery(skipped.values("skipped_at")), "id").first()


def _reviewable(queue: Queue, person: User) -> QuerySet[Item]:
    reviewed = Review.objects.filter(item=OuterRef("pk"), reviewer=person)
    return Item.objects.filter(queue=queue, state=Item.State.OPEN).exclude(Exists(reviewed))


def _live_of_others(person: User, now: datetime) -> QuerySet[Reservation]:
    """Seats held by others; somebody whose review is in holds none beside it."""
    given = Review.objects.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    return Reservation.objects.filter(expires_at__gt=now).exclude(reviewer=person).exclude(Exists(given))


def _held_by_others(person: User, now: datetime) -> Coalesce:
    live = _live_of_others(person, now).filter(item=OuterRef("pk")).values("item")
    return Coalesce(Subquery(live.annotate(held=Count("pk")).values("held"), output_field=IntegerField()), 0)


def _is_seat_free(item: Item, queue: Queue, person: User, now: datetime) -> bool:
    held = _live_of_others(person, now).filter(item=item).count()
    free = state.free_seats(
        review_count=item.review_count, held_by_others=held, reviewers_per_item=queue.reviewers_per_item
    )
    return free > 0


def _reserve(item: Item, queue: Queue, person: User, now: datetime) -> Claim:
    expires_at = _lease(queue, now)
    Reservation.objects.bulk_create(
        [Reservation(item=item, reviewer=person, created_at=now, expires_at=expires_at)],
        update_conflicts=True,
        unique_fields=["item", "reviewer"],
        update_fields=["expires_at"],
    )
    item.queue = queue
    return Claim(item, expires_at)


def _lease(queue: Queue, now: datetime) -> datetime:
    return now + timedelta(minutes=queue.reservation_minutes)


def _nothing_left(queue: Queue, person: User) -> NothingLeftError:
    """Why there is nothing: what is open but with others, and what is set aside."""
    rest = _reviewable(queue, person)
    flagged = rest.filter(flagged_at__isnull=False)[:MOST_COUNTED].count()
    held = rest.filter(flagged_at__isnull=True)[:MOST_COUNTED].count()
    return NothingLeftError(queue, held_count=held, flagged_count=flagged)
