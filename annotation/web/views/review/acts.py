"""What a reviewer does with an item: submit, skip, flag, take back; and what their page does for them meanwhile."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from annotation.domain.access import Capability
from annotation.domain.queues import admission, assignment, items
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import ClaimError
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import drafts, masked, opening, submit, undo
from annotation.domain.reviews import rubric as review_rubric
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.meanwhile import ReviewChangedError
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.reviews.undo import UndoRefusedError
from annotation.models import Item, Queue, Review
from annotation.web import sight
from annotation.web.access import member, queue_of
from annotation.web.forms import review_fields, review_sent
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest
from annotation.web.views.review import context, correction, pages, typed


@require_POST
@member(Capability.REVIEW)
def item_submit(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Submit the review and go on; what does not fit comes back with the problems at their fields, and what would replace a
    review that the page did not know beside that one (`keep`: leave it as it is, and drop what was typed).
    """
    item = acted_on(request, uuid, number)
    if "keep" in request.POST:
        return _left_alone(request, item)
    sent = typed.read(request, item)
    if sent.problems:
        return _again(request, item, sent)
    try:
        hand_in(request, item, sent.given)
    except InvalidReviewError as invalid:
        return _again(request, item, Sent(sent.given, invalid.problems))
    except ReviewChangedError as changed:
        return _again(request, item, sent, changed.review)
    except ClaimError as refusal:
        return pages.refused(request, item.queue, refusal, item, is_kept=True)
    return pages.next_item(request, item, done=f"Item {item.number} submitted.")


def hand_in(request: MemberRequest, item: Item, given: ReviewInput) -> Review:
    """Submit what was sent on the item. Raises as `submit.submit` does."""
    seen, sees = review_sent.seen_submissions(request.POST), sight.of(request, item)
    return submit.submit(item=item, by=request.user, answers=given, now=timezone.now(), sight=sees, seen=seen)


@require_POST
@member(Capability.REVIEW)
def item_skip(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Put the item at the end of the person's line, with what they have typed."""
    item = acted_on(request, uuid, number)
    typed.keep(request, item)
    assignment.skip(item=item, by=request.user, now=timezone.now(), reason=reason(request, "skip_reason"))
    return pages.next_item(request, item, done=f"Item {item.number} skipped; it comes back at the end.")


@require_POST
@member(Capability.REVIEW)
def item_flag(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Set the item aside for an editor, with what they have typed."""
    item = acted_on(request, uuid, number)
    typed.keep(request, item)
    return pages.next_item(request, item, done=f"Item {item.number}: {flag(request, item)}")


def flag(request: MemberRequest, item: Item) -> str:
    """Flag the item for what the form says; what came of it, in words."""
    flagged = items.flag(item=item, by=request.user, now=timezone.now(), reason=reason(request, "flag_reason"))
    if flagged.flagged_by_id != request.user.pk:
        return "flagged by somebody else already; an editor reads your words beside the flag."
    return "flagged; an editor looks at it."


@require_POST
@member(Capability.REVIEW)
def item_withdraw(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Withdraw the person's own flag of the item, and open it again. The present item goes back in line."""
    item = acted_on(request, uuid, number)
    current = _set_down(request, item.queue)
    try:
        undone = undo.undo_flag(item=item, by=request.user, now=timezone.now())
    except ClaimError as refusal:
        return _told(request, f"Nothing was withdrawn. {refusal}", item.queue, current)
    done = f"Your flag of item {number} {'is withdrawn' if undone.is_withdrawn else 'was cleared before'}"
    if isinstance(undone.given, ClaimError):
        context.tell(request, f"{done}.")
        return pages.refused(request, item.queue, undone.given, item)
    return _open(request, current, undone.given, f"{done}; you have it again.")


@require_POST
@member(Capability.REVIEW)
def queue_undo(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take back the person's submission on the item that `undo` numbers, else their last one in this queue, and open it again.

    The present item goes back in line.
    """
    queue = queue_of(request, uuid)
    require_reviewer(request, queue)
    current = _set_down(request, queue)
    try:
        claim = _undone(request, queue)
    except (UndoRefusedError, ClaimError) as refusal:
        return _told(request, f"Nothing was taken back. {refusal}", queue, current)
    if claim is None:
        return _told(request, _NOTHING["undo" in request.POST], queue, current)
    return _open(request, current, claim, f"Review of item {claim.item.number} taken back; change it and submit again.")


def _set_down(request: MemberRequest, queue: Queue) -> Item | None:
    """The item that the person sits before, with what they have typed kept."""
    current = queue.items.filter(number=review_sent.item_number(request.POST)).first()
    if current:
        typed.keep(request, current)
    return current


def _open(request: MemberRequest, current: Item | None, claim: Claim, done: str) -> HttpResponse:
    """What was taken back, in place of the present item."""
    if current and current.pk != claim.item.pk:
        assignment.release(item=current, by=request.user)
    context.tell(request, done)
    if request.htmx:
        return pages.swapped(request, claim)
    return redirect(context.address(request, claim.item))


@require_POST
@member(Capability.REVIEW)
def item_draft(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Keep what is typed; asked for by the page at every change, and once more as it goes away."""
    item = acted_on(request, uuid, number)
    kept = typed.keep(request, item)
    asked = typed.shown_rubric(request, item)
    misfits = review_rubric.pattern_problems(asked, review_sent.read(request.POST, asked).given)
    told = {review_fields.ANSWER + key: words for key, words in misfits.items()}
    return JsonResponse({"saved": kept is not None, "is_draft": bool(kept), "misfits": told})


@require_POST
@member(Capability.REVIEW)
def item_heartbeat(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Hold the item for as long as somebody sits before it."""
    item = acted_on(request, uuid, number)
    try:
        until = assignment.heartbeat(item=item, by=request.user, now=timezone.now())
    except ClaimError as lost:
        return JsonResponse({"lost": str(lost)})
    return JsonResponse({"until": until.isoformat()})


@require_POST
@member(Capability.REVIEW)
def item_diff(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """How the correction as typed differs from the original."""
    item = acted_on(request, uuid, number)
    sent = review_sent.read(request.POST, Rubric())
    seen = sight.of(request, item)
    source = masked.original(correction.original(item, sent.given, seen), seen)
    known = {"correction": correction.shown(source, sent.given, item.queue.target_dataset)}
    return render(request, "review/workspace.html#correction-diff", known)


@require_POST
@member(Capability.REVIEW)
def item_row(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """The dataset row that the correction as typed would become, exactly."""
    item = acted_on(request, uuid, number)
    asked_of = typed.shown_rubric(request, item)
    sent = review_sent.read(request.POST, asked_of)
    seen = sight.of(request, item)
    source = masked.original(correction.original(item, sent.given, seen), seen, with_inputs=True)
    known = correction.row(source, sent, asked_of, item.queue.target_dataset)
    return render(request, "review/row.html", {"item": item, **known})


@require_POST
@member(Capability.REVIEW)
def item_original(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Start the correction again, from the answer of the chosen step; the rest of what is typed stays."""
    item = acted_on(request, uuid, number)
    sent = review_sent.read(request.POST, typed.shown_rubric(request, item))
    is_whole, seen = "whole" in request.POST, sight.of(request, item)
    run = correction.own_run(item, sent.given.corrected_run_uuid)
    fresh = sent.given.model_copy(update={"correction": None, "corrected_run_uuid": run})
    source = correction.original(item, fresh, seen)
    fresh = fresh.model_copy(update={"corrected_part": source.part})  # the final answer has no parts
    typed.store(request, item, fresh)
    if not request.htmx:
        return redirect(context.kept_address(request, item))
    source = correction.masked_source(source, fresh, seen, is_whole=is_whole)
    known = {"item": item, "correction": correction.shown(source, fresh, item.queue.target_dataset, is_whole=is_whole)}
    answer = render(request, "review/workspace.html#correction-text", known)
    answer.write(
        render_to_string("review/corrected_part.html", {"given": source.part, "address": request.path, "is_oob": True})
    )
    return answer


def acted_on(request: MemberRequest, uuid: UUID, number: int) -> Item:
    """The item to act on: 404 when the member may not see it, 403 when its queue is not open to them."""
    item = pages.item_of(request, uuid, number)
    require_reviewer(request, item.queue)
    return item


def require_reviewer(request: MemberRequest, queue: Queue) -> None:
    """Editors see every queue, and work in those that are open to them."""
    if not admission.is_open_to(queue, request.user):
        raise PermissionDenied


_NOTHING = {
    False: "You have submitted nothing in this queue yet.",
    True: "You have no such submission in this queue; it may be taken back already.",
}


def _undone(request: MemberRequest, queue: Queue) -> Claim | None:
    """What the person submitted on the item that was named, else what they submitted last, taken back; None without one."""
    number, now = request.POST.get("undo"), timezone.now()
    if number is None:
        return undo.undo_last(queue=queue, by=request.user, now=now)
    rows = queue.items.filter(number=int(number)) if number.isdecimal() and len(number) < 10 else queue.items.none()
    item = rows.first()
    return undo.undo_on(item=item, by=request.user, now=now) if item else None


def reason(request: MemberRequest, name: str) -> str:
    """Why, in one line; PostgreSQL keeps no NUL."""
    return request.POST.get(name, "").replace("\0", "")[:500]


def _again(request: MemberRequest, item: Item, sent: Sent, changed: Review | None = None) -> HttpResponse:
    """The same item with what was sent and what is wrong with it; the page's heartbeat says if it is theirs no more.

    `changed` is the review that would have been replaced unseen.
    """
    typed.store(request, item, sent.given)
    opened = opening.opened(Claim(item, None), by=request.user)
    return pages.shown(request, opened, sent, status=422, changed=changed)


def _left_alone(request: MemberRequest, item: Item) -> HttpResponse:
    drafts.discard(item=item, by=request.user)
    assignment.release(item=item, by=request.user)
    return pages.next_item(request, item, done=f"Item {item.number} stays as you submitted it.")


def _told(request: MemberRequest, words: str, queue: Queue, current: Item | None) -> HttpResponse:
    if request.htmx:
        return trigger_client_event(HttpResponse(status=204), "toast", {"value": words})
    messages.error(request, words)
    return redirect(context.address(request, current) if current else context.queue_address(request, queue))
