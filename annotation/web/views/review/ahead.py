"""The next item's trajectory, read while the present one is judged.

Nothing is reserved for it: the page keeps the steps and the conversation of what the person is probably given next, and names
that item when it goes on. If it is the one, only the form is sent; else, when somebody was faster, everything is.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.queues import assignment
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import ClaimError
from annotation.domain.reviews import opening
from annotation.models import Item
from annotation.web.access import member
from annotation.web.http import MemberRequest
from annotation.web.views.review import acts, trajectory, walk


@require_GET
@never_cache
@member(Capability.REVIEW)
def item_ahead(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Steps and conversation of the item that probably follows this one; nothing (204) where that cannot be said."""
    item = acts.acted_on(request, uuid, number)
    following = _following(request, item)
    if following is None or following.kind == Item.Kind.PAIR:
        return HttpResponse(status=204)
    return render(request, "review/ahead.html", _context(request, following))


def _following(request: MemberRequest, item: Item) -> Item | None:
    which = walk.listed(request)
    try:
        if which is not None:
            return walk.likely_following(request, item, which)
        return assignment.likely_next(item=item, by=request.user, now=timezone.now())
    except ClaimError:
        return None


def _context(request: MemberRequest, item: Item) -> dict[str, Any]:
    opened = opening.opened(Claim(item, None), by=request.user)
    earlier, traces = opening.turns(item)
    return {"item": item, **trajectory.of(request, opened, earlier, traces, opened.content)}
