"""Claiming: the order of a line, seats, leases, skips, and fifty people at once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from annotation.domain.queues import assignment, items, refusals
from annotation.models import Item, Membership, Queue, Reservation, Review, RubricVersion, User
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.queues import ItemFactory, QueueFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=16)


def reviewer(queue: Queue, role: str = Membership.Role.REVIEWER) -> User:
    return MembershipFactory(workspace=queue.workspace, role=role).user


def fill(queue: Queue, count: int, **fields: int) -> list[Item]:
    return [ItemFactory(queue=queue, number=number, **fields) for number in range(1, count + 1)]


def reviewed(item: Item, person: User) -> None:
    rubric, _ = RubricVersion.objects.get_or_create(queue=item.queue, number=1)
    Review.objects.create(item=item, reviewer=person, rubric=rubric)
    count = item.reviews.count()
    state = "done" if count >= item.queue.reviewers_per_item else "open"
    Item.objects.filter(pk=item.pk).update(review_count=count, state=state)
    Reservation.objects.filter(item=item, reviewer=person).delete()


def next_number(queue: Queue, person: User, now: datetime = NOON) -> int:
    return assignment.claim_next(queue=queue, by=person, now=now).item.number


@pytest.mark.django_db
def test_two_people_get_two_items_and_each_keeps_their_own() -> None:
    queue = QueueFactory()
    fill(queue, 3)
    one, other = reviewer(queue), reviewer(queue)
    assert (next_number(queue, one), next_number(queue, other), next_number(queue, one)) == (1, 2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("order", "number"), [("priority", 2), ("oldest", 1), ("newest", 3)])
def test_the_queue_says_the_order(order: str, number: int) -> None:
    queue = QueueFactory(order=order)
    fill(queue, 3)
    items.set_priority(item=Item.objects.get(number=2), priority=5, by=UserFactory())
    assert next_number(queue, reviewer(queue)) == number


@pytest.mark.django_db
def test_an_item_is_not_closed_to_the_second_reviewer_nor_open_to_a_third() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    (item,) = fill(queue, 1)
    one, two, three = reviewer(queue), reviewer(queue), reviewer(queue)
    assert (next_number(queue, one), next_number(queue, two)) == (1, 1)
    with pytest.raises(refusals.NothingLeftError, match="1 with other people") as refused:
        next_number(queue, three)
    assert (refused.value.held_count, refused.value.flagged_count) == (1, 0)
    reviewed(item, one)
    with pytest.raises(refusals.NothingLeftError):
        next_number(queue, three)
    with pytest.raises(refusals.NothingLeftError, match=r"Nothing is left for you in “Queue \d+”\.$"):
        next_number(queue, one)


@pytest.mark.django_db
def test_a_lapsed_reservation_gives_the_seat_to_the_next_and_the_holder_is_told() -> None:
    queue = QueueFactory(reservation_minutes=15)
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    assert assignment.claim_next(queue=queue, by=one, now=NOON).expires_at == NOON + timedelta(minutes=15)
    assert next_number(queue, other, LATER) == 1
    with pytest.raises(refusals.ReservationLostError, match="is kept as a draft"):
        assignment.heartbeat(item=item, by=one, now=LATER)
    with pytest.raises(refusals.ItemTakenError, match="Somebody else has item 1"):
        assignment.claim_item(item=item, by=one, now=LATER)


@pytest.mark.django_db
def test_a_heartbeat_extends_and_brings_back_what_nobody_took() -> None:
    queue = QueueFactory(reservation_minutes=15)
    (item,) = fill(queue, 1)
    one, other = reviewer(queue), reviewer(queue)
    next_number(queue, one)
    half = NOON + timedelta(minutes=10)
    assert assignment.heartbeat(item=item, by=one, now=half) == half + timedelta(minutes=15)
    with pytest.raises(refusals.NothingLeftError):
        next_number(queue, other, LATER)
    much_later = NOON + timedelta(hours=3)
    assert assignment.heartbeat(item=item, by=one, now=much_later) == much_later + timedelta(minutes=15)
    with pytest.raises(refusals.ReservationLostError):
        assignment.heartbeat(item=item, by=other, now=much_later)


@pytest.mark.django_db
def test_a_heartbeat_is_not_refused_because_the_own_review_completed_the_item() -> None:
    queue = QueueFactory(reservation_minutes=15)
    (item,) = fill(queue, 1)
    one = reviewer(queue)
    next_number(queue, one)
    reviewed(item, one)
    assert assignment.heartbeat(item=item, by=one, now=NOON) == NOON + timedelta(minutes=15)
    assert Reservation.objects.count() == 0
    assert assignment.claim_item(item=item, by=one, now=NOON).expires_at is None


@pytest.mark.django_db
def test_skipped_items_go_to_the_end_in_the_order_of_skipping() -> None:
    queue = QueueFactory()
    numbered = {item.number: item for item in fill(queue, 3)}
    person = reviewer(queue)
    seen = []
    for minute in range(5):
        seen.append(next_number(queue, person))
        assignment.skip(item=numbered[seen[-1]], by=person, now=NOON + timedelta(minutes=minute))
    assert seen == [1, 2, 3, 1, 2]
    assert next_number(queue, reviewer(queue)) == 1  # somebody else's line is their own


@pytest.mark.django_db
def test_released_removed_and_flagged_items() -> None:
    queue = QueueFactory()
    first, second = fill(queue, 2)
    one, other = reviewer(queue), reviewer(queue)
    next_number(queue, one)
    assignment.release(item=first, by=one)
    assert next_number(queue, other) == 1
    items.flag(item=first, by=other, reason="cut off")
    items.remove(item=second, by=other)
    with pytest.raises(refusals.NothingLeftError, match="1 flagged and waiting for an editor"):
        next_number(queue, other)
    with pytest.raises(refusals.ItemNotOpenError, match="Item 2 was removed"):
        assignment.claim_item(item=second, by=one, now=NOON)
    items.unflag(item=first, by=other)
    assert next_number(queue, one) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("draft", "still a draft"),
        ("paused", "what you typed is kept"),
        ("completed", "is completed"),
        ("archived", "is archived"),
    ],
)
def test_a_queue_that_is_not_active_says_why(status: str, message: str) -> None:
    queue = QueueFactory(status=status)
    (item,) = fill(queue, 1)
    person = reviewer(queue)
    with pytest.raises(refusals.QueueNotActiveError, match=message):
        next_number(queue, person)
    with pytest.raises(refusals.QueueNotActiveError, match=message):
        assignment.claim_item(item=item, by=person, now=NOON)


@pytest.mark.django_db
def test_only_reviewers_of_the_queue_get_items() -> None:
    queue = QueueFactory(is_open_to_all=False)
    fill(queue, 2)
    named, unnamed, viewer = reviewer(queue), reviewer(queue), reviewer(queue, Membership.Role.VIEWER)
    queue.reviewers.set([named, viewer])
    assert next_number(queue, named) == 1
    for person in (unnamed, viewer, UserFactory()):
        with pytest.raises(refusals.NotAReviewerError):
            next_number(queue, person)


def at_once(people: list[User], act: Callable[[User], None]) -> list[BaseException]:
    """Every person in a thread and a connection of their own; they start together."""
    start, problems = threading.Barrier(len(people)), list[BaseException]()

    def run(person: User) -> None:
        try:
            start.wait(20)
            act(person)
        except BaseException as problem:  # noqa: BLE001 -- told to the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_share_a_seat_and_leave_none_empty() -> None:
    queue = QueueFactory(reviewers_per_item=2)
    fill(queue, 25)
    people = [reviewer(queue) for _ in range(50)]
    problems = at_once(people, lambda person: assert_claimed(queue, person))
    assert problems == []
    taken = Counter(Reservation.objects.values_list("item__number", flat=True))
    assert taken == dict.fromkeys(range(1, 26), 2)


def assert_claimed(queue: Queue, person: User) -> None:
    assert assignment.claim_next(queue=queue, by=person, now=NOON).item.queue == queue


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_of_one_person_reserve_one_item() -> None:
    queue = QueueFactory()
    fill(queue, 8)
    person = reviewer(queue)
    assert at_once([person] * 8, lambda one: assert_claimed(queue, one)) == []
    assert Reservation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_item_does_not_go_to_two() -> None:
    queue = QueueFactory()
    (item,) = fill(queue, 1)
    people = [reviewer(queue) for _ in range(10)]
    problems = at_once(people, lambda person: assert_claimed(queue, person))
    assert [type(problem) for problem in problems] == [refusals.NothingLeftError] * 9
    assert Reservation.objects.get().item == item
