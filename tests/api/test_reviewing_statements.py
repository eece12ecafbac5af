"""What a claim and a submission ask of the database: everybody does both all day."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Feedback, Item, Membership, Queue, Review
from tests.factories.accounts import MembershipFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db

CLAIM, SUBMIT = 10, 20
"""Statements, with the marks that transactions leave in a test."""


def _filled(people: People, count: int) -> Queue:
    settings = QueueSettings(name="Refunds", reviewers_per_item=5)
    queue = lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    traces = [TraceFactory(project=people.project).uuid for _ in range(count)]
    items.add(queue=queue, subjects=[subjects.of_trace(uuid) for uuid in traces], reason=Reason(), by=people.admin)
    return queue


@pytest.mark.parametrize("count", [1, 3])
def test_a_claim_takes_the_same_statements_for_one_item_and_three(
    people: People, count: int, django_assert_num_queries: Any
) -> None:
    queue, program = _filled(people, count), people.api()
    program.get("/api/v1/me")  # the key's last use is noted once a minute

    with django_assert_num_queries(CLAIM):
        claimed = program.post(f"/api/v1/queues/{queue.uuid}/claim").json()

    assert claimed["item"]["number"] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_submission_takes_the_same_statements_after_one_review_and_three(
    people: People, count: int, django_assert_num_queries: Any
) -> None:
    queue, program = _filled(people, 1), people.api()
    item = Item.objects.get(queue=queue)
    for _ in range(count):
        other = MembershipFactory(workspace=people.workspace, role=Membership.Role.REVIEWER).user
        submit.submit(item=item, by=other, answers=ReviewInput(answers={"thumbs": "up"}), now=timezone.now())
    program.post(f"/api/v1/queues/{queue.uuid}/claim")
    given = {"answers": {"thumbs": "down"}, "note": "Guessed."}

    with django_assert_num_queries(SUBMIT):
        program.put(f"/api/v1/items/{item.uuid}/review", given, content_type="application/json")

    kept = Review.objects.get(item=item, reviewer=people.admin)
    said = Feedback.objects.filter(review=kept).values_list("key", "score", "comment")
    assert (kept.answers, kept.note, kept.submission_count) == ({"thumbs": "down"}, "Guessed.", 1)
    assert set(said) == {("thumbs", 0.0, None), ("note", None, "Guessed.")}
    item.refresh_from_db()
    assert item.review_count == count + 1
