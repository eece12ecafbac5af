"""Lists of a queue's items, by state and by where they stand for one person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotation.domain.queues import counts, items, line, shown
from annotation.domain.queues.shown import Shown
from annotation.models import Item, Review, User
from tests.domain.queues.test_assignment import NOON, reviewed, reviewer
from tests.factories.queues import AssignmentFactory, ItemFactory, QueueFactory, ReservationFactory, SkipFactory

pytestmark = pytest.mark.django_db


def numbers(which: Shown, person: User | None) -> list[int]:
    rows: QuerySet[Item] = shown.shown(Item.objects.all(), which, person).order_by(*shown.ORDER)
    return list(rows.values_list("number", flat=True))


def test_each_list_has_the_items_that_it_says() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    made = {number: ItemFactory(queue=queue, number=number) for number in range(1, 10)}
    me, other = reviewer(queue), reviewer(queue)
    reviewed(made[2], me)  # waits for others
    for person in (me, other):
        reviewed(made[3], person)
        reviewed(made[4], person)
        reviewed(made[5], person)
    Item.objects.filter(number=4).update(state="disagreement", is_disputed=True)
    Item.objects.filter(number=5).update(adjudicated_at=NOON, adjudicated_by=other)
    items.flag(item=made[6], by=other, reason="")
    items.remove(item=made[7], by=other)
    SkipFactory(item=made[8], reviewer=me)
    SkipFactory(item=made[1], reviewer=other)
    AssignmentFactory(item=made[9], reviewer=me)
    AssignmentFactory(item=made[8], reviewer=other)
    assert {which.value: numbers(which, me) for which in Shown} == {
        "all": [9, 8, 6, 5, 4, 3, 2, 1],
        "open": [9, 8, 6, 2, 1],
        "disagreement": [4],
        "adjudicated": [5],
        "done": [5, 3],
        "flagged": [6],
        "removed": [7],
        "needs_my_review": [9, 8, 1],
        "needs_others_review": [2],
        "skipped_by_me": [8],
        "assigned_to_me": [9],
        "flagged_by_me": [],
    }
    assert numbers(Shown.OWN_FLAGS, other) == [6]
    Review.objects.filter(item=made[3], reviewer=me).update(is_asked_again=True)
    assert numbers(Shown.MINE, me) == [9, 8, 3, 1]
    assert numbers(Shown.MINE, other) == [9, 8, 2, 1]
    assert numbers(Shown.SKIPPED, None) == numbers(Shown.ASSIGNED, None) == numbers(Shown.OWN_FLAGS, None) == []


def test_neighbours_are_those_of_the_list_even_after_the_item_left_it() -> None:
    queue = QueueFactory()
    made = [ItemFactory(queue=queue, number=number) for number in range(1, 6)]
    person = reviewer(queue)
    rows = shown.shown(Item.objects.filter(queue=queue), Shown.OPEN, person)
    assert shown.neighbours(rows, made[2]) == (4, 2)
    assert shown.neighbours(rows, made[4]) == (None, 4)
    reviewed(made[2], person)
    assert shown.neighbours(rows.exclude(number=4), made[2]) == (5, 2)


def test_what_is_kept_for_others_or_on_their_screens_is_not_mine_and_not_counted() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    made = {number: ItemFactory(queue=queue, number=number) for number in range(1, 8)}
    me, other, third = reviewer(queue), reviewer(queue), reviewer(queue)
    for person in (other, third):
        AssignmentFactory(item=made[1], reviewer=person)  # both seats
    AssignmentFactory(item=made[2], reviewer=other)  # one of them
    AssignmentFactory(item=made[3], reviewer=me)
    reviewed(made[4], other)
    AssignmentFactory(item=made[4], reviewer=third)
    reviewed(made[5], other)
    AssignmentFactory(item=made[5], reviewer=other)  # used up by the review
    until = timezone.now() + timedelta(minutes=5)
    ReservationFactory(item=made[6], reviewer=other, expires_at=until)
    AssignmentFactory(item=made[6], reviewer=other)  # one seat, not two
    ReservationFactory(item=made[7], reviewer=other, expires_at=until)
    ReservationFactory(item=made[7], reviewer=third, expires_at=until)
    assert numbers(Shown.MINE, me) == [6, 5, 3, 2]
    assert counts.of_queue(queue, person=me).left == 4
    given = set[int]()
    with transaction.atomic():
        while found := line.following(queue, me, timezone.now(), full=given, is_waiting=False):
            given.add(found)
    assert given == {made[number].pk for number in (6, 5, 3, 2)}, "the line says the same"
    Item.objects.filter(number=6).update(flagged_at=NOON, flagged_by=other)
    assert counts.of_queue(queue, person=me).left == 3
