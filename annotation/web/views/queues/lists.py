"""The queues, with what is left for the person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.queues import queries
from annotation.domain.reviews.quality import own
from annotation.models import Queue
from annotation.web.access import member, visible
from annotation.web.http import MemberRequest


@require_GET
@member(Capability.REVIEW)
def own_reviews(request: MemberRequest) -> HttpResponse:
    """What the person reviewed, and how: for nobody but themselves."""
    context = {"workspace": request.workspace, "work": own.work(visible(request, Queue), request.user)}
    return render(request, "queues/own.html", context)


@require_GET
@member(Capability.READ, Capability.REVIEW)
def queue_list(request: MemberRequest) -> HttpResponse:
    """My work first, then the other queues; a reviewer sees those that are open to them. `?archived=1` shows the old."""
    is_archive = request.GET.get("archived") == "1"
    rows = visible(request, Queue)
    rows = rows.filter(status=Queue.Status.ARCHIVED) if is_archive else rows.exclude(status=Queue.Status.ARCHIVED)
    cards = queries.cards(
        rows,
        person=request.user,
        reviewable=access.reviewable_queues(request.actor),
        is_blind=request.actor.is_limited_to_queues,
    )
    mine = [card for card in cards if card.is_open_to_person]
    others = [card for card in cards if not card.is_open_to_person]
    with_work = (card for card in mine if card.queue.status == Queue.Status.ACTIVE and card.counts.left)
    context = {
        "workspace": request.workspace,
        "is_archive": is_archive,
        "mine": mine,
        "others": others,
        "groups": [group for group in (("My work", mine), ("Other queues", others)) if group[1]],
        "first_with_work": next(with_work, None),
        "may_review": request.actor.may(Capability.REVIEW),
        "may_read": request.actor.may(Capability.READ),
        "may_edit": request.actor.may(Capability.EDIT),
        "may_administer": request.actor.may(Capability.ADMINISTER),
    }
    return render(request, "queues/list.html", context)
