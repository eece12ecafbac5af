"""Queues as a client makes and fills them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from annotation.models import Run
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.fixtures.people import People

TONE = {"type": "categorical", "categories": [{"value": 0, "label": "Rude"}, {"value": 1, "label": "Very kind"}]}


def new(sdk: Sdk, **fields: Any) -> dict[str, Any]:
    said: dict[str, Any] = sdk.ok("POST", "/annotation-queues", {"id": str(uuid4()), "name": "Refunds", **fields})
    return said


def filled(people: People, sdk: Sdk, count: int = 2, **fields: Any) -> tuple[str, list[Run]]:
    """A queue with so many root runs."""
    queue = new(sdk, **fields)["id"]
    roots = [stored_trace(people.project)[1][0] for _ in range(count)]
    sdk.ok("POST", f"/annotation-queues/{queue}/runs", [str(root.uuid) for root in roots])
    return queue, roots


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]
