"""Which pages may read from the replica: lists, for whoever has not just changed something."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from annotation.domain import replica
from annotation.web.http import MemberRequest

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[MemberRequest, Arguments], HttpResponse]
Answer = Callable[[HttpRequest], HttpResponse]

WROTE = "traceapp_wrote"
"""The cookie of a browser that has just changed something: until it lapses, it reads from the primary."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ReadYourWrites:
    """Middleware: whoever sends a form sees what came of it, however far the replica is behind."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the cookie after a change."""
        response = self.get_response(request)
        is_of_browser = hasattr(request, "session")  # a program's next request would be taken for a browser's
        if is_of_browser and request.method not in _SAFE and replica.ALIAS in settings.DATABASES:
            response.set_cookie(
                WROTE, "1", max_age=settings.REPLICA_MAX_LAG_SECONDS, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


def from_replica(view: View[Arguments]) -> Callable[..., HttpResponse]:
    """A page that only reads, below `member`; when the replica fails in it, it is made again from the primary."""

    @wraps(view)
    def routed(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if WROTE in request.COOKIES or not replica.is_usable():
            return view(request, *args, **kwargs)
        try:
            with replica.reading():
                return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as problem:
            replica.rest(type(problem).__name__)
            return view(request, *args, **kwargs)

    return routed
