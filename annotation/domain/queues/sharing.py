"""Items given to named people: shared out, taken back, and taken over from somebody's screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from annotation.domain import access, audit, locks
from annotation.domain.notices import recording
from annotation.domain.queues import admission, assignment, flags, line, state
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import ItemNotOpenError, ItemTakenError
from annotation.models import Assignment, Item, Queue, Reservation, Review, User

MOST_AT_ONCE = 10_000
"""How many items are shared out at once."""


class NotAssignableError(Exception):
    """Items cannot be given to these people; the message says why. `code` is for programs."""

    code = "not_assignable"


@dataclass(frozen=True, slots=True)
class Shared:
    """How many items each person got, and how many had no seat for any of them."""

    by_person: dict[User, int]
    passed_over_count: int

    @property
    def count(self) -> int:
        """How many items were given to somebody."""
        return sum(self.by_person.values())


def share(
    *,
    queue: Queue,
    items: QuerySet[Item],
    people: Sequence[User],
    by: User,
    now: datetime,
    is_reassigning: bool = False,
) -> Shared:
    """Give each of these open items to one of the people, round robin, so that all get as many within one.

    An item that has no free seat for any of them is passed over: others have reviewed it, have it on the screen or by
    assignment. With `is_reassigning` what was assigned of these items before is taken back first. Raises NotAssignableError.
    """
    _require_people(queue, people)
    with transaction.atomic():
        locks.under_policy([queue.pk])
        open_ones = items.filter(queue=queue, state=Item.State.OPEN, flagged_at=None).order_by("pk")
        chosen = list(open_ones.select_for_update(no_key=True)[:MOST_AT_ONCE])
        if is_reassigning:
            Assignment.objects.filter(item__in=[item.pk for item in chosen]).delete()
        rows, passed_over = _dealt(queue, chosen, people, by, now)
        Assignment.objects.bulk_create(rows, batch_size=1000)
        counts = _told(queue, people, rows, by, now)
        detail = {person.email: count for person, count in counts.items()}
        audit.record("queue.items_assigned", by=by, workspace=queue.workspace, target=queue, detail=detail)
    return Shared(counts, passed_over)


def take_back(*, queue: Queue, by: User, reviewer: User | None = None, items: QuerySet[Item] | None = None) -> int:
    """Free what is assigned in the queue, of one person or of these items only if named; what is on a screen stays there."""
    with transaction.atomic():
        rows = Assignment.objects.filter(item__queue=queue)
        rows = rows.filter(reviewer=reviewer) if reviewer else rows
        rows = rows.filter(item__in=items) if items is not None else rows
        locks.under_policy([queue.pk])
        locks.items(rows.values_list("item", flat=True))
        count, _ = rows.delete()
        if count:
            detail = {"count": count, "reviewer": reviewer.email if reviewer else "everybody"}
            audit.record("queue.items_taken_back", by=by, workspace=queue.workspace, target=queue, detail=detail)
    return count


def loads(queue: Queue) -> list[tuple[User, int]]:
    """Who may review in the queue, by e-mail, each with how many of its items are kept for them."""
    roles = [role for role, may in access.ROLE_CAPABILITIES.items() if access.Capability.REVIEW in may]
    people = User.objects.filter(memberships__workspace=queue.workspace_id, memberships__role__in=roles)
    if not queue.is_open_to_all:
        people = people.filter(review_queues=queue)
    counts = assigned(queue)
    return [(person, counts.get(person.pk, 0)) for person in people.order_by("email")]


def assigned(queue: Queue) -> dict[int, int]:
    """How many open items are kept for each person (by inside id) who has any."""
    kept = Assignment.objects.filter(item__queue=queue, item__state=Item.State.OPEN).values_list("reviewer")
    return dict(kept.annotate(count=Count("pk")))


def take_over(*, item: Item, by: User, now: datetime) -> Claim:
    """Take an open item onto one's own screen, from whoever has it longest where no seat is free; their drafts are kept.

    Their page says so at its next heartbeat. Raises ClaimError where the item is not open, or reviews of others fill it.
    """
    with transaction.atomic():
        locked = assignment.lock(item)
        admission.require_reviewer(locked.queue, by)
        admission.require_active(locked.queue)
        if locked.state != Item.State.OPEN or assignment.has_reviewed(locked, by):
            raise ItemNotOpenError(locked)
        flags.require_unflagged(locked, by, now)
        holders = _holders(locked, by, now)
        taken: list[str] = []
        while (expires_at := line.take(locked, by, now)) is None:
            if not holders:
                raise ItemTakenError(locked)
            taken.append(_free(holders.pop(0), locked))
        if taken:
            detail = {"queue": locked.queue.name, "number": locked.number, "from": ", ".join(taken)}
            audit.record("item.taken_over", by=by, workspace=locked.workspace, target=locked, detail=detail)
    return Claim(locked, expires_at)


def _told(queue: Queue, people: Sequence[User], rows: Sequence[Assignment], by: User, now: datetime) -> dict[User, int]:
    """How many of the items each person got; who listens is told."""
    given = {person: [row.item for row in rows if row.reviewer_id == person.pk] for person in people}
    for person, items in given.items():
        if items:
            recording.assigned(queue=queue, person=person, items=items, by=by, now=now)
    return {person: len(items) for person, items in given.items()}


def _require_people(queue: Queue, people: Sequence[User]) -> None:
    if not people:
        raise NotAssignableError("Name at least one person.")
    for person in people:
        if not admission.is_open_to(queue, person):
            raise NotAssignableError(f"{person} does not review in “{queue}”; add them to its reviewers first.")


def _dealt(
    queue: Queue, items: Sequence[Item], people: Sequence[User], by: User, now: datetime
) -> tuple[list[Assignment], int]:
    """A row for every item that has a seat for somebody, and how many have none."""
    reviewed, taken = _involved(items, now)
    rows, passed_over, turn = list[Assignment](), 0, 0
    for item in items:
        seats = state.wanted(item, queue) + item.extra_seats
        has_room = item.review_count + len(taken[item.pk] - reviewed[item.pk]) < seats
        order = [people[(turn + step) % len(people)] for step in range(len(people))] if has_room else []
        person = next((one for one in order if one.pk not in taken[item.pk] | reviewed[item.pk]), None)
        if person is None:
            passed_over += 1
            continue
        rows.append(Assignment(item=item, reviewer=person, assigned_by=by, assigned_at=now))
        turn = people.index(person) + 1
    return rows, passed_over


def _involved(items: Sequence[Item], now: datetime) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """By item: who has reviewed it, and who has it on the screen or by assignment."""
    ids = [item.pk for item in items]
    reviewed, taken = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for item, person in Review.every.filter(item__in=ids).values_list("item", "reviewer"):
        reviewed[item].add(person)
    live = Reservation.objects.filter(item__in=ids, expires_at__gt=now)
    for rows in (live, Assignment.objects.filter(item__in=ids)):
        for item, person in rows.values_list("item", "reviewer"):
            taken[item].add(person)
    return reviewed, taken


def _holders(item: Item, person: User, now: datetime) -> list[User]:
    """The others in seats of the item, each once: who has it on the screen, longest first, then whom it is assigned to."""
    live = Reservation.objects.filter(item=item, expires_at__gt=now).order_by("created_at", "pk")
    assigned = Assignment.objects.filter(item=item).order_by("pk")
    people = [*(one.reviewer for one in live.select_related("reviewer")),
              *(one.reviewer for one in assigned.select_related("reviewer"))]  # fmt: skip
    return [one for one in dict.fromkeys(people) if one != person]


def _free(person: User, item: Item) -> str:
    """Take the item from the person's screen and line; who it was."""
    Reservation.objects.filter(item=item, reviewer=person).delete()
    Assignment.objects.filter(item=item, reviewer=person).delete()
    return person.email
