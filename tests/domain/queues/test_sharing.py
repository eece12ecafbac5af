"""Items for named people: shared out evenly, never a seat twice, taken back and taken over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from annotation.domain.projects import members
from annotation.domain.queues import assignment, items, lifecycle, refusals, rubric_versions, sharing
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import drafts, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Assignment, Item, Membership, Queue, User
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import ItemFactory, QueueFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = ReviewInput(answers={"thumbs": "up"})


def line_of(count: int, **fields: object) -> Queue:
    queue = QueueFactory(**fields)
    for number in range(1, count + 1):
        ItemFactory(queue=queue, number=number)
    return queue


def member(queue: Queue, role: str = Membership.Role.REVIEWER) -> User:
    return MembershipFactory(workspace=queue.workspace, role=role).user


def share(queue: Queue, *people: User, **given: object) -> sharing.Shared:
    chosen = Item.objects.filter(queue=queue, **given)
    return sharing.share(queue=queue, items=chosen, people=people, by=people[0], now=NOON)


def claim(queue: Queue, person: User) -> int:
    return assignment.claim_next(queue=queue, by=person, now=NOON).item.number


def test_shares_differ_by_one_at_most_and_each_person_is_given_their_own_first() -> None:
    queue = line_of(7)
    one, two, other = member(queue), member(queue), member(queue)
    shared = share(queue, one, two)
    assert (list(shared.by_person.values()), shared.passed_over_count) == ([4, 3], 0)
    assert [claim(queue, two), claim(queue, one)] == [2, 1]
    with pytest.raises(refusals.NothingLeftError):
        claim(queue, other)
    with pytest.raises(refusals.ItemTakenError, match="by assignment"):
        assignment.claim_item(item=Item.objects.get(number=3), by=other, now=NOON)
    assert share(queue, one, two).passed_over_count == 7, "a second time nothing is given twice"

    assert sharing.take_back(queue=queue, by=one, reviewer=two) == 3
    assert claim(queue, other) == 4, "item 2 is still on two's screen"


def test_of_two_seats_each_may_be_kept_for_another_and_a_review_uses_its_own() -> None:
    queue = line_of(1, reviewers_per_item=2)
    one, two, other = member(queue), member(queue), member(queue)
    item = Item.objects.get()
    share(queue, one)
    share(queue, one, two)
    assert set(Assignment.objects.values_list("reviewer", flat=True)) == {one.pk, two.pk}
    with pytest.raises(refusals.ItemTakenError):
        submit.submit(item=item, by=other, answers=GOOD, now=NOON)
    for person in (one, two):
        submit.submit(item=item, by=person, answers=GOOD, now=NOON)
    assert not Assignment.objects.exists()
    assert Item.objects.get().state == Item.State.DONE


def test_named_items_are_given_anew_to_somebody_else() -> None:
    queue = line_of(3)
    one, two = member(queue), member(queue)
    share(queue, one)
    chosen = Item.objects.filter(number__in=[1, 3])
    sharing.share(queue=queue, items=chosen, people=[two], by=one, now=NOON, is_reassigning=True)
    kept = dict(Assignment.objects.values_list("item__number", "reviewer"))
    assert kept == {1: two.pk, 2: one.pk, 3: two.pk}


def test_nothing_is_kept_for_somebody_who_does_not_review_here_any_more() -> None:
    queue = line_of(2)
    one, two, viewer = member(queue), member(queue), member(queue, Membership.Role.VIEWER)
    with pytest.raises(sharing.NotAssignableError, match="does not review in"):
        share(queue, one, viewer)
    with pytest.raises(sharing.NotAssignableError, match="at least one person"):
        sharing.share(queue=queue, items=Item.objects.all(), people=[], by=one, now=NOON)
    assert not Assignment.objects.exists()
    share(queue, one, two)
    members.remove(membership=Membership.objects.get(user=one), by=two)
    assert set(Assignment.objects.values_list("reviewer", flat=True)) == {two.pk}
    settings = QueueSettings(name="Named", is_open_to_all=False, reviewers=(member(queue),))
    lifecycle.edit(queue=queue, settings=settings, rubric=rubric_versions.questions_of(queue), by=two)
    assert not Assignment.objects.exists()


def test_an_item_taken_over_leaves_the_draft_and_the_holder_is_told() -> None:
    queue = line_of(1)
    holder, boss = member(queue), member(queue, Membership.Role.ADMIN)
    item = assignment.claim_next(queue=queue, by=holder, now=NOON).item
    drafts.save(item=item, by=holder, content=ReviewInput(note="half a thought"), now=NOON)

    taken = sharing.take_over(item=item, by=boss, now=NOON)

    assert taken.expires_at == NOON + timedelta(minutes=queue.reservation_minutes)
    with pytest.raises(refusals.ReservationLostError, match="took it over"):
        assignment.heartbeat(item=item, by=holder, now=NOON)
    kept = drafts.load(item=item, by=holder)
    assert kept is not None
    assert kept.content.note == "half a thought"
    submit.submit(item=item, by=boss, answers=GOOD, now=NOON)
    with pytest.raises(refusals.ItemNotOpenError):
        sharing.take_over(item=item, by=boss, now=NOON)


def test_taking_over_leaves_a_second_seat_where_it_is() -> None:
    queue = line_of(1, reviewers_per_item=2)
    first, second, boss = member(queue), member(queue), member(queue, Membership.Role.ADMIN)
    item = assignment.claim_next(queue=queue, by=first, now=NOON).item
    later = NOON + timedelta(minutes=1)
    assignment.claim_next(queue=queue, by=second, now=later)
    sharing.take_over(item=item, by=boss, now=later)
    assert assignment.heartbeat(item=item, by=second, now=later) > later
    with pytest.raises(refusals.ReservationLostError):
        assignment.heartbeat(item=item, by=first, now=later)


def test_random_order_is_another_for_each_person_and_stays() -> None:
    queue = line_of(30, order=Queue.Order.RANDOM)
    orders = []
    for person in (member(queue), member(queue)):
        seen = []
        for _ in range(30):
            item = assignment.claim_next(queue=queue, by=person, now=NOON).item
            assert claim(queue, person) == item.number
            seen.append(item.number)
            assignment.skip(item=item, by=person, now=NOON + timedelta(seconds=len(seen)))
        orders.append(seen)
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(1, 31))
    assert orders[0] != orders[1]
    assert list(range(1, 31)) not in orders


def test_the_least_certain_is_given_first() -> None:
    queue = line_of(3, order=Queue.Order.UNCERTAIN)
    Item.objects.filter(number=3).update(uncertainty=0.9)
    Item.objects.filter(number=2).update(uncertainty=0.4)
    person = member(queue)
    numbers = []
    for _ in range(3):
        item = assignment.claim_next(queue=queue, by=person, now=NOON).item
        numbers.append(item.number)
        submit.submit(item=item, by=person, answers=GOOD, now=NOON)
    assert numbers == [3, 2, 1]


def test_skipping_one_and_then_the_next_does_not_bring_the_first_right_back() -> None:
    queue = line_of(3)
    person = member(queue)
    given = []
    for minute in range(6):
        item = assignment.claim_next(queue=queue, by=person, now=NOON).item
        given.append(item.number)
        assignment.skip(item=item, by=person, now=NOON + timedelta(minutes=minute))
    assert given == [1, 2, 3, 1, 2, 3]


def test_a_removed_item_is_shared_with_nobody() -> None:
    queue = line_of(2)
    person = member(queue)
    items.remove(item=Item.objects.get(number=1), by=person)
    assert share(queue, person).count == 1
