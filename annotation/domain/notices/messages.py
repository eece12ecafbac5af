"""What receivers read of a notice: small JSON with ids and links, nothing of any trace."""

from __future__ import annotations

import json
from typing import Any

from annotation.domain.addresses import absolute
from annotation.models import Notice


def body(notice: Notice) -> bytes:
    """The same bytes at every attempt, as long as the installation has the same address."""
    said = {
        "type": notice.kind,
        "timestamp": notice.happened_at.isoformat(),
        "data": {"workspace": notice.workspace.slug, **_linked(notice)},
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def queue_path(slug: str, queue: str) -> str:
    """The page of a queue."""
    return f"/w/{slug}/queues/{queue}/"


def item_path(slug: str, queue: str, number: int, kind: str) -> str:
    """Where one goes on: to the review of an item, or to where it is decided on."""
    if kind == Notice.Kind.DISAGREEMENT:
        return f"{queue_path(slug, queue)}adjudication/?item={number}"
    return f"{queue_path(slug, queue)}items/{number}/"


def _linked(notice: Notice) -> dict[str, Any]:
    detail, slug = dict(notice.detail), notice.workspace.slug
    if queue := detail.get("queue"):
        detail["queue"] = queue | {"url": absolute(queue_path(slug, queue["id"]))}
        detail["items"] = [
            item | {"url": absolute(item_path(slug, queue["id"], item["number"], notice.kind))}
            for item in detail.pop("items", [])
        ]
        if not detail["items"]:
            del detail["items"]
    return detail
