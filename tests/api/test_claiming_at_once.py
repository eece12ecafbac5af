"""Many programs ask one server for their next item at the same moment."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from django.utils import timezone

from annotation.domain.projects import keys
from annotation.models import ApiKey, Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import ItemFactory, QueueFactory


def test_no_two_get_one_item_over_http(live: str) -> None:
    queue = QueueFactory()
    numbers = [ItemFactory(queue=queue, number=number).number for number in range(1, 21)]
    tokens = []
    for _ in numbers:
        person = MembershipFactory(workspace=queue.workspace, role=Membership.Role.EDITOR).user
        made = keys.create(
            workspace=queue.workspace, name="client", scopes=[ApiKey.Scope.WRITE], by=person, now=timezone.now()
        )
        tokens.append(made.token)

    def claim(token: str) -> int:
        address = f"{live}/api/v1/queues/{queue.uuid}/claim"
        headers = {"x-api-key": token, "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(address, b"{}", headers), timeout=30) as answer:
            return int(json.load(answer)["item"]["number"])

    with ThreadPoolExecutor(len(tokens)) as pool:
        assert sorted(pool.map(claim, tokens)) == numbers
