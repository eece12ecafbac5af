"""Rows that are read and written by statements put together once are the rows that the ORM reads and writes."""

from __future__ import annotations

import pytest
from django.db.models import Model

from annotation.domain.rows import Rows, insert
from annotation.models import Item, Review
from tests.factories.queues import ItemFactory
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db


def _values(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_with_what_is_related_as_the_orm_reads_it(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    made = ItemFactory(reason={"why": ["“quoted”"]})

    found = Rows(Item, "it.id = %(pk)s", related=["queue", "queue__rubric"]).first(pk=made.pk)

    assert found
    kept = Item.objects.select_related("queue__rubric").get(pk=made.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert _values(found) == _values(kept)
        assert _values(found.queue) == _values(kept.queue)
        assert found.queue.rubric == kept.queue.rubric
    assert Rows(Item, "it.id = %(pk)s").first(pk=0) is None


def test_a_row_is_inserted_as_the_orm_inserts_it() -> None:
    like = ReviewFactory(answers={"n": 1.5, "text": "“a” \\ b"}, correction={"a": [None, True]}, note="日本\n")
    other = ItemFactory(queue=like.item.queue)
    values = _values(like) | {"id": None, "uuid": other.uuid, "item_id": other.pk}
    row = Review(**values)

    insert(row)

    kept = Review.objects.get(pk=row.pk)
    assert _values(kept) == values | {"id": row.pk}
    row.note = "edited"
    row.save()
    assert Review.objects.get(pk=row.pk).note == "edited"
