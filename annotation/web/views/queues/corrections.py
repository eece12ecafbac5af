"""Corrections that wait for an editor, one at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.access import Capability
from annotation.domain.datasets.problems import DatasetError
from annotation.domain.reviews import correct, corrections, queries
from annotation.models import Review
from annotation.web.access import found, member, queue_of, visible
from annotation.web.http import MemberRequest

MOST_LISTED = 100


@require_GET
@member(Capability.EDIT)
def correction_list(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The waiting corrections of a queue, and the one that `?review=` names (else the first) to decide on."""
    queue = queue_of(request, uuid)
    rows = queries.waiting(visible(request, Review).filter(item__queue=queue))
    waiting = list(rows.order_by(*queries.WAITING_ORDER)[:MOST_LISTED])
    current = _current(waiting, request.GET.get("review", ""))
    context: dict[str, Any] = {"workspace": request.workspace, "queue": queue, "waiting": waiting, "current": current}
    if current:
        context |= {"proposal": corrections.proposal(current), "following": _following(waiting, current)}
    return render(request, "queues/corrections.html", context)


@require_POST
@member(Capability.EDIT)
def correction_accept(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Make the correction the item's word and a row of the dataset."""
    review = found(request, Review, uuid)
    try:
        correct.accept(review=review, by=request.user, now=timezone.now(), **_given(request))
    except (correct.CorrectionError, DatasetError) as problem:
        return _refused(request, review, problem)
    dataset = review.item.queue.target_dataset
    became = f" and became a row of “{dataset}”" if dataset else ""
    messages.success(request, f"The correction of item {review.item.number} is accepted{became}.")
    return _next(request, review)


@require_POST
@member(Capability.EDIT)
def correction_reject(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Turn the correction down; the rest of the review stays."""
    review = found(request, Review, uuid)
    try:
        correct.reject(review=review, by=request.user, now=timezone.now(), **_given(request))
    except correct.CorrectionError as problem:
        return _refused(request, review, problem)
    messages.success(request, f"The correction of item {review.item.number} is rejected; the rest of the review stays.")
    return _next(request, review)


def _current(waiting: list[Review], asked: str) -> Review | None:
    named = next((review for review in waiting if str(review.uuid) == asked), None)
    return named or next(iter(waiting), None)


def _following(waiting: list[Review], current: Review) -> Review | None:
    after = waiting[waiting.index(current) + 1 :]
    return next(iter(after), None)


def _given(request: MemberRequest) -> dict[str, Any]:
    seen = request.POST.get("seen", "")
    return {"note": request.POST.get("note", ""), "seen": int(seen) if seen.isascii() and seen.isdigit() else None}


def _next(request: MemberRequest, review: Review) -> HttpResponse:
    return redirect(_address(request, review, request.POST.get("following", "")))


def _refused(request: MemberRequest, review: Review, problem: Exception) -> HttpResponse:
    messages.error(request, f"Nothing was decided. {problem}")
    return redirect(_address(request, review, str(review.uuid)))


def _address(request: MemberRequest, review: Review, named: str) -> str:
    address = reverse("correction-list", args=[request.workspace.slug, review.item.queue.uuid])
    return f"{address}?{urlencode({'review': named})}" if named else address
