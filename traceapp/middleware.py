"""Middleware of the whole project."""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django_structlog.middlewares import RequestMiddleware

from annotation.api import errors
from annotation.api.ingest import capacity

_PROGRAMS = re.compile(r"(?P<address>/api/v[12]/.*[^/]|(?:/otlp)?/v1/\w+)/+")


class ForgiveSlash:
    """Addresses for programs mean the same with a slash at the end: a redirect would lose what is posted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as if the slash were not there."""
        if match := _PROGRAMS.fullmatch(request.path_info):
            request.path_info = request.path = match["address"]
        return self._get_response(request)


class PeopleFirst:
    """Has ingestion make way in this process while it makes a page of a workspace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Say that somebody is here until the answer is made."""
        if not request.path_info.startswith("/w/"):
            return self._get_response(request)
        with capacity.turns.person():
            return self._get_response(request)


class RefuseNul:
    """Answers 400 to an address with a NUL character: nothing is called so, and PostgreSQL takes none in a comparison."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse it, or pass it on."""
        if "\0" not in request.path_info and "%00" not in request.META.get("QUERY_STRING", ""):
            return self._get_response(request)
        words = "The address contains a NUL character (%00): leave it out."
        if request.path_info.startswith("/api/"):
            return JsonResponse(errors.body("bad_address", words), status=400)
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


class RequestLog(RequestMiddleware):
    """One log line a request, with an id that also goes to the tasks it starts.

    The line names the address's pattern instead of the address: paths hold one-time links, queries hold search text.
    """

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Where the request comes from; only what a proxy says takes a closer look."""
        if "HTTP_X_FORWARDED_FOR" in request.META:
            super().bind_ip(request)
        else:
            structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR"))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Such as "POST /v1/traces" or "GET /w/<slug:workspace>/traces/"; before routing just the method."""
        match = request.resolver_match
        return f"{request.method} /{match.route}" if match else str(request.method)
