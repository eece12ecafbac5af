"""Items mixed into a reviewer's line to see how they judge: with known answers (gold), or ones they reviewed long ago.

They come as any other item does, so that nobody can tell; what is answered stands apart from reviews (`models.Probe`).
Whether the next item is one is drawn by a hash of the queue, the person and how much they have done in it: the same until
they have done more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotation.domain import statements
from annotation.domain.queues import line
from annotation.domain.rows import Rows
from annotation.models import Draft, Item, Probe, Queue, Reservation, Review, Skip, User


def are_mixed_in(queue: Queue) -> bool:
    """Whether the queue mixes them into lines at all."""
    return bool(queue.gold_percent or queue.retest_percent)


def open_on(item: Item, person: User) -> Probe | None:
    """The probe that the person is to answer on this item now."""
    probe = given_on(item, person)
    return probe if probe and probe.is_open else None


_OF_ITEM = Rows(Probe, "it.item_id = %(item)s AND it.reviewer_id = %(person)s")


def given_on(item: Item, person: User) -> Probe | None:
    """The probe that this item is or was for the person."""
    return ask_given_on(item, person)()


def ask_given_on(item: Item, person: User) -> Callable[[], Probe | None]:
    """The same in two steps."""
    return _OF_ITEM.ask_first(item=item.pk, person=person.pk)


def open_among(items: Collection[Item], person: User) -> set[int]:
    """Of these items those (by their inside ids) on which the person is to answer a probe now."""
    return set(_open(person).filter(item__in=items).values_list("item", flat=True))


def open_for(person: User | None) -> list[int]:
    """The items (by their inside ids) on which the person is to answer a probe now: few, in all queues."""
    return list(_open(person).values_list("item", flat=True)) if person else []


def following(queue: Queue, person: User, now: datetime) -> tuple[Item, datetime] | None:
    """The item with which the person is to be probed next and until when it is theirs; None: an ordinary one comes next.

    What they have on the screen already goes first; a probe that they left comes back. `queue` has the shares as they are now.
    """
    if not are_mixed_in(queue):
        return None
    with transaction.atomic():
        with statements.pipelined():
            held = line.ask_on_screen(queue, person, now)
        if held():
            return None
        probe = _open(person).filter(item__queue=queue, item__flagged_at=None).select_related("item").first()
        item = probe.item if probe else _drawn(queue, person, now)
        return (item, reserve(item, queue, person, now)) if item else None


def left_open(queue: Queue, person: User) -> list[Item]:
    """The items of probes that the person was given and has not answered."""
    rows = _open(person).filter(item__queue=queue, item__flagged_at=None).select_related("item")
    return [probe.item for probe in rows.order_by("id")]


def mixed_in(queue: Queue, person: User, now: datetime, *, ahead: int, room: int) -> dict[int, Item]:
    """Which of the next `room` items that the person is given are probes, by place: as if they were given one by one.

    `ahead` are those that they have on the screen and will answer before. Pairs, which nobody can compare in a row, are left
    out. `queue` has the shares as they are now. Call under `line.one_at_a_time`.
    """
    found: dict[int, Item] = {}
    if not are_mixed_in(queue):
        return found
    for place in range(room):
        if item := _drawn(queue, person, now, ahead=ahead + place - len(found), in_rows=True):
            found[place] = item
    return found


def answered_on(item: Item, person: User) -> Probe | None:
    """The probe that the person has answered on this item."""
    probe = given_on(item, person)
    return probe if probe and probe.submitted_at else None


def last_answered(queue: Queue, person: User, *, since: datetime | None) -> Probe | None:
    """The probe that the person answered last in the queue, if that was after `since`."""
    rows = Probe.objects.filter(item__queue=queue, reviewer=person, submitted_at__isnull=False).select_related("item")
    rows = rows.filter(submitted_at__gt=since) if since else rows
    return rows.order_by("-submitted_at").first()


def reopen(probe: Probe) -> None:
    """What the person submits on the item goes to the probe once more."""
    if not probe.is_open:
        Probe.objects.filter(pk=probe.pk).update(submitted_at=None, closed_at=None, submission_count=0)


def is_theirs(item: Item, person: User) -> bool:
    """Whether the person is to answer a probe on this item, or has."""
    probe = given_on(item, person)
    return probe is not None and (probe.is_open or probe.submitted_at is not None)


def is_put_off(probe: Probe) -> bool:
    """Whether the person skipped it, so that it comes again as all that they skipped."""
    is_closed = probe.submitted_at is None and probe.closed_at is not None
    return is_closed and Skip.objects.filter(item=probe.item_id, reviewer=probe.reviewer_id).exists()


def put_off(queue: Queue, person: User) -> Item | None:
    """The item of the probe that the person skipped first, if the queue has such still."""
    if not are_mixed_in(queue):
        return None
    closed = Probe.objects.filter(reviewer=person, submitted_at=None, closed_at__isnull=False, item=OuterRef("item"))
    skips = Skip.objects.filter(Exists(closed), reviewer=person, item__queue=queue, item__flagged_at=None)
    skip = skips.exclude(item__state=Item.State.REMOVED).select_related("item").order_by("skipped_at", "id").first()
    return skip.item if skip else None


def close(item: Item, person: User, now: datetime) -> None:
    """The person puts the item aside; a probe that they skipped comes again at the end of their line."""
    _open(person).filter(item=item).update(closed_at=now)


def open_again(item: Item, person: User, closed_at: datetime) -> None:
    """What was put aside at that time is had again; if it was a probe, it is one still."""
    Probe.objects.filter(item=item, reviewer=person, submitted_at=None, closed_at=closed_at).update(closed_at=None)


def count(queue: Queue, person: User) -> int:
    """How many probes the person has answered in the queue: in what they are told of their work these count as reviews do."""
    return Probe.objects.filter(item__queue=queue, reviewer=person, submitted_at__isnull=False).count()


def lease(queue: Queue, now: datetime) -> datetime:
    """Until when an item given now is somebody's."""
    return now + timedelta(minutes=queue.reservation_minutes)


def _open(person: User) -> QuerySet[Probe]:
    return Probe.objects.filter(reviewer=person, submitted_at=None, closed_at=None)


def _drawn(queue: Queue, person: User, now: datetime, *, ahead: int = 0, in_rows: bool = False) -> Item | None:
    """A new probe, if the draw after `ahead` more reviews says so and there is an item for it."""
    gold, retest, days = queue.gold_percent, queue.retest_percent, queue.retest_days
    reviewed = Review.objects.filter(item__queue=queue, reviewer=person).count() + ahead
    place = draw(queue, person, reviewed, _met(queue, person))
    if place < gold:
        kind, rows = Probe.Kind.GOLD, _unmet(queue, person).filter(gold__isnull=False, state=Item.State.DONE)
        rows = rows.exclude(Exists(Review.every.filter(item=OuterRef("pk"), reviewer=person)))
    elif place < gold + retest:
        kind, rows = Probe.Kind.RETEST, _long_ago(_unmet(queue, person), person, now - timedelta(days=days))
    else:
        return None
    item = (rows.exclude(kind=Item.Kind.PAIR) if in_rows else rows).order_by("id").first()
    if item:
        Probe.objects.create(item=item, reviewer=person, kind=kind, given_at=now)
    return item


def draw(queue: Queue, person: User, reviewed: int, met: int) -> float:
    """A number from 0 to 100 for what the person is given after so many reviews and probes."""
    seed = f"{queue.uuid}:{person.uuid}:{reviewed}:{met}"
    return int.from_bytes(sha256(seed.encode()).digest()[:6], "big") / 2**48 * 100


def _met(queue: Queue, person: User) -> int:
    return Probe.objects.filter(item__queue=queue, reviewer=person).count()


def _unmet(queue: Queue, person: User) -> QuerySet[Item]:
    rows = Item.objects.filter(queue=queue, flagged_at=None).exclude(state=Item.State.REMOVED)
    return rows.exclude(Exists(Probe.objects.filter(item=OuterRef("pk"), reviewer=person)))


def _long_ago(items: QuerySet[Item], person: User, until: datetime) -> QuerySet[Item]:
    """Those that the person reviewed before `until`, last touched then, and has typed nothing on since."""
    reviews = Review.objects.filter(item=OuterRef("pk"), reviewer=person, modified_at__lte=until)
    return items.filter(Exists(reviews)).exclude(Exists(Draft.objects.filter(item=OuterRef("pk"), reviewer=person)))


def reserve(item: Item, queue: Queue, person: User, now: datetime) -> datetime:
    """On the screen, but in nobody's seat: items with all their reviews have none, and who gave a review takes none."""
    expires_at = lease(queue, now)
    Reservation.objects.update_or_create(item=item, reviewer=person, defaults={"expires_at": expires_at})
    return expires_at
