"""Bidirectional overrides in pages: shown as what they are, so that no text reads in another order than it is stored.

With one in front, "gnp.exe" looks like "exe.png". Other controls of direction stand in honest Arabic and Hebrew, and end with their element.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

_SHOWN = {"\u202d".encode(): "⟨LRO⟩".encode(), "\u202e".encode(): "⟨RLO⟩".encode()}
_KEPT_OR_SHOWN = re.compile(rb"<textarea\b.*?</textarea>|<[^>]*>|\xe2\x80[\xad\xae]", re.DOTALL)


class ShowOverrides:
    """Marks them in the text of every page and fragment. What somebody edits, and attributes, stay as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, marked if it is a page."""
        response = self._get_response(request)
        if isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html"):
            response.content = shown(response.content)
        return response


def shown(page: bytes) -> bytes:
    """HTML in UTF-8 with the overrides of its text as ⟨LRO⟩ and ⟨RLO⟩."""
    if not any(override in page for override in _SHOWN):
        return page
    return _KEPT_OR_SHOWN.sub(lambda found: _SHOWN.get(found[0], found[0]), page)
