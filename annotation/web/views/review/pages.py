"""Where reviewing begins, the page of one item, and what people see instead when they cannot have it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_htmx.http import push_url

from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.queues import assignment, elsewhere, state
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import (
    ClaimError,
    ItemFlaggedError,
    ItemNotOpenError,
    ItemTakenError,
    NotAReviewerError,
    NothingLeftError,
    QueueNotActiveError,
)
from annotation.domain.queues.shown import Shown
from annotation.domain.reviews import masked, opening
from annotation.domain.reviews.opening import Opened
from annotation.domain.reviews.undo import Last
from annotation.models import Item, Queue, Review
from annotation.web import sight
from annotation.web.access import member, queue_of, visible
from annotation.web.forms.review_fields import ReviewFields
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest, page_or_fragment, redirect_whole_page
from annotation.web.trajectory import is_more_of_outline
from annotation.web.views.review import context, trajectory, walk

PAGE, REFUSED = "review/workspace.html", "review/refused.html"
ROOT = "review-page"

EMPTY = "Nothing stands in this queue yet"
TITLES: dict[type[ClaimError], str] = {
    NothingLeftError: "All done here",
    QueueNotActiveError: "This queue gives out nothing now",
    ItemTakenError: "Somebody else has this item",
    ItemNotOpenError: "This item is settled",
    ItemFlaggedError: "This item is flagged",
    NotAReviewerError: "This queue is not open to you",
}


@require_GET
@never_cache
@member(Capability.REVIEW)
def queue_review(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take the next item of the person's line, and go there."""
    queue = queue_of(request, uuid)
    try:
        claim = assignment.claim_next(queue=queue, by=request.user, now=timezone.now())
    except ClaimError as refusal:
        return refused(request, queue, refusal)
    return redirect(context.address(request, claim.item))


@require_GET
@never_cache
@member(Capability.REVIEW)
def item_review(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """The page of one item, which opening it reserves; one that the person has reviewed opens for editing."""
    item = item_of(request, uuid, number)
    sight.choose(request, item.queue)
    if is_more_of_outline(request):
        return trajectory.outline(request, item)
    try:
        claim = assignment.claim_item(item=item, by=request.user, now=timezone.now())
    except ClaimError as refusal:
        return refused(request, item.queue, refusal, item)
    return shown(request, opening.opened(claim, by=request.user))


def item_of(request: MemberRequest, uuid: UUID, number: int) -> Item:
    """The item with this number in a queue that the member may see, or 404.

    What is sent from a page is taken though the item was taken from their screen meanwhile.
    """
    queue = queue_of(request, uuid)
    known = visible(request, Item) if request.method == "GET" else queue.items.exclude(state=Item.State.REMOVED)
    rows = known.select_related("queue__target_dataset", "queue__rubric")
    if found := rows.filter(queue=queue, number=number).first():
        return found
    raise Http404


def next_item(request: MemberRequest, item: Item, *, done: str) -> HttpResponse:
    """After an item is dealt with: the next one of the list that the person goes through, else of their line, in place
    (htmx), or the way to it; `done` says what was done.
    """
    context.tell(request, done)
    if (which := walk.listed(request)) is not None:
        return _next_in_list(request, item, which)
    queue = item.queue
    if not request.htmx:
        return redirect("queue-review", request.workspace.slug, queue.uuid)
    try:
        claim = assignment.claim_next(queue=queue, by=request.user, now=timezone.now())
    except ClaimError as refusal:
        return push_url(refused(request, queue, refusal), context.queue_address(request, queue))
    return swapped(request, claim)


def _next_in_list(request: MemberRequest, item: Item, which: Shown) -> HttpResponse:
    """The item after this one there; the list itself at its end."""
    try:
        claim = walk.claim_following(request, item, which)
    except ClaimError as refusal:
        return _not_this_one(request, item, refusal)
    if claim is None:
        messages.success(request, f"{context.told(request)} That was the last one of this list.")
        return redirect_whole_page(request, walk.list_address(request, item, which))
    return swapped(request, claim) if request.htmx else redirect(context.kept_address(request, claim.item))


def _not_this_one(request: MemberRequest, item: Item, refusal: ClaimError) -> HttpResponse:
    """The next one of a list cannot be had: its own page says so, from where the list goes on."""
    missed = refusal.item or item
    if not request.htmx:
        return redirect(context.kept_address(request, missed))
    return push_url(refused(request, missed.queue, refusal, missed), context.kept_address(request, missed))


def swapped(request: MemberRequest, claim: Claim) -> HttpResponse:
    """Another item in place of the present one, with its address."""
    if not _is_whole(claim.item.queue):
        claim.item.queue = Queue.objects.select_related("target_dataset", "rubric").get(pk=claim.item.queue_id)
    return push_url(shown(request, opening.opened(claim, by=request.user)), context.kept_address(request, claim.item))


def _is_whole(queue: Queue) -> bool:
    """Whether what the page shows of the queue was read with it."""
    return Queue.target_dataset.is_cached(queue) and Queue.rubric.is_cached(queue)


def shown(
    request: MemberRequest,
    opened: Opened,
    sent: Sent | None = None,
    status: int = 200,
    changed: Review | None = None,
) -> HttpResponse:
    """The page of an item; with `sent`, filled with what was just sent and its problems, or beside the review that `changed`."""
    problems = {problem.key: problem.message for problem in sent.problems} if sent else {}
    given = sent.given if sent else masked.given(opened.content, sight.of(request, opened.item))
    fields = ReviewFields(opened.rubric, given, problems, opened.new, opened.grown, opened.misfits)
    known = context.of(request, opened, fields)
    known["meanwhile"] = context.meanwhile(request, opened, changed, given) if changed else None
    return page_or_fragment(request, PAGE, known, fragment=ROOT, status=status)


def refused(
    request: MemberRequest,
    queue: Queue,
    refusal: ClaimError,
    item: Item | None = None,
    *,
    is_kept: bool = False,
    is_withdrawn: bool = False,
) -> HttpResponse:
    """What is the case with the item or the queue, what to do, and whether what was sent is kept as a draft.

    Of a queue that `is_withdrawn` from the person's eyes no more is shown. htmx swaps it in, so it answers 200 there.
    """
    may_go_on = isinstance(refusal, (ItemTakenError, ItemNotOpenError, ItemFlaggedError))
    flagged, blind = _own_flag(refusal), request.actor.is_limited_to_queues
    progress = None if is_withdrawn else opening.progress(queue, request.user, is_blind=blind)
    is_empty = isinstance(refusal, NothingLeftError) and progress is not None and progress.counts.total == 0
    known = {
        "queue": queue,
        "refusal": refusal,
        "title": EMPTY if is_empty else TITLES.get(type(refusal), "This item is not open to you"),
        "is_empty": is_empty,
        "may_fill": is_empty and request.actor.may(Capability.EDIT),
        "is_kept": is_kept,
        "walk": walk.of(request, item) if item and not is_withdrawn else None,
        "last": None if is_withdrawn else flagged or context.last(request, queue),
        "flag_reason": sight.of(request, flagged.item).text(flagged.item.flag_reason) if flagged else "",
        "is_own_flag": flagged is not None,
        **_ways(request, refusal),
        "may_go_on": may_go_on,
        "done": context.told(request),
        "progress": progress,
        "elsewhere": [] if may_go_on else _elsewhere(request, queue),
        "back_at": _first_back(request, refusal),
    }
    is_end = bool(request.htmx) or isinstance(refusal, NothingLeftError)
    return page_or_fragment(request, REFUSED, known, fragment=ROOT, status=200 if is_end else 409)


def _ways(request: MemberRequest, refusal: ClaimError) -> dict[str, Item | None]:
    """What who runs the queue can do about the item: take it over, or read its reviews side by side."""
    is_taken, is_settled = isinstance(refusal, ItemTakenError), isinstance(refusal, ItemNotOpenError)
    may_read = request.actor.may(Capability.EDIT) and refusal.item is not None and refusal.item.state in state.FULL
    return {
        "to_take_over": refusal.item if is_taken and request.actor.may(Capability.ADMINISTER) else None,
        "settled": refusal.item if is_settled and may_read else None,
    }


def _own_flag(refusal: ClaimError) -> Last | None:
    """The person's own flag, where it is what keeps the item from them."""
    is_own = isinstance(refusal, ItemFlaggedError) and refusal.is_own
    return Last(refusal.item, is_flag=True) if is_own and refusal.item else None


def _elsewhere(request: MemberRequest, queue: Queue) -> list[Queue]:
    """Other queues in which the person could go on."""
    others = access.reviewable_queues(request.actor).exclude(pk=queue.pk)
    return elsewhere.with_work(others, request.user, timezone.now())


def _first_back(request: MemberRequest, refusal: ClaimError) -> datetime | None:
    """When something that others have on the screen comes back, where that is what is left."""
    if not isinstance(refusal, NothingLeftError) or not refusal.held_count:
        return None
    return elsewhere.first_back(refusal.queue, request.user, timezone.now())
