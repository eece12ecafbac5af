"""How often one caller may ask: counted in Redis by the minute, and not at all while Redis is away.

A process takes some requests of a caller's minute at once, so that Redis is not asked for each. What it has taken and not used
when the minute ends is lost to the caller: one in a hundred at most for each process.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
WINDOW_SECONDS = 60
_TAKEN_AT_ONCE = 0.01
_HOUSEHOLD = 64  # the bits of an IPv6 address that one customer of a provider does not choose


def passes(caller: str, *, most: int) -> bool:
    """Count a request of the caller, and say whether it is one of the `most` of this minute."""
    try:
        return _allowances.use(caller, most=most)
    except RedisError as problem:
        log.warning("throttle_away", problem=type(problem).__name__)
        return True


def passes_without_key(meta: Mapping[str, Any], *, what: str = "any", cost: int = 1) -> bool:
    """Count a request that carries no key by where it comes from: `KEYLESS_REQUESTS_PER_MINUTE` may pass, and one that
    costs more so much less often. `meta` is what Django keeps of the request; `what` names what is counted together.
    """
    found = address(meta)
    if found is None:
        return True
    return passes(f"{what}:{_household(found)}", most=max(1, int(settings.KEYLESS_REQUESTS_PER_MINUTE) // cost))


def wait() -> float:
    """Seconds until the next minute."""
    return WINDOW_SECONDS - time.time() % WINDOW_SECONDS


def address(meta: Mapping[str, Any]) -> str | None:
    """The IP address that a request comes from: what the proxy in front says where there is one, else who is connected.

    A proxy adds its word at the end of what it was told, so everything before the last one is the sender's to invent.
    """
    told = str(meta.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    try:
        return str(ip_address(told or str(meta.get("REMOTE_ADDR") or "")))
    except ValueError:
        return None


def _household(found: str) -> str:
    if isinstance(ip_address(found), IPv6Address):
        return str(ip_network((found, _HOUSEHOLD), strict=False))
    return found


class Allowances:
    """The requests of the current minute that this process may still let pass, by caller."""

    def __init__(self) -> None:
        self._window = 0
        self._left = Counter[str]()
        self._lock = Lock()

    def use(self, caller: str, *, most: int) -> bool:
        """Let one request pass, if the caller has one left of `most`."""
        window = int(time.time() // WINDOW_SECONDS)
        if self._spend(caller, window, earned=0):
            return True
        wanted = max(1, int(most * _TAKEN_AT_ONCE))
        before = _counted(f"api:{caller}:{window}", wanted) - wanted
        return self._spend(caller, window, earned=max(0, min(wanted, most - before)))

    def _spend(self, caller: str, window: int, *, earned: int) -> bool:
        with self._lock:
            if window != self._window:
                self._window, self._left = window, Counter()
            self._left[caller] += earned
            if not self._left[caller]:
                return False
            self._left[caller] -= 1
            return True


_allowances = Allowances()


def _counted(name: str, more: int) -> int:
    try:
        return cache.incr(name, more)
    except ValueError:  # the first one in this window
        return more if cache.add(name, more, timeout=2 * WINDOW_SECONDS) else cache.incr(name, more)
