"""Queues of the workspace: one with an item reviewed with a correction, one where two people review each item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, Item, Membership, Queue, Review, User
from tests.factories.accounts import MembershipFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People


@dataclass(frozen=True, slots=True)
class Desk:
    """`items` in order of their numbers; `review` is the reviewer's, of the first."""

    queue: Queue
    items: tuple[Item, ...]
    review: Review

    @property
    def page(self) -> str:
        """The queue's address."""
        return f"/w/acme/queues/{self.queue.uuid}/"


@pytest.fixture
def desk(people: People) -> Desk:
    """The queue "Refunds", into the dataset "Answers"."""
    dataset = Dataset.objects.create(workspace=people.workspace, name="Answers")
    settings = QueueSettings(name="Refunds", instructions="Read the **policy**.", target_dataset=dataset)
    queue = lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    traces = [
        TraceFactory(project=people.project, name=f"agent {n}", input="Refund?", output="Yes, all.") for n in (1, 2, 3)
    ]
    wanted = [subjects.of_trace(trace.uuid) for trace in traces]
    added = items.add(queue=queue, subjects=wanted, reason=Reason(by="Editor", why=("angry user",))).added
    given = ReviewInput(
        answers={"thumbs": "down"}, labels=("Wrong policy",), correction="No, nothing.", note="<b>read</b>"
    )
    review = submit.submit(item=added[0], by=people.reviewer, answers=given, now=timezone.now())
    return Desk(queue, added, review)


@dataclass(frozen=True, slots=True)
class Court:
    """A queue of two reviews per item; `other` is the second reviewer."""

    queue: Queue
    items: tuple[Item, ...]
    other: User
    people: People

    @property
    def page(self) -> str:
        """The address."""
        return f"/w/acme/queues/{self.queue.uuid}/adjudication/"

    def say(self, place: int, by: User, **given: Any) -> Review:
        """A review."""
        return submit.submit(item=self.items[place], by=by, answers=ReviewInput(**given), now=timezone.now())

    def split(self, place: int, **given: Any) -> None:
        """One says good and the other bad."""
        self.say(place, self.people.reviewer, answers={"thumbs": "up"})
        self.say(place, self.other, answers={"thumbs": "down"}, **given)

    def review_of(self, place: int, by: User) -> Review:
        """The person's review."""
        return Review.objects.get(item=self.items[place], reviewer=by)

    def post(self, client: Client, place: int, act: str = "adjudicate", **given: Any) -> Any:
        """What a button of the page does."""
        return client.post(f"/w/acme/queues/items/{self.items[place].uuid}/{act}/", given, follow=True)


@pytest.fixture
def court(people: People) -> Court:
    """Three items that nobody has reviewed yet."""
    other = MembershipFactory(workspace=people.workspace, role=Membership.Role.REVIEWER, user__name="Other").user
    dataset = Dataset.objects.create(workspace=people.workspace, name="Answers")
    asked = QueueSettings(name="Twice", reviewers_per_item=2, target_dataset=dataset)
    queue = lifecycle.create(workspace=people.workspace, settings=asked, rubric=rubric.default(), by=people.admin)
    traces = [TraceFactory(project=people.project, input="Refund?", output="Yes, all.") for _ in range(3)]
    added = items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=Reason()).added
    return Court(queue, added, other, people)
