"""Which parser reads a request, and which renderer writes the answer."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_JSON = "application/json"
_ANY = (None, "*/*", _JSON)


class JsonFirst(DefaultContentNegotiation):
    """The REST framework's rules, which for a program that simply speaks JSON need not be gone through."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The one for the request's Content-Type."""
        simple = parsers if request.content_type == _JSON else ()
        return next((one for one in simple if one.media_type == _JSON), None) or super().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one that the caller accepts, and the media type of the answer."""
        (first, *others) = renderers
        is_simple = not others and first.media_type == _JSON and "format" not in request.META.get("QUERY_STRING", "")
        if is_simple and request.META.get("HTTP_ACCEPT") in _ANY:
            return first, _JSON
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, [first, *others], format_suffix)
        return chosen
