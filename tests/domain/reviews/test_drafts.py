"""What was typed comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from annotation.domain.reviews import content, drafts
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Draft
from tests.factories.accounts import UserFactory
from tests.factories.queues import ItemFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_keeps_the_last_thing_typed_per_person() -> None:
    item, one, other = ItemFactory(), UserFactory(), UserFactory()
    drafts.save(item=item, by=one, content=ReviewInput(note="first"), now=NOON)
    drafts.save(
        item=item, by=one, content=ReviewInput(note="sec\0ond", answers={"x": None}), now=NOON + timedelta(minutes=1)
    )
    kept = drafts.load(item=item, by=one)
    assert kept is not None
    assert (kept.content.note, kept.content.answers, kept.saved_at) == (
        "second",
        {"x": None},
        NOON + timedelta(minutes=1),
    )
    assert drafts.load(item=item, by=other) is None
    drafts.discard(item=item, by=one)
    assert Draft.objects.count() == 0


def test_parts_that_cannot_be_read_are_left_out() -> None:
    read = content.read_draft({"note": "kept", "active_ms": "soon", "labels": 3, "later": 1})
    assert read == ReviewInput(note="kept")
