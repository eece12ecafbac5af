"""The price list of a workspace, kept in memory: ingestion asks for it with every request."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from annotation.domain.prices.pricing import Price, PriceList
from annotation.models import ModelPrice

FRESH_SECONDS = 1.0
"""So long a process may go on with a list before it asks whether it has changed."""
_MOST_WORKSPACES = 500

_Version = tuple[int, datetime | None]


@dataclass(slots=True)
class _Kept:
    prices: PriceList
    version: _Version
    asked_at: float


_kept: OrderedDict[int, _Kept] = OrderedDict()
_lock = threading.Lock()


def of(workspace_id: int) -> PriceList:
    """The prices of a workspace; a change made by another process counts within FRESH_SECONDS."""
    now = time.monotonic()
    with _lock:
        kept = _kept.get(workspace_id)
    if kept and now - kept.asked_at < FRESH_SECONDS:
        return kept.prices
    version = _version(workspace_id)
    prices = kept.prices if kept and kept.version == version else _load(workspace_id, version)
    with _lock:
        _kept[workspace_id] = _Kept(prices, version, now)
        _kept.move_to_end(workspace_id)
        while len(_kept) > _MOST_WORKSPACES:
            _kept.popitem(last=False)
    return prices


def forget(workspace_id: int) -> None:
    """The prices have changed: this process asks again at once, the others within FRESH_SECONDS."""
    with _lock:
        _kept.pop(workspace_id, None)


def _version(workspace_id: int) -> _Version:
    counted = ModelPrice.objects.filter(workspace_id=workspace_id).aggregate(n=Count("pk"), last=Max("changed_at"))
    return counted["n"], counted["last"]


def _load(workspace_id: int, version: _Version) -> PriceList:
    if not version[0]:
        return PriceList(())
    names = (
        "uuid", "provider", "model", "input", "output", "valid_from", "valid_to", "cache_read", "cache_write", "reasoning"
    )  # fmt: skip
    rows = ModelPrice.objects.filter(workspace_id=workspace_id).values_list(*names)
    return PriceList(Price(*row) for row in rows)
