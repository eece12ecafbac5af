"""What somebody has reviewed in a queue: the latest to take back, all to edit, and what each said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.masking.tokens import shortened
from annotation.domain.paging import BadCursorError
from annotation.domain.queues import flags
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import history, masked, submissions, undo
from annotation.domain.reviews.history import Summary
from annotation.models import Item, Probe, Queue, Review
from annotation.web import sight
from annotation.web.access import member, queue_of, visible
from annotation.web.http import MemberRequest
from annotation.web.views.review.context import step_address

PAGE_SIZE = 50
LONGEST_PASSAGE = 240


@require_GET
@never_cache
@member(Capability.REVIEW)
def recent_reviews(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The person's last submissions and flags, each to be taken back; the review page opens it in a popover."""
    queue = queue_of(request, uuid)
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "rows": _summaries(request, queue, undo.recent(queue=queue, by=request.user)),
        "flagged": flags.of_person(request.user, queue)[: undo.MOST_RECENT],
    }
    return render(request, "review/recent.html", context)


@require_GET
@never_cache
@member(Capability.REVIEW)
def own_reviews(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """All that the person has reviewed in the queue, the latest first; `?item=` finds one by its number."""
    queue = queue_of(request, uuid)
    wanted = request.GET.get("item", "").strip().removeprefix("#")
    items = visible(request, Item).filter(queue=queue)
    if wanted:
        items = items.filter(number=int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else items.none()
    rows = Review.objects.filter(item__in=items, reviewer=request.user).select_related("item", "rubric")
    tested = Probe.objects.filter(item__in=items, reviewer=request.user)
    try:
        shown = submissions.page_of(rows, tested, size=PAGE_SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "rows": _summaries(request, queue, shown.rows),
        "wanted": wanted,
        "next_page": f"?{urlencode({'cursor': shown.next_cursor})}" if shown.next_cursor else "",
        "is_first_page": not request.GET.get("cursor"),
    }
    return render(request, "review/own.html", context)


def _summaries(request: MemberRequest, queue: Queue, reviews: Sequence[Review]) -> list[Summary]:
    sights = sight.of_each(request, queue, [review.item for review in reviews])
    found = [history.summary(review) for review in reviews]
    return [_seen(one, sights[one.review.item_id]) for one in found]


def _seen(one: Summary, seen: Sight) -> Summary:
    marked = [
        passage.model_copy(update={"text": shortened(passage.text, LONGEST_PASSAGE)})
        for passage in masked.evidence(one.evidence, seen)
    ]
    return replace(one, answers=masked.answers(one.answers, seen), evidence=tuple(marked))


@require_GET
@member(Capability.EDIT, Capability.REVIEW)
def review_history(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """What one review said before each edit: for the person who gave it, and for editors."""
    reviews, items = visible(request, Review).select_related("rubric"), visible(request, Item)
    review = submissions.named(uuid, request.user, reviews=reviews, items=items)
    if review is None:
        raise Http404
    if review.reviewer_id != request.user.pk and not request.actor.may(Capability.EDIT):
        raise PermissionDenied
    seen = sight.of(request, review.item)
    context = {
        "workspace": request.workspace,
        "review": review,
        "queue": review.item.queue,
        "versions": [
            replace(
                one,
                given=masked.given(one.given, seen),
                answers=masked.answers(one.answers, seen),
                steps=tuple(replace(step, label=seen.text(step.label)) for step in one.steps),
            )
            for one in history.versions(review)
        ],
        "is_own": review.reviewer_id == request.user.pk,
        "step_address": _step_address(request, review),
    }
    return render(request, "review/history.html", context)


def _step_address(request: MemberRequest, review: Review) -> str:
    """Where a step is read: in the review itself, or for an editor in its trace; empty where neither can be."""
    if review.reviewer_id == request.user.pk:
        return step_address(request, review.item)
    uuid = review.item.trace_uuid
    return f"{reverse('trace-detail', args=[request.workspace.slug, uuid])}?step=" if uuid else ""
