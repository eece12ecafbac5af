"""Masked values get numbers that belong to their item, in whatever process they are met."""

import pytest

from annotation.domain.queues import sight
from annotation.models import Item, MaskedValue
from tests.factories import ItemFactory, QueueFactory

pytestmark = pytest.mark.django_db
MASKING = {"kinds": ["e-mail", "phone"]}


def said(item: Item, text: str) -> str:
    mask = sight.of_reviewer(item).mask
    assert mask
    return sight.numbered(item, mask, mask.text(text))


def test_numbers_follow_the_order_of_the_first_answer_and_stay() -> None:
    item = ItemFactory(queue=QueueFactory(masking=MASKING))
    assert said(item, "b@x.org, a@x.org, b@x.org, +49 30 1234567") == "[e-mail 1], [e-mail 2], [e-mail 1], [phone 1]"
    assert said(item, "c@x.org and A@X.org") == "[e-mail 3] and [e-mail 2]"


def test_who_met_a_value_at_the_same_time_calls_it_the_same() -> None:
    item = ItemFactory(queue=QueueFactory(masking=MASKING))
    one, other = sight.of_reviewer(item).mask, sight.of_reviewer(item).mask
    assert one
    assert other
    first, second = one.text("a@x.org"), other.text("b@x.org a@x.org")
    assert sight.numbered(item, one, first) == "[e-mail 1]"
    assert sight.numbered(item, other, second) == "[e-mail 2] [e-mail 1]"
    assert MaskedValue.objects.count() == 2


def test_another_item_says_nothing_of_this_one() -> None:
    queue = QueueFactory(masking=MASKING)
    one, other = ItemFactory(queue=queue, number=1), ItemFactory(queue=queue, number=2)
    assert said(one, "a@x.org") == said(other, "b@x.org") == "[e-mail 1]"
    assert said(other, "a@x.org") == "[e-mail 2]"
    assert MaskedValue.objects.values("digest").distinct().count() == 3


def test_digests_of_others_are_left_alone() -> None:
    item = ItemFactory(queue=QueueFactory(masking=MASKING))
    mask = sight.of_reviewer(item).mask
    assert mask
    assert sight.numbered(item, mask, "[e-mail 0123456789abcdef]") == "[e-mail 0123456789abcdef]"


def test_a_queue_that_masks_nothing_asks_nothing(django_assert_num_queries: object) -> None:
    item = ItemFactory(queue=QueueFactory())
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert sight.of_reviewer(item).mask is None
