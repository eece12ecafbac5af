"""How little judges could tell, and a queue that takes no more than so many."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.feedback.meanings import KeyConfig
from annotation.domain.feedback.verdict import Word
from annotation.domain.queues import items, lifecycle, rubric, subjects, uncertainty
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueError, QueueSettings
from annotation.models import Feedback, Item, Trace
from tests.factories.accounts import MembershipFactory
from tests.factories.feedback import FeedbackFactory
from tests.factories.queues import QueueFactory
from tests.factories.traces import TraceFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STARS = KeyConfig("stars", "number", 1, 5, 4, 2, ())


def word(score: float | None, key: str = "ok", value: object = None) -> Word:
    return Word(UUID(int=1), key, "judge", False, score, value, NOON)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], 0.0),
        ([word(1.0)], 0.0),
        ([word(0.5)], 1.0),
        ([word(0.0), word(1.0)], 1.0),
        ([word(0.9), word(0.9)], 0.2),
        ([word(3.0, "stars")], 1.0),
        ([word(5.0, "stars"), word(0.75)], 0.5),
        ([word(None, "thumbs", "unsure")], 1.0),
        ([word(None, "remark", "long text")], 0.0),
    ],
)
def test_near_the_middle_or_contradicting_is_uncertain(words: list[Word], expected: float) -> None:
    assert uncertainty.of_words(words, {"stars": STARS}) == pytest.approx(expected)


@given(st.lists(st.floats(-10, 10), max_size=6))
def test_it_is_a_share_and_agreement_on_the_other_side_is_as_certain(scores: list[float]) -> None:
    found = uncertainty.of_words([word(score) for score in scores], {})
    mirrored = uncertainty.of_words([word(1 - score) for score in scores], {})
    assert 0 <= found <= 1
    assert mirrored == pytest.approx(found)


@pytest.mark.django_db
def test_an_item_keeps_how_uncertain_its_judges_were_when_it_was_added() -> None:
    sure: Trace = TraceFactory()
    unsure: Trace = TraceFactory(project=sure.project)
    for trace, score in ((sure, 1.0), (unsure, 0.4), (unsure, 0.6)):
        FeedbackFactory(
            workspace=sure.workspace, trace_uuid=trace.uuid, key="policy", score=score, source=Feedback.Source.JUDGE
        )
    FeedbackFactory(workspace=sure.workspace, trace_uuid=sure.uuid, key="thumbs", score=0.5, source="user")
    queue = QueueFactory(workspace=sure.workspace)
    items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in (sure, unsure)], reason=Reason())
    assert dict(Item.objects.values_list("number", "uncertainty")) == {1: 0.0, 2: 1.0}


@pytest.mark.django_db
def test_a_full_queue_takes_no_more_and_says_so() -> None:
    trace: Trace = TraceFactory()
    queue = QueueFactory(workspace=trace.workspace, most_items=3)
    wanted = [subjects.of_trace(UUID(int=number)) for number in range(1, 6)]
    first = items.add(queue=queue, subjects=wanted[:2], reason=Reason())
    assert (first.added_count, first.over_count) == (2, 0)
    second = items.add(queue=queue, subjects=wanted, reason=Reason())
    assert (second.added_count, second.present_count, second.over_count) == (1, 2, 2)
    items.remove(item=Item.objects.get(number=1), by=MembershipFactory(workspace=trace.workspace).user)
    third = items.add(queue=queue, subjects=wanted, reason=Reason(), is_restoring=True)
    assert (third.added_count, third.restored_count, third.over_count) == (1, 0, 2)
    assert Item.objects.exclude(state="removed").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("most", [0, -1, 1_000_001])
def test_a_cap_is_a_number_of_items(most: int) -> None:
    person = MembershipFactory().user
    settings = QueueSettings(name="Capped", most_items=most)
    with pytest.raises(QueueError, match="between 1 and 1,000,000 items"):
        lifecycle.create(
            workspace=person.memberships.get().workspace, settings=settings, rubric=rubric.default(), by=person
        )
