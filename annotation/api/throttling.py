"""How often one caller may ask: counted in Redis by the minute, and not at all while Redis is away.

A process takes some requests of a caller's minute at once, so that Redis is not asked for each. What it has taken and not used
when the minute ends is lost to the caller: one in a hundred at most for each process.
"""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from annotation.domain.access import Actor

log = structlog.get_logger(__name__)
WINDOW_SECONDS = 60
_TAKEN_AT_ONCE = 0.01


class PerCaller(BaseThrottle):
    """At most `API_REQUESTS_PER_MINUTE` requests of one key or person in one minute; 429 with Retry-After beyond."""

    def allow_request(self, request: Request, _view: APIView) -> bool:
        """Count the request, and say whether it may pass."""
        if not isinstance(request.auth, Actor):
            return True
        try:
            return _allowances.use(_caller(request.auth), most=int(settings.API_REQUESTS_PER_MINUTE))
        except RedisError as problem:
            log.warning("throttle_away", problem=type(problem).__name__)
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS


class _Allowances:
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


_allowances = _Allowances()


def _caller(actor: Actor) -> str:
    return f"key:{actor.key.pk}" if actor.key else f"person:{actor.person.pk if actor.person else 0}"


def _counted(name: str, more: int) -> int:
    try:
        return cache.incr(name, more)
    except ValueError:  # the first one in this window
        return more if cache.add(name, more, timeout=2 * WINDOW_SECONDS) else cache.incr(name, more)
