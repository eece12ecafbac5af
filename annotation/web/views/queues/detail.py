"""One queue: how far it is, what stands in it, who reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.paging import BadCursorError, page
from annotation.domain.queues import items, lifecycle, queries, rows, rubric_versions, sharing, shown
from annotation.domain.queues.queries import QueueCard
from annotation.domain.queues.settings import QueueError
from annotation.domain.queues.shown import Shown
from annotation.domain.reviews import gold, masked
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Item, Queue, Review
from annotation.web import sight
from annotation.web.access import found, item_of, member, queue_of, visible
from annotation.web.http import MemberRequest, page_or_fragment

PAGE_SIZE = 50


@require_GET
@member(Capability.READ, Capability.REVIEW)
def queue_detail(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """A queue: what is asked, how far it is, and its items; reviewers see those that wait for them, without what is hidden."""
    queue = queue_of(request, uuid)
    (card,) = queries.cards(
        Queue.objects.filter(pk=queue.pk),
        person=request.user,
        reviewable=access.reviewable_queues(request.actor),
        is_blind=request.actor.is_limited_to_queues,
    )
    may_read = request.actor.may(Capability.READ)
    asked = rubric_versions.questions_of(queue)
    has_items = may_read or card.is_open_to_person
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "card": card,
        "rubric": asked,
        "rows_hindrance": rows.hindrance(asked),
        "may_read": may_read,
        "may_edit": request.actor.may(Capability.EDIT),
        "may_administer": request.actor.may(Capability.ADMINISTER),
        "moves": _moves(queue),
        "people": sharing.loads(queue) if request.actor.may(Capability.EDIT) and not request.htmx else [],
    } | (_items(request, queue, card) if has_items else {})
    return page_or_fragment(request, "queues/detail.html", context, fragment="items")


@require_POST
@member(Capability.ADMINISTER)
def queue_status(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Open, pause, complete, archive or bring back the queue."""
    queue = queue_of(request, uuid)
    try:
        moved = lifecycle.set_status(queue=queue, status=request.POST.get("status", ""), by=request.user)
        messages.success(request, f"The queue is now {moved.get_status_display().lower()}.")
    except QueueError as problem:
        messages.error(request, str(problem))
    return redirect("queue-detail", request.workspace.slug, queue.uuid)


@require_POST
@member(Capability.EDIT)
def item_remove(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take an item out of the queue."""
    item = items.remove(item=item_of(request, uuid), by=request.user)
    messages.success(request, f"Item {item.number} is removed. Its reviews stay, and no rule puts it back.")
    return back_to_list(request, item)


@require_POST
@member(Capability.EDIT)
def item_restore(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Put a removed item back."""
    item = item_of(request, uuid)
    try:
        items.restore(item=item, by=request.user)
        messages.success(request, f"Item {item.number} is back in the queue.")
    except items.QueueClosedError as problem:
        messages.error(request, str(problem))
    return back_to_list(request, item)


@require_POST
@member(Capability.EDIT)
def review_gold(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take what a review answered for the known answers of its item, or (`end`) have the item be ordinary again."""
    review = found(request, Review, uuid)
    try:
        if "end" in request.POST:
            gold.unmark(item=review.item, by=request.user)
            messages.success(request, f"Item {review.item.number} is gold no more.")
        else:
            gold.mark_by(review=review, by=request.user)
            messages.success(request, f"Item {review.item.number} is gold: others are tested with these answers.")
    except (gold.GoldError, InvalidReviewError) as problem:
        messages.error(request, str(problem))
    return back_to_list(request, review.item)


@require_POST
@member(Capability.EDIT)
def item_unflag(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Clear a flag, so that the item is given out again."""
    item = items.unflag(item=item_of(request, uuid), by=request.user)
    messages.success(request, f"The flag of item {item.number} is cleared; it is given out again.")
    return back_to_list(request, item)


def _items(request: MemberRequest, queue: Queue, card: QueueCard) -> dict[str, Any]:
    """The items of the tab that the address names, a page at a time."""
    reader = request.user if card.is_open_to_person else None
    tabs = _tabs(request, card)
    which = _shown(request, [tab.shown for group in tabs for tab in group])
    wanted = queries.with_people(shown.shown(visible(request, Item).filter(queue=queue), which, reader), timezone.now())
    try:
        listed = page(wanted, order=shown.ORDER, size=PAGE_SIZE, cursor=request.GET.get("cursor"))
    except BadCursorError as problem:
        raise Http404 from problem
    for item in listed.rows:
        item.queue = queue
    rows = queries.rows(listed.rows, reader=reader, is_blind=request.actor.is_limited_to_queues)
    if request.actor.is_limited_to_queues:
        seen = sight.of_each(request, queue, listed.rows)
        rows = [masked.row(row, seen[row.item.pk]) for row in rows]
    following = {"state": which.value, "cursor": listed.next_cursor}
    return {
        "rows": rows,
        "shown": which.value,
        "tabs": tabs,
        "next_page": urlencode(following) if listed.next_cursor else "",
        "is_first_page": not request.GET.get("cursor"),
        "has_priorities": request.actor.may(Capability.EDIT) or any(row.item.priority for row in rows),
        "reviewers": [] if queue.is_open_to_all else list(queue.reviewers.order_by("email")),
    }


@dataclass(frozen=True, slots=True)
class Tab:
    """A choice of items, with how many they are where the page knows that anyway."""

    shown: Shown
    label: str
    count: int | None = None


def _shown(request: MemberRequest, offered: list[Shown]) -> Shown:
    named = request.GET.get("state", offered[0])
    if named not in offered:
        raise Http404
    return Shown(named)


def _tabs(request: MemberRequest, card: QueueCard) -> list[list[Tab]]:
    """By state for readers, by where items stand for them for those who review here."""
    counts = card.counts
    by_state = [
        Tab(Shown.ALL, "All", counts.total),
        Tab(Shown.OPEN, "Open", counts.open),
        Tab(Shown.DISAGREEMENT, "Disagreement", counts.disagreement),
        Tab(Shown.ADJUDICATED, "Adjudicated"),
        Tab(Shown.DONE, "Done", counts.done),
        Tab(Shown.FLAGGED, "Flagged", counts.flagged),
        Tab(Shown.REMOVED, "Removed", counts.removed),
    ]
    personal = [
        Tab(Shown.MINE, "Needs my review", None if counts.is_rough else counts.left),
        Tab(Shown.OTHERS, "Needs others’ review"),
        Tab(Shown.SKIPPED, "Skipped by me"),
        Tab(Shown.ASSIGNED, "Assigned to me"),
        Tab(Shown.OWN_FLAGS, "Flagged by me"),
    ]
    may_read = request.actor.may(Capability.READ)
    return [by_state] * may_read + [personal] * card.is_open_to_person


_VERBS = {
    Queue.Status.ACTIVE: "Open for review",
    Queue.Status.PAUSED: "Pause",
    Queue.Status.COMPLETED: "Complete",
    Queue.Status.ARCHIVED: "Archive",
}
_ASKED_BACK = {
    Queue.Status.COMPLETED: "Complete this queue? It gives out and takes nothing more until you open it again.",
    Queue.Status.ARCHIVED: "Archive this queue? It leaves the list; its reviews stay, and you can bring it back.",
}


def _moves(queue: Queue) -> list[tuple[str, str, str]]:
    """Where the queue can go from here: status, verb, and the question asked before."""
    open_to = lifecycle.TRANSITIONS[queue.status]
    if queue.status == Queue.Status.ARCHIVED:
        return [(Queue.Status.PAUSED.value, "Bring back", "")]
    return [(status.value, verb, _ASKED_BACK.get(status, "")) for status, verb in _VERBS.items() if status in open_to]


def back_to_list(request: MemberRequest, item: Item) -> HttpResponse:
    """To the list that the button stood in."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(address)
    return redirect("queue-detail", request.workspace.slug, item.queue.uuid)
