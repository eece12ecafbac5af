"""The priority of one item, changed in the list of its queue."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from annotation.domain.access import Capability
from annotation.domain.queues import items, priorities
from annotation.models import Item
from annotation.web.access import item_of, member
from annotation.web.http import MemberRequest
from annotation.web.views.queues.detail import back_to_list


class PriorityForm(forms.Form):
    """A priority, within the bounds."""

    priority = forms.IntegerField(min_value=priorities.LEAST, max_value=priorities.MOST)


@require_POST
@member(Capability.EDIT)
def item_priority(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Give the item another priority; a part of a page gets its field back, with what is wrong if anything is."""
    item, form = item_of(request, uuid), PriorityForm(request.POST)
    problem = "" if form.is_valid() else str(form.errors["priority"][0])
    if not problem:
        item = items.set_priority(item=item, priority=form.cleaned_data["priority"], by=request.user)
    if request.htmx:
        return _field(request, item, problem)
    if problem:
        messages.error(request, f"Item {item.number} keeps its priority of {item.priority}. {problem}")
    else:
        messages.success(request, f"Item {item.number} has priority {item.priority} now.")
    return back_to_list(request, item)


def _field(request: MemberRequest, item: Item, problem: str) -> HttpResponse:
    context = {
        "workspace": request.workspace,
        "item": item,
        "typed": request.POST.get("priority", "") if problem else item.priority,
        "problem": problem,
        "is_saved": not problem,
        "here": request.POST.get("next", ""),
    }
    return render(request, "components/item_priority.html", context, status=422 if problem else 200)
