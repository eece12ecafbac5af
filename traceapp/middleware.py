"""Middleware of the whole project."""

import re
from collections.abc import Callable
from logging import DEBUG, getLogger
from uuid import uuid4

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django_structlog.middlewares import RequestMiddleware

from annotation.api import errors
from annotation.api.ingest import capacity

_log = getLogger("django_structlog.middlewares.request")
_NAMED_BY_PROXY = ("HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID")
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


class ContentPolicy:
    """Tells browsers the content security policy of the settings, with every answer that has none of its own.

    django-csp would put it together anew for each, twice, since a page might have words of its own; none of ours does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with the policy; Django's own pages about errors, while developing, would be blank with it."""
        response = self._get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):
            response.headers.setdefault(HEADER, self._policy)
        return response


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

    def prepare(self, request: HttpRequest) -> None:
        """Name the request; what is mostly not there, ids from a proxy and a line at its beginning, the library sees to.

        The line says `user_id` also where nobody has looked for a user (`for_pages`).
        """
        structlog.contextvars.bind_contextvars(user_id=None)
        if _log.isEnabledFor(DEBUG) or not request.META.keys().isdisjoint(_NAMED_BY_PROXY):
            super().prepare(request)
            return
        structlog.contextvars.bind_contextvars(request_id=str(uuid4()))
        self.bind_ip(request)
        self.bind_user_id(request)

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
