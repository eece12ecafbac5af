"""The other two forms of address: below `/api/` and below nothing, so that any endpoint a person gives to an SDK works.

What the SDKs ask for and is not served is answered in their protocol, also where our own interface has something else under
the same address.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, URLResolver, get_resolver

from annotation.api.langsmith import callers

BASE = "/api/v1/"
BASE_2 = "/api/v2/"
_URLS = "annotation.api.langsmith.urls"
_URLS_2 = "annotation.api.langsmith.v2.urls"
_UNSERVED = "annotation.api.langsmith.unserved"
_OPENTELEMETRY = "annotation.api.ingest.urls"


class Aliases:
    """Middleware: `/api/runs`, `/runs` and `/v1/platform/…` mean `/api/v1/runs` and `/api/v1/platform/…`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as if the full address had been asked for."""
        if address := canonical(request.path_info):
            request.path_info = request.path = address
        elif callers.names_itself(request) and not _is_known(request.path_info.rstrip("/")):
            request.urlconf = _UNSERVED
        return self._get_response(request)


def canonical(path: str) -> str | None:
    """The full address of an alias; None for any other address."""
    rest = path.removeprefix("/api/") if path.startswith("/api/") else path.removeprefix("/")
    rest = rest.removeprefix("v1/") if rest.startswith("v1/platform/") else rest
    rest = rest.rstrip("/")
    if path.startswith(BASE) or rest.partition("/")[0] not in _first_parts() or not _is_served(rest):
        return None
    return BASE + rest


def _is_known(path: str) -> bool:
    """Whether an SDK gets an answer there."""
    if path.endswith(_ends()):
        return True
    if path.startswith(BASE_2):
        return _is_served(path.removeprefix(BASE_2), _URLS_2)
    return path.startswith(BASE) and _is_served(path.removeprefix(BASE))


def _is_served(rest: str, urls: str = _URLS) -> bool:
    try:
        get_resolver(urls).resolve(f"/{rest}")
    except Resolver404:
        return False
    return True


@cache
def _first_parts() -> frozenset[str]:
    """What addresses of the protocol begin with: everything else need not be looked up."""
    return frozenset(route.partition("/")[0] for route in _routes(get_resolver(_URLS)))


@cache
def _ends() -> tuple[str, ...]:
    """What addresses that take OpenTelemetry's data end in, below whichever base."""
    return tuple(f"/{route}" for route in _routes(get_resolver(_OPENTELEMETRY)))


def _routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        found += _routes(entry, route) if isinstance(entry, URLResolver) else [route]
    return found
