"""Items on which their reviewers differ."""

from __future__ import annotations

from typing import Any

from annotation.models import Item, Queue, User
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.queues.making import filled
from tests.fixtures.people import People

RUBRIC = [
    {"feedback_key": "grade", "is_required": True},
    {"feedback_key": "tone", "is_required": True},
    {"feedback_key": "why", "is_required": True},
    {"feedback_key": "same"},
]
ADMIN = {"grade": 0.25, "tone": "Rude", "why": "It says so.", "same": 1}
REVIEWER = {"grade": 0.75, "tone": "Kind", "why": "Who knows", "same": 1}
TONES = {"type": "categorical", "categories": [{"value": 0, "label": "Rude"}, {"value": 1, "label": "Kind"}]}


def reviewed(people: People, sdk: Sdk, *answers: dict[str, Any], count: int = 1, decides: str = "nobody") -> str:
    """A queue of items that people have reviewed so, two of them or, if the queue calls another, three."""
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "tone", "feedback_config": TONES})
    sdk.ok("POST", "/feedback-configs", {"feedback_key": "why", "feedback_config": {"type": "freeform"}})
    queue, _ = filled(people, sdk, count, rubric_items=RUBRIC, num_reviewers_per_item=2)
    Queue.objects.update(decides=decides)
    for item in Item.objects.filter(queue__uuid=queue):
        for person, given in zip((people.admin, people.reviewer, people.editor), answers, strict=False):
            put(people, person, item, "review", {"answers": given})
    return queue


def put(people: People, person: User, item: Item, act: str, sent: dict[str, Any]) -> None:
    """What a person does to an item over our own interface."""
    said = people.client(person).put(f"/api/v1/items/{item.uuid}/{act}", sent, content_type="application/json")
    assert said.status_code == 200, said.content


def address(queue: str, key: str = "", item: Item | None = None) -> str:
    found = item or Item.objects.get(queue__uuid=queue)
    return f"/platform/annotation-queues/{queue}/items/{found.uuid}/finals/{key}"


def listed(sdk: Sdk, queue: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sdk.ok(
        "GET", f"/platform/annotation-queues/{queue}/items", **{"status": "archived"} | query
    )["items"]
    return found
