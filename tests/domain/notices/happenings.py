"""What notices tell of, made to happen; and a webhook that wants to hear of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from annotation.domain.notices import webhooks
from annotation.domain.notices.webhooks import Terms
from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Notice, Queue, User, Webhook
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People
from tests.fixtures.receiving import Receiver


def queue(people: People, count: int, name: str = "Refunds", **settings: Any) -> tuple[Queue, list[Item]]:
    """A queue with so many items."""
    wished = QueueSettings(name=name, **settings)
    made = lifecycle.create(workspace=people.workspace, settings=wished, rubric=rubric.default(), by=people.admin)
    return made, fill(people, made, count)


def fill(people: People, queue: Queue, count: int) -> list[Item]:
    """So many more."""
    traces = [TraceFactory(project=people.project) for _ in range(count)]
    return list(items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=Reason()).added)


def say(item: Item, by: User, thumbs: str) -> None:
    """Submit a review."""
    submit.submit(item=item, by=by, answers=ReviewInput(answers={"thumbs": thumbs}), now=timezone.now())


def hook(
    people: People, receiver: Receiver, *, queues: list[Queue] | None = None, kinds: Any = Notice.HEARD
) -> Webhook:
    """A webhook of everything, unless said otherwise."""
    terms = Terms("Chat", receiver.url, [str(kind) for kind in kinds], queues)
    return webhooks.create(workspace=people.workspace, terms=terms, by=people.admin).webhook
