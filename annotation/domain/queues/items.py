"""The items of a queue: added as a set and once each, removed, restored, flagged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from annotation.domain import audit, locks
from annotation.domain.queues import assignment, doubling, probes, state, uncertainty
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.refusals import FlagOfAnotherError, ItemNotOpenError
from annotation.domain.queues.subjects import Subject
from annotation.models import Decision, Item, Queue, Reservation, User

BATCH = 1000

CLOSED = (Queue.Status.COMPLETED, Queue.Status.ARCHIVED)


class QueueClosedError(Exception):
    """The queue is completed or archived and takes no items."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(f"The queue “{queue}” is {queue.status} and takes no items; open it again first.")


@dataclass(frozen=True, slots=True)
class AddResult:
    """What came of adding: new items in the order given, items taken back in, and what stayed as it was."""

    added: tuple[Item, ...] = ()
    restored_count: int = 0
    present_count: int = 0
    removed_count: int = 0
    over_count: int = 0

    @property
    def added_count(self) -> int:
        """How many items are new."""
        return len(self.added)


def add(  # noqa: PLR0913 -- one decision with all that is known about it
    *,
    queue: Queue,
    subjects: Iterable[Subject],
    reason: Reason,
    probability: Decimal | None = None,
    decision: Decision | None = None,
    by: User | None = None,
    priority: int = 0,
    now: datetime | None = None,
    is_restoring: bool = False,
) -> AddResult:
    """Put each subject into the queue once, numbered in order; what stands there already is left alone.

    `probability` is the chance with which sampling let them in (None: chosen by a person). Items that somebody removed
    stay removed unless `is_restoring`. A queue with `most_items` takes no more than that: what is over is left out, and counted. The caller has made sure that the subjects are of the queue's workspace. Safe to
    call twice and by many at once. Raises QueueClosedError.
    """
    wanted = {subject.text: subject for subject in subjects}
    with transaction.atomic():
        locked = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # numbers have no gaps and no twins
        if locked.status in CLOSED:
            raise QueueClosedError(locked)
        known = dict(Item.objects.filter(queue=locked, subject__in=wanted).values_list("subject", "state"))
        fresh = [subject for text, subject in wanted.items() if text not in known]
        common = _Common(locked, reason, probability, decision.pk if decision else None, by, priority, now)
        removed = [text for text, was in known.items() if was == Item.State.REMOVED]
        room_left = room(locked)
        added = _insert(fresh[:room_left], common)
        coming_back = removed[: None if room_left is None else room_left - len(added)] if is_restoring else []
        restored = _put_back(locked, coming_back)
        over = len(fresh) - len(added) + (len(removed) - restored if is_restoring else 0)
    return AddResult(added, restored, len(known) - len(removed), len(removed) - restored, over)


def room(queue: Queue) -> int | None:
    """How many more items the queue takes, for sure while it is locked; None: any number."""
    if queue.most_items is None:
        return None
    return max(0, queue.most_items - Item.objects.filter(queue=queue).exclude(state=Item.State.REMOVED).count())


@dataclass(frozen=True, slots=True)
class _Common:
    queue: Queue
    reason: Reason
    probability: Decimal | None
    decision_id: int | None
    by: User | None
    priority: int
    now: datetime | None


def _insert(subjects: list[Subject], common: _Common) -> tuple[Item, ...]:
    last = Item.objects.filter(queue=common.queue).aggregate(last=Max("number"))["last"] or 0
    named = {subject.trace_uuid for subject in subjects if subject.trace_uuid}
    unsure = uncertainty.of_traces(common.queue.workspace_id, named)
    rows = [
        _row(subject, common, number, unsure.get(subject.trace_uuid, 0.0) if subject.trace_uuid else 0.0)
        for number, subject in enumerate(subjects, start=last + 1)
    ]
    return tuple(Item.objects.bulk_create(rows, batch_size=BATCH))


def _row(subject: Subject, common: _Common, number: int, unsure: float) -> Item:
    uuid = uuid4()
    return Item(
        uuid=uuid,
        double_seats=doubling.seats(common.queue, uuid),
        workspace_id=common.queue.workspace_id,
        queue=common.queue,
        number=number,
        kind=subject.kind,
        subject=subject.text,
        trace_uuid=subject.trace_uuid,
        run_uuid=subject.run_uuid,
        thread_id=subject.thread_id,
        other_trace_uuid=subject.other_trace_uuid,
        priority=common.priority,
        uncertainty=unsure,
        decision_id=subject.decision_id or common.decision_id,
        probability=common.probability,
        reason=(subject.reason or common.reason).document(),
        added_by=common.by,
        created_at=common.now or timezone.now(),
    )


def _put_back(queue: Queue, texts: list[str]) -> int:
    """Give removed items the state that their reviews call for. Call with the queue's row locked, for its changes wait for that."""
    removed = Item.objects.filter(queue=queue, subject__in=texts, state=Item.State.REMOVED)
    items = list(removed.select_for_update(no_key=True).order_by("pk"))
    for item in items:
        if item.review_count < state.wanted(item, queue):  # the share may have changed since
            item.double_seats = doubling.seats(queue, item.uuid)
        item.state = state.of(item, queue, is_removed=False)
    Item.objects.bulk_update(items, ["state", "double_seats"], batch_size=BATCH)
    return len(items)


def remove(*, item: Item, by: User) -> Item:
    """Take the item out of everybody's line; its reviews, drafts and feedback stay. Twice is once."""
    with transaction.atomic():
        locked = _locked(item)
        if locked.state != Item.State.REMOVED:
            locked.state = Item.State.REMOVED
            locked.save(update_fields=["state"])
            Reservation.objects.filter(item=locked).delete()
            audit.record("item.removed", by=by, workspace=locked.workspace, target=locked, detail=_where(locked))
    return locked


def remove_all(*, queue: Queue, items: QuerySet[Item], by: User) -> int:
    """Take many items of one queue out of everybody's line, as `remove` does with one; how many there were."""
    with transaction.atomic():
        locks.under_policy([queue.pk])
        standing = Item.objects.filter(queue=queue, pk__in=items.values("pk")).exclude(state=Item.State.REMOVED)
        gone = list(standing.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        Item.objects.filter(pk__in=gone).update(state=Item.State.REMOVED)
        Reservation.objects.filter(item__in=gone).delete()
        if gone:
            detail = {"count": len(gone)}
            audit.record("queue.items_removed", by=by, workspace=queue.workspace, target=queue, detail=detail)
    return len(gone)


def restore(*, item: Item, by: User) -> Item:
    """Put a removed item back; it is open or done as its reviews say. Raises QueueClosedError."""
    with transaction.atomic():
        queue = Queue.objects.select_for_update(no_key=True).get(pk=item.queue_id)  # so what it asks stays as it is
        if queue.status in CLOSED:
            raise QueueClosedError(queue)
        is_back = bool(_put_back(queue, [item.subject]))
        found = Item.objects.select_related("queue", "workspace").get(pk=item.pk)
        if is_back:
            audit.record("item.restored", by=by, workspace=found.workspace, target=found, detail=_where(found))
    return found


def redate(*, item: Item, added_at: datetime, by: User) -> Item:
    """Say when the item was added; this moves it in nobody's line."""
    with transaction.atomic():
        locked = _locked(item)
        if locked.created_at != added_at:
            told = {"from": locked.created_at.isoformat(), "to": added_at.isoformat()}
            locked.created_at = added_at
            locked.save(update_fields=["created_at"])
            audit.record("item.redated", by=by, workspace=locked.workspace, target=locked, detail=_where(locked) | told)
    return locked


def set_priority(*, item: Item, priority: int, by: User) -> Item:
    """Say how early the item is given out, for everybody and from now on, where its queue goes by priority. Twice is once."""
    with transaction.atomic():
        locked = _locked(item)
        if locked.priority != priority:
            told = {"from": locked.priority, "to": priority}
            locked.priority = priority
            locked.save(update_fields=["priority"])
            audit.record(
                "item.prioritized", by=by, workspace=locked.workspace, target=locked, detail=_where(locked) | told
            )
    return locked


def flag(*, item: Item, by: User, reason: str, now: datetime | None = None) -> Item:
    """Set the item aside for an editor to look at: nobody is given it until the flag is cleared. Keeps the draft.

    The flag of somebody else stands: then the item is put off by the person, with their words for the editor.
    """
    at = now or timezone.now()
    with transaction.atomic():
        locked = _locked(item)
        if locked.flagged_at is not None and locked.flagged_by_id != by.pk:
            assignment.skip(item=locked, by=by, now=at, reason=reason)
            return locked
        locked.flagged_at, locked.flagged_by, locked.flag_reason = at, by, reason.strip() or locked.flag_reason
        locked.save(update_fields=["flagged_at", "flagged_by", "flag_reason"])
        probes.close(locked, by, at)
        Reservation.objects.filter(item=locked, reviewer=by).delete()
    return locked


def unflag(*, item: Item, by: User) -> Item:
    """Give a flagged item back to the line: an editor has looked at it, whoever flagged it."""
    with transaction.atomic():
        locked = _locked(item)
        if locked.flagged_at is not None:
            _clear(locked, by, "item.flag_withdrawn" if locked.flagged_by_id == by.pk else "item.unflagged")
    return locked


def withdraw_flag(*, item: Item, by: User) -> Item:
    """Take the person's own flag back, so that the item is given out again; where none stands any more, nothing happens.

    Raises FlagOfAnotherError, and ItemNotOpenError where the item was removed, which settled the flag.
    """
    with transaction.atomic():
        locked = _locked(item)
        withdraw_locked(locked, by=by)
    return locked


def withdraw_locked(item: Item, *, by: User) -> bool:
    """As `withdraw_flag`, for an item that the transaction holds the lock of; whether there was a flag."""
    if item.flagged_at is None:
        return False
    if item.flagged_by_id != by.pk:
        raise FlagOfAnotherError(item)
    if item.state == Item.State.REMOVED:
        raise ItemNotOpenError(item)
    probes.open_again(item, by, item.flagged_at)
    _clear(item, by, "item.flag_withdrawn")
    return True


def _clear(item: Item, by: User, action: str) -> None:
    flagged_by = item.flagged_by.email if item.flagged_by else ""
    detail = _where(item) | {"flagged_by": flagged_by}  # without their words, which may quote the trace
    audit.record(action, by=by, workspace=item.workspace, target=item, detail=detail)
    item.flagged_at, item.flagged_by, item.flag_reason = None, None, ""
    item.save(update_fields=["flagged_at", "flagged_by", "flag_reason"])


def _locked(item: Item) -> Item:
    rows = Item.objects.select_for_update(of=("self",), no_key=True).select_related("queue", "workspace")
    return rows.get(pk=item.pk)


def _where(item: Item) -> dict[str, object]:
    return {"queue": item.queue.name, "number": item.number}
