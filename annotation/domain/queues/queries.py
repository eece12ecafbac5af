"""What lists of queues and items show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from annotation.domain.queues import counts, reasons
from annotation.domain.queues.counts import Counts
from annotation.domain.queues.reasons import Reason
from annotation.models import Assignment, Item, Queue, Reservation, Review, Skip, Trace, User

ITEM_ORDER = ("-id",)


@dataclass(frozen=True, slots=True)
class QueueCard:
    """A queue in a list, with how far it is and whether the person reviews in it."""

    queue: Queue
    counts: Counts
    is_open_to_person: bool


class Shown(StrEnum):
    """Which items of a queue a list shows."""

    ALL = "all"
    OPEN = "open"
    DISAGREEMENT = "disagreement"
    DONE = "done"
    FLAGGED = "flagged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list: its trace (None: not there, or a thread), why it is there, who reviewed, who has it now or by
    assignment, and who put it off.
    """

    item: Item
    trace: Trace | None
    reason: Reason
    reviews: Sequence[Review]
    held_by: Sequence[User]
    assigned_to: Sequence[User]
    skips: Sequence[Skip]

    @property
    def name(self) -> str:
        """What the item is about, in words."""
        if self.item.kind == Item.Kind.THREAD:
            return f"Thread {self.item.thread_id}"
        named = (self.trace.name if self.trace else "") or f"Trace {self.item.trace_uuid}"
        if self.item.kind == Item.Kind.PAIR:
            return f"A pair with {named}"
        return f"A step of {named}" if self.item.kind == Item.Kind.RUN else named


def cards(queues: QuerySet[Queue], *, person: User | None, reviewable: QuerySet[Queue]) -> list[QueueCard]:
    """The queues with their counts, those with work for the person first, then by name; two statements and one more.

    `reviewable` are the queues that are open to the person.
    """
    rows = list(queues.select_related("target_dataset").order_by("name", "id"))
    counted = counts.of_queues(rows, person=person)
    own = set(reviewable.values_list("pk", flat=True))
    found = [QueueCard(queue, counted[queue.pk], queue.pk in own) for queue in rows]
    return sorted(found, key=_has_no_work)


def _has_no_work(card: QueueCard) -> bool:
    return not (card.is_open_to_person and card.queue.status == Queue.Status.ACTIVE and card.counts.left)


def shown(items: QuerySet[Item], which: Shown) -> QuerySet[Item]:
    """The items of a list; all leaves out the removed ones."""
    match which:
        case Shown.ALL:
            return items.exclude(state=Item.State.REMOVED)
        case Shown.FLAGGED:
            return items.filter(flagged_at__isnull=False).exclude(state=Item.State.REMOVED)
        case _:
            return items.filter(state=which.value)


def with_people(items: QuerySet[Item], now: datetime) -> QuerySet[Item]:
    """The items with what `rows` needs beside them, in a fixed number of statements."""
    live = Reservation.objects.filter(expires_at__gt=now).select_related("reviewer").order_by("id")
    given = Review.objects.select_related("reviewer").order_by("id")
    assigned = Assignment.objects.select_related("reviewer").order_by("id")
    skips = Skip.objects.select_related("reviewer").order_by("skipped_at", "id")
    return items.prefetch_related(
        Prefetch("reviews", given),
        Prefetch("reservations", live, to_attr="live"),
        Prefetch("assignments", assigned),
        Prefetch("skips", skips),
    )


def rows(items: Iterable[Item]) -> list[ItemRow]:
    """The items with their traces; `items` come from `with_people` and belong to one workspace."""
    found = list(items)
    traces = _traces(found)
    return [
        ItemRow(
            item,
            traces.get(str(item.trace_uuid)),
            reasons.read(item.reason),
            list(item.reviews.all()),
            [reservation.reviewer for reservation in getattr(item, "live", [])],
            [one.reviewer for one in item.assignments.all()],
            list(item.skips.all()),
        )
        for item in found
    ]


def _traces(items: list[Item]) -> dict[str, Trace]:
    uuids = {item.trace_uuid for item in items if item.trace_uuid}
    if not uuids:
        return {}
    rows = Trace.objects.filter(workspace=items[0].workspace_id, uuid__in=uuids)
    wanted = rows.only("uuid", "name", "status", "started_at", "verdict", "project", "input")
    return {str(trace.uuid): trace for trace in wanted}
