"""How often one caller may ask; see `domain.throttle`."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

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


def _caller(actor: Actor) -> str:
    return f"key:{actor.key.pk}" if actor.key else f"person:{actor.person.pk if actor.person else 0}"
