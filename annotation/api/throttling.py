"""How often one caller may ask; see `domain.throttle`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from annotation.api.ingest import capacity
from annotation.domain import throttle
from annotation.domain.access import Actor


class PerCaller(BaseThrottle):
    """At most `API_REQUESTS_PER_MINUTE` requests of one key or person in one minute, where nobody has to say who they are
    `KEYLESS_REQUESTS_PER_MINUTE` of one address; 429 with Retry-After beyond.
    """

    def allow_request(self, request: Request, _view: APIView) -> bool:
        """Count the request, and say whether it may pass."""
        if not isinstance(request.auth, Actor):
            return throttle.passes_without_key(request.META)
        return throttle.passes(_caller(request.auth), most=int(settings.API_REQUESTS_PER_MINUTE))

    def wait(self) -> float:
        """Seconds until the next window."""
        return throttle.wait()


class TakesIn(APIView):
    """A view whose POST takes in what programs send at the rate of their production.

    It is bounded like all ingestion, by how much is under way at the same time, and by no number in a minute.
    """

    def get_throttles(self) -> list[BaseThrottle]:
        """None for a POST."""
        return [] if self.request.method == "POST" else super().get_throttles()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be inside the door of ingestion; 429 with Retry-After when it is full."""
        assert isinstance(self.request.auth, Actor)  # noqa: S101 -- nobody else gets in
        try:
            with capacity.door.enter(_caller(self.request.auth)):
                yield
        except capacity.OverloadedError as problem:
            raise Throttled(wait=1, detail=str(problem)) from problem


def _caller(actor: Actor) -> str:
    return f"key:{actor.key.pk}" if actor.key else f"person:{actor.person.pk if actor.person else 0}"
