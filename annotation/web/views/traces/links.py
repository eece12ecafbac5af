"""Addresses from elsewhere: a dataset as LangSmith's SDKs print it, and runs that are shared by a link."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotation.domain import access
from annotation.domain.traces import sharing
from annotation.models import Dataset, Membership
from annotation.web.access import signed_in
from annotation.web.http import UserRequest
from annotation.web.throttling import throttled

MOST_SHOWN = 500
"""Steps on a page; more would be no page to read."""


@require_GET
@signed_in
def dataset_link(request: UserRequest, tenant: UUID, dataset: UUID) -> HttpResponse:
    """A dataset."""
    membership = _membership(request, tenant)
    found = get_object_or_404(access.visible(access.member_actor(membership), Dataset), uuid=dataset)
    return redirect("dataset", membership.workspace.slug, found.uuid)


@never_cache
@require_GET
@throttled
def shared_run(request: HttpRequest, token: UUID) -> HttpResponse:
    """A shared run with what is below it, for whoever has the link."""
    try:
        shared = sharing.opened(token)
    except sharing.ShareGoneError as problem:
        raise Http404(str(problem)) from problem
    response = render(request, "traces/shared.html", {"shared": shared, "shown": shared.steps[:MOST_SHOWN]})
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _membership(request: UserRequest, tenant: UUID) -> Membership:
    """The person's own in the workspace; 404 without, whether or not it exists."""
    memberships = Membership.objects.select_related("workspace", "user")
    return get_object_or_404(memberships, user=request.user, workspace__uuid=tenant)
