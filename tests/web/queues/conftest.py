"""A queue of the workspace with three items, one reviewed with a correction."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, Item, Queue, Review
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
