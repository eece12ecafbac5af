"""How often one caller may ask: counted in Redis by the minute, and not at all while Redis is away."""

from __future__ import annotations

import time

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


class PerCaller(BaseThrottle):
    """At most `API_REQUESTS_PER_MINUTE` requests of one key or person in one minute; 429 with Retry-After beyond."""

    def allow_request(self, request: Request, _view: APIView) -> bool:
        """Count the request, and say whether it may pass."""
        if not isinstance(request.auth, Actor):
            return True
        try:
            return _count(_name(request.auth)) <= int(settings.API_REQUESTS_PER_MINUTE)
        except RedisError as problem:
            log.warning("throttle_away", problem=type(problem).__name__)
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS


def _name(actor: Actor) -> str:
    caller = f"key:{actor.key.pk}" if actor.key else f"person:{actor.person.pk if actor.person else 0}"
    return f"api:{caller}:{int(time.time() // WINDOW_SECONDS)}"


def _count(name: str) -> int:
    try:
        return cache.incr(name)
    except ValueError:  # the first one in this window
        return 1 if cache.add(name, 1, timeout=2 * WINDOW_SECONDS) else cache.incr(name)
