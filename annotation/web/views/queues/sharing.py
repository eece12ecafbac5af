"""Items given to named people from the page of a queue: shared out, taken back, taken over."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from annotation.domain.access import Capability
from annotation.domain.queues import sharing
from annotation.domain.queues.refusals import ClaimError
from annotation.models import Item, Queue, User
from annotation.web.access import item_of, member, queue_of, visible
from annotation.web.http import MemberRequest

_NUMBERS = re.compile(r"\s*(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?\s*")


@require_POST
@member(Capability.EDIT)
def queue_share(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Give the numbered items, or all open ones, in equal shares to the people that were marked."""
    queue = queue_of(request, uuid)
    try:
        shared = sharing.share(
            queue=queue,
            items=_items(request, queue),
            people=_people(request),
            by=request.user,
            now=timezone.now(),
            is_reassigning="again" in request.POST,
        )
    except (sharing.NotAssignableError, ValueError) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _told(shared))
    return redirect("queue-detail", request.workspace.slug, queue.uuid)


@require_POST
@member(Capability.EDIT)
def queue_take_back(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Free what is assigned: of the people that were marked, else of everybody; of the numbered items, if any are."""
    queue = queue_of(request, uuid)
    try:
        items = _items(request, queue) if request.POST.get("items", "").strip() else None
    except ValueError as problem:
        messages.error(request, str(problem))
        return redirect("queue-detail", request.workspace.slug, queue.uuid)
    people: list[User | None] = [*_people(request)] or [None]
    count = sum(sharing.take_back(queue=queue, by=request.user, reviewer=one, items=items) for one in people)
    messages.success(
        request, f"Taken back: {count:,} item{'' if count == 1 else 's'}; anybody may be given them again."
    )
    return redirect("queue-detail", request.workspace.slug, queue.uuid)


@require_POST
@member(Capability.ADMINISTER)
def item_take_over(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Have an item on one's own screen that somebody else has."""
    item = item_of(request, uuid)
    try:
        sharing.take_over(item=item, by=request.user, now=timezone.now())
    except ClaimError as refusal:
        messages.error(request, str(refusal))
        return redirect("queue-detail", request.workspace.slug, item.queue.uuid)
    return redirect("item-review", request.workspace.slug, item.queue.uuid, item.number)


def _people(request: MemberRequest) -> list[User]:
    """The members that were marked, in the order of the list."""
    rows = User.objects.filter(memberships__workspace=request.workspace).order_by("email")
    marked = set(request.POST.getlist("person"))
    return [person for person in rows if str(person.uuid) in marked]


def _items(request: MemberRequest, queue: Queue) -> QuerySet[Item]:
    """The items of "3, 7, 12-20", all without numbers. Raises ValueError."""
    rows, given = visible(request, Item).filter(queue=queue), request.POST.get("items", "").strip()
    if not given:
        return rows
    wanted = Q()
    for part in given.split(","):
        if not (found := _NUMBERS.fullmatch(part)):
            raise ValueError(f"“{part.strip()[:40]}” is no item number; write for example 3, 7, 12-20.")
        wanted |= Q(number__range=(int(found[1]), int(found[2] or found[1])))
    return rows.filter(wanted)


def _told(shared: sharing.Shared) -> str:
    parts = ", ".join(f"{count:,} to {person}" for person, count in shared.by_person.items())
    over = f" {shared.passed_over_count:,} had no free seat for them." if shared.passed_over_count else ""
    return f"Assigned {parts}.{over}"
