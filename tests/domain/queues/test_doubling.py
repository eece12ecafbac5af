"""A share of the items gets one more review: which, and what a change of the share does."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain import sampling
from annotation.domain.queues import doubling, items, lifecycle, line, rubric, rubric_versions, subjects
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.queues.settings import QueueError, QueueSettings
from annotation.domain.reviews.quality import pace
from annotation.models import Item, Queue, Review, User
from tests.factories import QueueFactory, TraceFactory, UserFactory

pytestmark = pytest.mark.django_db


def filled(count: int, **settings: int) -> Queue:
    queue = QueueFactory(**settings)
    wanted = [
        subjects.of_trace(trace.uuid) for trace in TraceFactory.create_batch(count, project__workspace=queue.workspace)
    ]
    items.add(queue=queue, subjects=wanted, reason=Reason(origin=Origin.API))
    return queue


def changed(queue: Queue, *, double_percent: int) -> None:
    wanted = replace(lifecycle.settings_of(queue), double_percent=double_percent)
    asked = rubric_versions.questions_of(queue) if queue.rubric_id else rubric.default()
    lifecycle.edit(queue=queue, settings=wanted, rubric=asked, by=UserFactory())


def drawn(queue: Queue) -> dict[int, int]:
    return dict(Item.objects.filter(queue=queue).values_list("number", "double_seats"))


@given(st.uuids(), st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_share_keeps_every_item_of_a_lower_one(queue: UUID, item: UUID, one: int, other: int) -> None:
    low, high = sorted((one, other))
    seats = [doubling.seats(Queue(uuid=queue, double_percent=percent), item) for percent in (0, low, high, 100)]
    assert seats == sorted(seats)
    assert (seats[0], seats[-1]) == (0, 1)
    assert seats[1] == sampling.is_sampled(queue, item, rate=Decimal(low) / 100)


def test_items_are_drawn_when_they_are_added_and_alike_when_the_share_comes_later() -> None:
    at_once, later = filled(40, double_percent=30), filled(0)
    before = drawn(at_once)
    assert before == {item.number: doubling.seats(at_once, item.uuid) for item in Item.objects.filter(queue=at_once)}
    changed(at_once, double_percent=0)
    assert set(drawn(at_once).values()) == {0}
    changed(at_once, double_percent=30)  # SQL draws as Python does
    assert drawn(at_once) == before
    assert drawn(later) == {}


def test_a_drawn_item_has_a_second_seat_and_is_done_after_two_reviews() -> None:
    queue = filled(2, double_percent=100)
    Item.objects.filter(queue=queue, number=2).update(double_seats=0)
    first, second, now = UserFactory(), UserFactory(), timezone.now()
    drawn_one, single = Item.objects.filter(queue=queue).order_by("number")
    for item in (drawn_one, single):
        assert line.take(item, first, now)
    assert line.take(drawn_one, second, now)
    assert not line.take(single, second, now)
    assert not line.take(drawn_one, UserFactory(), now)


def states(queue: Queue) -> list[tuple[str, int]]:
    return list(Item.objects.filter(queue=queue).order_by("number").values_list("state", "double_seats"))


def review(queue: Queue, number: int, *people: User) -> None:
    for person in people:
        item = Item.objects.get(queue=queue, number=number)
        Review.objects.create(item=item, reviewer=person, rubric=rubric_versions.current(queue))
        count = Review.objects.filter(item=item).count()
        state = "done" if count >= queue.reviewers_per_item + item.double_seats else "open"
        Item.objects.filter(pk=item.pk).update(review_count=count, state=state)


def test_a_change_of_the_share_opens_nothing_that_is_done_and_takes_back_no_review() -> None:
    queue, one, other = filled(4), UserFactory(), UserFactory()
    review(queue, 1, one)
    changed(queue, double_percent=100)
    queue.refresh_from_db()
    assert states(queue) == [("done", 0), ("open", 1), ("open", 1), ("open", 1)]
    review(queue, 2, one, other)
    review(queue, 3, one)
    changed(queue, double_percent=0)
    assert states(queue) == [("done", 0), ("done", 1), ("done", 0), ("open", 0)]
    assert Review.objects.count() == 4


def test_what_is_left_counts_the_second_seats() -> None:
    queue = filled(3, reviewers_per_item=2, double_percent=100)
    assert pace.of_queue(queue, now=timezone.now()).left == 9


def test_a_share_beyond_a_hundred_is_refused() -> None:
    queue = filled(0)
    with pytest.raises(QueueError, match="Between 0 and 100 percent"):
        lifecycle.create(
            workspace=queue.workspace, settings=QueueSettings(name="x", double_percent=101), rubric=rubric.default(),
            by=UserFactory(),
        )  # fmt: skip
