"""A queue with a dataset, and a trace in it whose agent promised too much."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from annotation.domain.queues import assignment, items, rubric_versions, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, Item, Membership, Queue, Review, Run, Trace, User
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import QueueFactory
from tests.factories.traces import RunFactory, TraceFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BAD: dict[str, Any] = {"answers": {"thumbs": "down"}}


@dataclass(frozen=True, slots=True)
class Bench:
    """`item` is the trace's; `tool` is the run that failed, `answer` the model call that answered."""

    queue: Queue
    dataset: Dataset
    trace: Trace
    tool: Run
    answer: Run
    item: Item
    one: User
    other: User
    editor: User

    def submit(self, by: User, *, now: datetime = NOON, **given: object) -> Review:
        """Submit these fields of a ReviewInput."""
        return submit.submit(item=self.item, by=by, answers=ReviewInput.model_validate(given), now=now)

    def claim(self, by: User, *, now: datetime = NOON) -> Item:
        """The next item of the person's line."""
        return assignment.claim_next(queue=Queue.objects.get(pk=self.queue.pk), by=by, now=now).item


@pytest.fixture
def make_bench(db: None) -> Callable[..., Bench]:
    """`make_bench(reviewers_per_item=2)`: fields of the queue."""

    def make(**fields: object) -> Bench:
        queue = QueueFactory(**fields)
        people = [
            MembershipFactory(workspace=queue.workspace, role=role).user
            for role in (Membership.Role.REVIEWER, Membership.Role.REVIEWER, Membership.Role.EDITOR)
        ]
        dataset = Dataset.objects.create(workspace=queue.workspace, name="Refunds", created_by=people[2])
        queue.target_dataset = dataset
        queue.save()
        rubric_versions.current(queue)
        trace = TraceFactory(project__workspace=queue.workspace, input="Can I get a refund?", output="Yes, all of it.")
        tool = RunFactory(trace=trace, type="tool", name="refund", status="error", external_id="00000000000000aa")
        answer = RunFactory(
            trace=trace, type="llm", inputs={"messages": ["hi"]}, outputs={"text": "Yes"}, output_text="Yes"
        )
        (item,) = items.add(queue=queue, subjects=[subjects.of_trace(trace.uuid)], reason=Reason()).added
        return Bench(queue, dataset, trace, tool, answer, item, *people)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """One review per item, accepted by an editor."""
    return make_bench()
