"""What lists of queues and items show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Left

from annotation.domain.formats import step_name
from annotation.domain.queues import blinded, blindness, counts, probes, reasons, state
from annotation.domain.queues.counts import Counts
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.shown import Shown
from annotation.models import Assignment, Item, Queue, Reservation, Review, Run, Skip, Trace, User

SHOWN = 200
"""Characters of what went into a step."""


@dataclass(frozen=True, slots=True)
class QueueCard:
    """A queue in a list, with how far it is and whether the person reviews in it."""

    queue: Queue
    counts: Counts
    is_open_to_person: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is called, and the head of what went in."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list: its trace (None: not there, or a thread), why it is there, who reviewed, who has it now or by
    assignment, and who put it off. `reader` is whose list it is, `is_blind` when they may not be told what the queue hides;
    then there is no `step` either, which others are told of an item that is one.
    """

    item: Item
    trace: Trace | None
    reason: Reason
    reviews: Sequence[Review]
    held_by: Sequence[User]
    assigned_to: Sequence[User]
    skips: Sequence[Skip]
    reader: User | None = None
    is_blind: bool = False
    step: Step | None = None

    @property
    def mine(self) -> Shown | None:
        """Where the item stands for the reader: to be reviewed by them (put off, or not), or by others; None otherwise.

        What others have all seats of, as `seats.free` counts them, is not for the reader to review.
        """
        if self.reader is None or self.item.state != state.OPEN or self.item.flagged_at:
            return None
        if any(review.reviewer_id == self.reader.pk for review in self.reviews):
            return Shown.OTHERS
        if not self._has_seat:
            return None
        is_put_off = any(skip.reviewer_id == self.reader.pk for skip in self.skips)
        return Shown.SKIPPED if is_put_off else Shown.MINE

    @property
    def _has_seat(self) -> bool:
        others = {*self.held_by, *self.assigned_to, *(review.reviewer for review in self.reviews)} - {self.reader}
        item = self.item
        return len(others) < item.queue.reviewers_per_item + item.double_seats + item.extra_seats

    @property
    def is_assigned(self) -> bool:
        """Whether a seat of it is kept for the reader."""
        return self.reader in self.assigned_to

    @property
    def is_own_flag(self) -> bool:
        """Whether the reader flagged the item."""
        return self.reader is not None and self.item.flagged_by_id == self.reader.pk

    @property
    def name(self) -> str:
        """What the item is about, in words; without a name that a blind reader could tell the model or the side by."""
        if self.item.kind == Item.Kind.THREAD:
            return f"Thread {self.item.thread_id}"
        if self.is_blind and (self.item.kind == Item.Kind.PAIR or blindness.read(self.item.queue.blindness).model):
            return self.item.get_kind_display()
        named = (self.trace.name if self.trace else "") or f"Trace {self.item.trace_uuid}"
        if self.item.kind == Item.Kind.PAIR:
            return f"A pair with {named}"
        if self.item.kind == Item.Kind.RUN:
            return (self.step.name if self.step else "") or f"A step of {named}"
        return named

    @property
    def said(self) -> str:
        """What was asked of the step, or of the agent in the trace."""
        return self.step.said if self.step else (self.trace.input if self.trace else "") or ""


def cards(
    queues: QuerySet[Queue], *, person: User | None, reviewable: QuerySet[Queue], is_blind: bool = False
) -> list[QueueCard]:
    """The queues with their counts, those with work for the person first, then by name; two statements and one more.

    `reviewable` are the queues that are open to the person. For who `is_blind` they are as `told` has them.
    """
    rows = list(queues.select_related("target_dataset").order_by("name", "id"))
    counted = counts.of_queues(rows, person=person)
    own = set(reviewable.values_list("pk", flat=True))
    found = [QueueCard(queue, told(counted[queue.pk], queue, is_blind=is_blind), queue.pk in own) for queue in rows]
    return sorted(found, key=_has_no_work)


def told(counted: Counts, queue: Queue, *, is_blind: bool) -> Counts:
    """The counts of a queue, rough for a reviewer (who `is_blind`) of one that mixes in gold items or re-tests."""
    return counts.rough(counted) if is_blind and probes.are_mixed_in(queue) else counted


def _has_no_work(card: QueueCard) -> bool:
    return not (card.is_open_to_person and card.queue.status == Queue.Status.ACTIVE and card.counts.left)


def with_people(items: QuerySet[Item], now: datetime) -> QuerySet[Item]:
    """The items with what `rows` needs beside them, in a fixed number of statements."""
    live = Reservation.objects.filter(expires_at__gt=now).select_related("reviewer").order_by("id")
    given = Review.objects.select_related("reviewer").order_by("id")
    assigned = Assignment.objects.select_related("reviewer").order_by("id")
    skips = Skip.objects.select_related("reviewer").order_by("skipped_at", "id")
    return items.select_related("flagged_by").prefetch_related(
        Prefetch("reviews", given),
        Prefetch("reservations", live, to_attr="live"),
        Prefetch("assignments", assigned),
        Prefetch("skips", skips),
    )


def rows(items: Iterable[Item], *, reader: User | None, is_blind: bool = False) -> list[ItemRow]:
    """The items with their traces; `items` come from `with_people` and belong to one workspace.

    `reader` reviews in the queue (None: they do not). `is_blind`: without what the queue hides from those who have to judge.
    """
    found = list(items)
    traces, steps = _traces(found), {} if is_blind else _steps(found)
    anew = blinded.as_open(found, reader) if is_blind and reader else ()
    return [
        ItemRow(
            item,
            traces.get(str(item.trace_uuid)),
            blinded.known(item, item.queue, reader).reason if is_blind else reasons.read(item.reason),
            [] if item.pk in anew else list(item.reviews.all()),
            [reservation.reviewer for reservation in getattr(item, "live", [])],
            [one.reviewer for one in item.assignments.all()],
            list(item.skips.all()),
            reader,
            is_blind,
            steps.get(str(item.run_uuid)),
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


def _steps(items: list[Item]) -> dict[str, Step]:
    uuids = {item.run_uuid for item in items if item.run_uuid}
    if not uuids:
        return {}
    rows = Run.objects.filter(workspace=items[0].workspace_id, uuid__in=uuids)
    heads = rows.annotate(head=Left("input_text", SHOWN)).values_list("uuid", "name", "head")
    return {str(uuid): Step(step_name(name), head or "") for uuid, name, head in heads}
