"""Middleware that pages need and answers to programs do not: sessions, forms, messages.

A program calls with a key, or with no name at all. Looking for its session, its user and its messages took a tenth of what a
small request takes, and could find none.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django_htmx.middleware import HtmxMiddleware

_ADDRESSES = ("/api/", "/v1/", "/otlp/", "/otel/", "/healthz", "/readyz")
"""Below these stands nothing that a person opens without a session."""


def is_of_program(request: HttpRequest) -> bool:
    """Whether the request is for an address of programs and brings no cookie: no session of a person, which another site
    could make use of, nor anything else that a browser was told to keep.
    """
    return not request.META.get("HTTP_COOKIE") and request.path_info.startswith(_ADDRESSES)


class _ForPages:
    """Goes before the middleware whose work it spares programs."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Pass a program's request on as it is."""
        if is_of_program(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]  # the middleware after it


class Sessions(_ForPages, SessionMiddleware):
    """Django's."""


class Csrf(_ForPages, CsrfViewMiddleware):
    """Django's."""

    def process_view(self, request: HttpRequest, *view: Any) -> Any:
        """Hold a form against its token."""
        return None if is_of_program(request) else super().process_view(request, *view)


class Authentication(_ForPages, AuthenticationMiddleware):
    """Django's."""


class Messages(_ForPages, MessageMiddleware):
    """Django's."""


class Htmx(_ForPages, HtmxMiddleware):
    """django-htmx's."""
