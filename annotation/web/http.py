"""Requests as views see them, and the choice between a whole page and a fragment of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from annotation.domain.access import Actor
from annotation.models import Membership, User, Workspace


class PageRequest(HttpRequest):
    """Any request for a page; `htmx` is true when a part of a page asks."""

    htmx: HtmxDetails


class UserRequest(PageRequest):
    """A request of somebody who is signed in."""

    user: User


class MemberRequest(UserRequest):
    """A request of a member, below `/w/<workspace>/`; `actor` is what domain calls take to scope and to sign."""

    membership: Membership
    workspace: Workspace
    actor: Actor


def page_or_fragment(
    request: HttpRequest, template: str, context: dict[str, Any], *, fragment: str, status: int = 200
) -> HttpResponse:
    """`template` whole, or its partial `fragment` (also the id of its root element) for a request of htmx.

    Boosted links and restored history get the whole page.
    """
    asked: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    is_part = bool(asked) and not asked.boosted and not asked.history_restore_request
    response = render(request, f"{template}#{fragment}" if is_part else template, context, status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"))
    return response


def redirect_whole_page(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to `address`: by a redirect, or by htmx's header when a part of a page asked."""
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
