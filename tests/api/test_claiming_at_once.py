"""Many people and programs drain one queue over HTTP at the same time."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

from django.utils import timezone

from annotation.domain.projects import keys
from annotation.domain.queues import rubric, rubric_versions
from annotation.models import ApiKey, Item, Membership, Queue, Reservation, Review
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.traces import TraceFactory

PEOPLE, ITEMS, SEATS = 10, 20, 2


def test_every_seat_is_filled_once_by_another_person(live: str) -> None:
    """Each first item that somebody gets is skipped, and comes back to them."""
    queue = QueueFactory(reviewers_per_item=SEATS)
    rubric_versions.publish(queue=queue, asked=rubric.default(), by=None)
    trace = TraceFactory(project__workspace=queue.workspace)
    for number in range(1, ITEMS + 1):
        ItemFactory(queue=queue, number=number, subject=f"trace:{number}", trace=trace)
    tokens = [_token(queue) for _ in range(PEOPLE)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        reviewed = list(pool.map(lambda token: _drain(live, queue, token), tokens))

    assert Counter(number for one in reviewed for number in one) == dict.fromkeys(range(1, ITEMS + 1), SEATS)
    pairs = set(Review.objects.values_list("item", "reviewer"))
    assert len(pairs) == Review.objects.count() == ITEMS * SEATS
    assert set(Item.objects.values_list("state", "review_count")) == {(Item.State.DONE, SEATS)}
    assert not Reservation.objects.exists()


def _token(queue: Queue) -> str:
    person = MembershipFactory(workspace=queue.workspace, role=Membership.Role.EDITOR).user
    scopes = [ApiKey.Scope.WRITE]
    return keys.create(workspace=queue.workspace, name="client", scopes=scopes, by=person, now=timezone.now()).token


def _drain(live: str, queue: Queue, token: str) -> list[int]:
    """The numbers of the items that one person reviewed."""
    reviewed = list[int]()
    is_first = True
    while claim := _asked(live, token, "POST", f"queues/{queue.uuid}/claim", {}):
        item = claim["item"]
        if is_first:
            _asked(live, token, "POST", f"items/{item['id']}/skip", {"reason": "later"})
            is_first = False
            continue
        _asked(live, token, "PUT", f"items/{item['id']}/review", {"answers": {"thumbs": "up"}})
        reviewed.append(item["number"])
    return reviewed


def _asked(live: str, token: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The answer; None at the end of the line."""
    headers = {"x-api-key": token, "content-type": "application/json"}
    request = urllib.request.Request(f"{live}/api/v1/{path}", json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.loads(answer.read() or b"{}"))
    except HTTPError as refused:
        said = json.load(refused)
        assert said["error"]["code"] == "nothing_left", said
        return None
