"""Gives masked values their numbers in what goes out; see `domain.queues.sight`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from annotation.domain.queues import sight

Answer = Callable[[HttpRequest], HttpResponse]


class NumberMasked:
    """Middleware, the last before the views: pages and answers of programs alike."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with numbers in place of digests."""
        response = self.get_response(request)
        for item, seen in getattr(request, "sights", {}).values():
            if seen.mask is not None and seen.mask.fresh:
                response.content = sight.numbered(item, seen.mask, response.content.decode(response.charset))
        return response
