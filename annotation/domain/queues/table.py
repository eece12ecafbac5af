"""Many items of a person's line on one screen: claimed together, held by one heartbeat, given back together.

Seats are the same as those of the page of one item, taken under the same locks: who turns from one to the other finds
what they have. Nobody gets more than a share of what is left, so that one screen does not empty a queue.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from annotation.domain import locks
from annotation.domain.queues import admission, line, probes, shown, waiting
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.shown import Shown
from annotation.models import Item, Queue, Reservation, User

LEAST = 5
"""Of items on a screen, where there are so many: fewer would be no table."""

LISTS: dict[Shown, int] = {Shown.SKIPPED: line.PUT_OFF, Shown.ASSIGNED: line.ASSIGNED}
"""The lists of a person's own that a screen may keep to, each a part of their line."""


def claim_page(*, queue: Queue, by: User, now: datetime, only: Shown | None = None) -> list[Claim]:
    """What the person has on the screen and the next ones of their line beside it, in the order in which they were given.

    With `only` (one of LISTS) what stands in that list. Pairs are left out; empty when nothing is to be had. Raises
    QueueNotActiveError, NotAReviewerError.
    """
    with transaction.atomic():
        locks.under_policy([queue.pk])
        admission.require_line(
            queue, by
        )  # as it is now: who ends the queue gives back all seats that were taken before
        line.one_at_a_time(queue, by)
        held = [item for item, _ in line.seated(queue, by, now)]
        locks.items(held)
        line.take_many(held, by, now)
        if only:
            return _of_list(queue, by, now, held, only)
        back = [item for item in probes.left_open(queue, by) if item.kind != Item.Kind.PAIR]
        for item in back:
            probes.reserve(item, queue, by, now)
        _fill(queue, by, now, {*held, *(item.pk for item in back)})
        return _claims(queue, by, now)


def heartbeat(*, queue: Queue, by: User, numbers: Collection[int], now: datetime) -> list[int]:
    """Hold these items (by number) for another full reservation; says which are no longer the person's.

    Brings lapsed ones back where a seat is free, as `assignment.heartbeat` does.
    """
    with transaction.atomic():
        locks.under_policy([queue.pk])
        rows = Item.objects.filter(queue=queue, number__in=numbers)
        probed = {item.pk for item in probes.left_open(queue, by)}
        mine = rows.filter(reservations__reviewer=by).values_list("pk", flat=True)
        held = sorted(set(mine) - probed) if admission.is_open_to(queue, by) else []
        locks.items(held)
        kept = line.take_many(held, by, now) | probed
        known = rows.exclude(pk__in=kept).exclude(reviews__reviewer=by)
        return sorted(known.values_list("number", flat=True))


def release(*, queue: Queue, by: User) -> int:
    """Give back all that the person has on the screen; drafts are kept. How many there were."""
    held = Reservation.objects.filter(item__queue=queue, reviewer=by)
    with transaction.atomic():
        locks.under_policy([queue.pk])
        locks.items(held.values_list("item", flat=True))
        gone, _ = held.delete()
    return gone


def _of_list(queue: Queue, by: User, now: datetime, held: Collection[int], only: Shown) -> list[Claim]:
    listed = shown.shown(Item.objects.filter(queue=queue), only, by)
    room = _share(queue, by, now) - listed.filter(pk__in=held).count()
    following = line.following_many(queue, by, now, full=held, parts={LISTS[only]})
    line.take_many(following[: max(room, 0)], by, now)
    claims = _claims(queue, by, now)
    known = set(listed.filter(pk__in=[claim.item.pk for claim in claims]).values_list("pk", flat=True))
    return [claim for claim in claims if claim.item.pk in known]


def _fill(queue: Queue, by: User, now: datetime, held: Collection[int]) -> None:
    """Take seats for the next ones of the line, with the probes that come among them, each at its place."""
    room = _share(queue, by, now) - len(held)
    if room <= 0:
        return
    following = line.following_many(queue, by, now, full=held)
    mixed = probes.mixed_in(queue, by, now, ahead=len(held), room=min(room, len(following) + 1))
    ordinary, between = iter(following[: room - len(mixed)]), list[int]()
    for place in range(room):
        if place in mixed:
            line.take_many(between, by, now)
            probes.reserve(mixed[place], queue, by, now)
            between = []
        elif (item := next(ordinary, None)) is not None:
            between.append(item)
    line.take_many(between, by, now)


def _share(queue: Queue, by: User, now: datetime) -> int:
    """How many items the person may have on the screen."""
    free, others = waiting.left(queue, by, now, most=line.MOST * 5)
    people = 1 + max(others, admission.may_others_review(queue, by))
    return min(line.MOST, max(LEAST, -(-free // people)))


def _claims(queue: Queue, by: User, now: datetime) -> list[Claim]:
    until = dict(line.seated(queue, by, now))
    items = Item.objects.in_bulk(until)
    for item in items.values():
        item.queue = queue
    return [Claim(items[pk], expires_at) for pk, expires_at in until.items()]
