"""Saved views: filters kept under a name as tabs of the trace list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation.domain.access import Capability
from annotation.domain.traces import filters, saved_views
from annotation.models import SavedView
from annotation.web.access import found, member
from annotation.web.http import MemberRequest
from annotation.web.views.traces.choosing import Choice


@require_POST
@member(Capability.EDIT)
def view_save(request: MemberRequest) -> HttpResponse:
    """Keep the filter at hand under a name; a name that is taken gets the new filter."""
    choice, name = Choice.of(request), " ".join(request.POST.get("name", "").split())[:80]
    try:
        if not name:
            messages.error(request, "Give the view a name.")
        else:
            view = saved_views.save(workspace=request.workspace, name=name, text=choice.filter, by=request.user)
            choice = Choice(view.filter, choice.project)
            messages.success(request, f"The view {view.name} is kept for everybody in this workspace.")
    except filters.FilterError as problem:
        messages.error(request, str(problem))
    return _back(request, choice)


@require_POST
@member(Capability.EDIT)
def view_delete(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take a view away; the traces stay."""
    view = found(request, SavedView, uuid)
    saved_views.delete(view=view, by=request.user)
    messages.success(request, f"The view {view.name} is gone; the traces are where they were.")
    return _back(request, Choice.of(request))


def _back(request: MemberRequest, choice: Choice) -> HttpResponse:
    response = redirect("trace-list", request.workspace.slug)
    response["Location"] += choice.link().removesuffix("?")
    return response
