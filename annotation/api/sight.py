"""What a reviewer's own program may read of items: the same as their page shows. A key's program reads what editors do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request

from annotation.api.resource import Resource
from annotation.domain.queues import reasons, sight
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import masked
from annotation.models import Item, Review


def of_each(view: Resource, items: Iterable[Item]) -> dict[int, Sight]:
    """What the caller sees of these items, by their inside ids; at most one statement. Their queues are loaded."""
    rows = list(items)
    if not view.actor.is_limited_to_queues:
        return {}
    met = _met(view.request)
    fresh = {item.pk: item for item in rows if item.pk not in met and sight.is_limiting(item.queue)}
    met.update({pk: (fresh[pk], one) for pk, one in sight.of_reviewer_each(fresh.values()).items()})
    return {item.pk: met[item.pk][1] for item in rows if item.pk in met}


def of(view: Resource, item: Item) -> Sight:
    """The same of one item."""
    return of_each(view, [item]).get(item.pk, WHOLE)


def item(one: Item, seen: Sight) -> Item:
    """The item, changed in memory only."""
    if seen.mask is not None:
        one.flag_reason = seen.text(one.flag_reason)
        one.reason = masked.reason(reasons.read(one.reason), seen).document()
        one.thread_id = None if one.thread_id is None else seen.text(one.thread_id)
    return one


def review(one: Review, seen: Sight) -> Review:
    """The person's own review, changed in memory only, as they gave it."""
    if seen.mask is not None:
        one.correction, one.labels = seen.json(one.correction), seen.json(one.labels)
        one.answers = {key: seen.json(said) if isinstance(said, list) else said for key, said in one.answers.items()}
        item(one.item, seen)
    return one


def _met(request: Request) -> dict[int, tuple[Item, Sight]]:
    """Where the middleware finds what was masked, on the request below that of the REST framework."""
    below: Any = request._request  # noqa: SLF001 -- the framework's own way to it
    if not hasattr(below, "sights"):
        below.sights = {}
    found: dict[int, tuple[Item, Sight]] = below.sights
    return found
