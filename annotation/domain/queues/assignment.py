"""Who has which item on the screen: claimed with a lease, extended, released, skipped; never one seat twice.

An item has as many seats as the queue wants reviews, and those that were added to it. A seat is taken by a review or by
somebody’s live reservation.
Every command locks the item's row first, and counts seats only after it holds the lock, in a statement of its own:
only that sees what the previous holder of the lock committed. In which order several are locked stands in `domain.locks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotation.domain import locks, statements
from annotation.domain.queues import admission, asking_again, flags, line, probes
from annotation.domain.queues.refusals import (
    ClaimError,
    ItemNotOpenError,
    ItemTakenError,
    NothingLeftError,
    ReservationLostError,
)
from annotation.domain.rows import Rows
from annotation.models import Item, Queue, Reservation, Review, Skip, User

MOST_COUNTED = 1000
"""Counts in messages stop here: "more than 1,000" says enough."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item for one person; `expires_at` is None where they only edit the review that they gave already."""

    item: Item
    expires_at: datetime | None


def claim_next(*, queue: Queue, by: User, now: datetime) -> Claim:
    """The item that the person has on the screen already, else the next one of their line, reserved for them.

    The line is the queue's order; what they skipped stands at its end, longest skipped first, and after that what they
    reviewed and are asked for again. Left out: other items that they reviewed, that have no free seat, and flagged
    ones, even if they are on the screen. Raises QueueNotActiveError, NotAReviewerError, NothingLeftError.
    """
    admission.require_line(queue, by)
    if probed := probes.following(queue, by, now):
        probed[0].queue = queue
        return Claim(*probed)
    full: list[int] = []
    for is_waiting in (False, True):  # first past the rows that others hold for a moment, then patiently
        while True:
            claim, looked_at = _attempt(queue, by, now, full, is_waiting=is_waiting)
            if claim:
                return claim
            if looked_at is None:
                break
            full.append(looked_at)
    if again := asking_again.next_item(queue, by):
        return Claim(again, None)
    if back := probes.put_off(queue, by):
        return claim_item(item=back, by=by, now=now)
    raise _nothing_left(queue, by)


def likely_next(*, item: Item, by: User, now: datetime) -> Item | None:
    """What the person is probably given after this item, unreserved; None where that cannot be said.

    Gold items and re-tests are not foreseen. Raises QueueNotActiveError, NotAReviewerError.
    """
    admission.require_line(item.queue, by)
    found = line.likely(item.queue, by, now, besides=item.pk)
    return Item.objects.select_related("queue__target_dataset", "queue__rubric").get(pk=found) if found else None


def likely_after(*, item: Item, among: QuerySet[Item], by: User) -> Item | None:
    """What `claim_after` would probably give, unreserved; None where it would refuse. Raises as `likely_next`."""
    admission.require_line(item.queue, by)
    rows = among.filter(pk__lt=item.pk).select_related("queue__target_dataset", "queue__rubric")
    found = rows.order_by("-pk").first()
    if found is None or (found.state == Item.State.OPEN and found.flagged_at is None):
        return found
    return found if has_reviewed(found, by) else None


def claim_item(*, item: Item, by: User, now: datetime) -> Claim:
    """This item for this person; without a reservation when they have reviewed it and come back to edit.

    Raises QueueNotActiveError, NotAReviewerError, ItemNotOpenError, ItemFlaggedError, ItemTakenError.
    """
    with transaction.atomic():
        return claim_locked(lock(item), by=by, now=now)


def claim_after(*, item: Item, among: QuerySet[Item], by: User, now: datetime) -> Claim | None:
    """The one after this item, the newest first, `among` others of its queue, as `claim_item`; None at the end of them.

    A refusal is about that item, under `item`.
    """
    with transaction.atomic():
        found = _locking(among.filter(pk__lt=item.pk)).order_by("-pk").first()
        try:
            return claim_locked(found, by=by, now=now) if found else None
        except ClaimError as refusal:
            refusal.item = found
            raise


def claim_locked(item: Item, *, by: User, now: datetime) -> Claim:
    """As `claim_item`, for an item that the transaction holds the lock of."""
    admission.require_reviewer(item.queue, by)
    probe = probes.given_on(item, by)
    if probe and (probe.is_open or probes.is_put_off(probe)):
        admission.require_active(item.queue)
        flags.require_unflagged(item, by, now)
        probes.reopen(probe)
        return Claim(item, probes.reserve(item, item.queue, by, now))
    if has_reviewed(item, by) or (probe and probe.submitted_at):
        return Claim(item, None)
    admission.require_active(item.queue)
    if item.state != Item.State.REMOVED:
        flags.require_unflagged(item, by, now)
    if item.state != Item.State.OPEN:
        raise ItemNotOpenError(item)
    expires_at = line.take(item, by, now)
    if expires_at is None:
        raise ItemTakenError(item)
    return Claim(item, expires_at)


def heartbeat(*, item: Item, by: User, now: datetime) -> datetime:
    """Hold the item for another full reservation; says until when. Also brings a lapsed one back if a seat is free.

    Raises ReservationLostError, ItemFlaggedError; what was typed stays in the draft.
    """
    with transaction.atomic():
        locked = lock(item)
        if has_reviewed(locked, by) or probes.is_theirs(locked, by):
            return probes.lease(locked.queue, now)
        flags.require_unflagged(locked, by, now)
        has_held = Reservation.objects.filter(item=locked, reviewer=by).exists()
        is_theirs = has_held and admission.is_open_to(locked.queue, by) and locked.state == Item.State.OPEN
        expires_at = line.take(locked, by, now) if is_theirs else None
        if expires_at is None:
            raise ReservationLostError(locked)
        return expires_at


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
        probes.close(item, by, now)
        release(item=item, by=by)


def lock(item: Item) -> Item:
    """The item's newest state with its queue and what that asks, locked until the transaction ends.

    Until then the queue asks for no other number of reviews: see `locks.change_policy`.
    """
    with statements.pipelined():  # with the BEGIN of its transaction
        found = ask_to_lock(item)
    return found()


def ask_to_lock(item: Item) -> Callable[[], Item]:
    """The same in two steps, in a pipeline; what is sent before the second one sees what the lock's last holder left."""
    locks.send_under_policy(item.queue_id)
    found = _LOCKED.ask_first(item=item.pk)

    def locked() -> Item:
        row = found()
        if row is None:
            raise Item.DoesNotExist
        return row

    return locked


_BY_ID = Rows(Item, "it.id = %(item)s")
_LOCKED = Rows(Item, "it.id = %(item)s FOR NO KEY UPDATE OF it", related=["queue", "queue__rubric"])


def _locking(rows: QuerySet[Item]) -> QuerySet[Item]:
    return rows.select_for_update(of=("self",), no_key=True).select_related("queue__rubric")


def has_reviewed(item: Item, person: User) -> bool:
    """Whether the person has submitted a review of it."""
    return bool(statements.ask(_HAS_REVIEWED, {"item": item.pk, "person": person.pk})())


_HAS_REVIEWED = """
SELECT FROM annotation_review WHERE item_id = %(item)s AND reviewer_id = %(person)s AND NOT is_adjudication
"""


def _attempt(
    queue: Queue, by: User, now: datetime, full: list[int], *, is_waiting: bool
) -> tuple[Claim | None, int | None]:
    """One try in its own transaction, so that a lock on an item without a seat is not kept: (claim, item looked at)."""
    with transaction.atomic():
        found = line.following(queue, by, now, full=full, is_waiting=is_waiting)
        if found is None:
            return None, None
        with statements.pipelined():
            seat, rows = line.ask_to_take(found, by, now), _BY_ID.ask({"item": found})
        expires_at = seat()
        if expires_at is None:
            return None, found
        (item,) = rows()
    item.queue = queue
    return Claim(item, expires_at), found


def _reviewable(queue: Queue, person: User) -> QuerySet[Item]:
    reviewed = Review.every.filter(item=OuterRef("pk"), reviewer=person)  # who wrote the settling answer has seen all
    return Item.objects.filter(queue=queue, state=Item.State.OPEN).exclude(Exists(reviewed))


def _nothing_left(queue: Queue, person: User) -> NothingLeftError:
    """Why there is nothing: what is open but with others, and what is set aside."""
    rest = _reviewable(queue, person)
    flagged = rest.filter(flagged_at__isnull=False)[:MOST_COUNTED].count()
    held = rest.filter(flagged_at__isnull=True)[:MOST_COUNTED].count()
    return NothingLeftError(queue, held_count=held, flagged_count=flagged)
