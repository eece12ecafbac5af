"""The table: a page of items judged in rows, for queues whose questions fit there. What it does, the page of one item does too."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from annotation.domain.access import Capability
from annotation.domain.queues import admission, assignment, rubric_versions, table
from annotation.domain.queues import rows as row_rules
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import ClaimError
from annotation.domain.queues.shown import Shown
from annotation.domain.reviews import opening, undo
from annotation.domain.reviews.meanwhile import ReviewChangedError
from annotation.domain.reviews.rubric import AnswerProblem, InvalidReviewError
from annotation.domain.reviews.undo import UndoRefusedError
from annotation.models import Item, Queue
from annotation.web import sight
from annotation.web.access import member, queue_of
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest
from annotation.web.views.review import acts, context, pages, rows, trajectory, typed, walk
from annotation.web.views.review.rows import Row

MOST_HELD = 100


@require_GET
@never_cache
@member(Capability.REVIEW)
def queue_table(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """What the person has on the screen and the next ones of their line, each a row; `?state=` keeps to a list of theirs."""
    queue = queue_of(request, uuid)
    only = _list(request)
    asked = rubric_versions.questions_of(queue)
    hindrance = row_rules.hindrance(asked)
    try:
        admission.require_line(queue, request.user)
        now = timezone.now()
        claims = [] if hindrance else table.claim_page(queue=queue, by=request.user, now=now, only=only)
    except ClaimError as refusal:
        return pages.refused(request, queue, refusal)
    is_quick, may_be_quick = rows.is_quick(request, asked), rows.may_be_quick(asked)
    keeps_quick = is_quick and may_be_quick
    known = {
        "workspace": request.workspace,
        "queue": queue,
        "hindrance": hindrance,
        "rows": rows.of(request, queue, claims),
        "progress": opening.progress(queue, request.user, is_blind=request.actor.is_limited_to_queues),
        "is_quick": is_quick,
        "may_be_quick": may_be_quick,
        "only": only,
        "lists": [(label, _query(one, is_quick=keeps_quick), one == only) for one, label in _LISTS],
        "again": _query(only, is_quick=keeps_quick),
        "toggle_quick": _query(only, is_quick=not is_quick),
        "beside": row_rules.beside(asked),
    }
    return render(request, "review/table.html", known)


@require_POST
@member(Capability.REVIEW)
def table_heartbeat(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Hold the rows that are not dealt with for as long as somebody sits before them."""
    queue = _queue(request, uuid)
    numbers = [
        int(number) for number in request.POST.getlist("item")[:MOST_HELD] if number.isdecimal() and len(number) < 10
    ]
    lost = table.heartbeat(queue=queue, by=request.user, numbers=numbers, now=timezone.now())
    return JsonResponse({"lost": _lost(lost)} if lost else {})


@require_POST
@member(Capability.REVIEW)
def table_leave(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Give back what is not dealt with, so that nobody waits for it; drafts are kept."""
    queue = _queue(request, uuid)
    count = table.release(queue=queue, by=request.user)
    messages.success(request, f"{count} item{'' if count == 1 else 's'} given back; what you typed is kept.")
    return redirect("queue-detail", request.workspace.slug, queue.uuid)


@require_GET
@never_cache
@member(Capability.REVIEW)
def row_conversation(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """What the item of a row is about, as its own page shows it; 404 for a pair, which stands in no row."""
    item = pages.item_of(request, uuid, number)
    if item.kind == Item.Kind.PAIR:
        raise Http404
    opened = opening.opened(Claim(item, None), by=request.user)
    earlier, traces = opening.turns(item)
    known = {
        "item": item,
        "page": context.address(request, item),
        "sight": sight.shown(request, item.queue, sight.of(request, item)),
        **trajectory.of(request, opened, earlier, traces, opened.content, prefix=f"{number}-"),
    }
    return render(request, "review/table_conversation.html", known)


@require_POST
@member(Capability.REVIEW)
def row_submit(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Submit a row; it stays with what was said, or comes back with what is wrong with it."""
    item = acts.acted_on(request, uuid, number)
    sent = typed.read(request, item)
    if sent.problems:
        return _again(request, item, sent)
    try:
        review = acts.hand_in(request, item, sent.given)
    except InvalidReviewError as invalid:
        return _again(request, item, Sent(sent.given, invalid.problems))
    except ReviewChangedError as changed:
        problem = AnswerProblem("review", f"{changed} Submit again to put this in its place.")
        return _again(request, item, Sent(sent.given, (problem,)))
    except ClaimError as refusal:
        return _lost_row(request, item, refusal)
    return _row(request, item, rows.submitted(request, item, review), f"Item {number} submitted.")


@require_POST
@member(Capability.REVIEW)
def row_skip(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Put the item of a row at the end of the person's line, with what they have typed."""
    item = acts.acted_on(request, uuid, number)
    typed.keep(request, item)
    assignment.skip(item=item, by=request.user, now=timezone.now())
    return _row(
        request, item, rows.put_aside(request, item, "Skipped; it comes back at the end of your line."), "Skipped."
    )


@require_POST
@member(Capability.REVIEW)
def row_flag(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Set the item of a row aside for an editor, with what they have typed."""
    item = acts.acted_on(request, uuid, number)
    typed.keep(request, item)
    words = acts.flag(request, item).capitalize()
    return _row(request, item, rows.put_aside(request, item, words, rows.FLAGGED), words)


@require_POST
@member(Capability.REVIEW)
def row_undo(request: MemberRequest, uuid: UUID, number: int) -> HttpResponse:
    """Take back what was submitted in a row (`was`: that it was skipped or flagged), and open it with what was typed."""
    item = acts.acted_on(request, uuid, number)
    try:
        if request.POST.get("was") == rows.FLAGGED:
            undone = undo.undo_flag(item=item, by=request.user, now=timezone.now())
            if isinstance(undone.given, ClaimError):
                return _lost_row(request, item, undone.given, "Your flag is withdrawn.")
        elif request.POST.get("was") == rows.SKIPPED:
            assignment.claim_item(item=item, by=request.user, now=timezone.now())
        elif undo.undo_on(item=item, by=request.user, now=timezone.now()) is None:
            return _told(request, item.queue, "There is nothing to take back; it may be taken back already.")
    except (UndoRefusedError, ClaimError) as refusal:
        return _told(request, item.queue, f"Nothing was taken back. {refusal}")
    return _row(request, item, rows.again(request, item), f"Item {number} is open again.")


_LISTS: list[tuple[Shown | None, str]] = [
    (None, "Your line"),
    (Shown.SKIPPED, "Skipped by me"),
    (Shown.ASSIGNED, "Assigned to me"),
]


def _list(request: MemberRequest) -> Shown | None:
    named = request.GET.get(walk.NAME, "")
    if named and named not in table.LISTS:
        raise Http404
    return Shown(named) if named else None


def _query(only: Shown | None, *, is_quick: bool) -> str:
    named = ({walk.NAME: only.value} if only else {}) | ({rows.QUICK: "1"} if is_quick else {})
    return f"?{urlencode(named)}" if named else ""


def _queue(request: MemberRequest, uuid: UUID) -> Queue:
    queue = queue_of(request, uuid)
    acts.require_reviewer(request, queue)
    return queue


def _again(request: MemberRequest, item: Item, sent: Sent) -> HttpResponse:
    typed.store(request, item, sent.given)
    words = f"Item {item.number} is not submitted: {sent.problems[0].message}"
    if not request.htmx:
        messages.error(request, f"{words} What you typed is kept.")
        return _back(request, item.queue)
    response = _shown(request, item, rows.again(request, item, sent), status=422)
    return trigger_client_event(response, "toast", {"value": words})


def _lost_row(request: MemberRequest, item: Item, refusal: ClaimError, done: str = "") -> HttpResponse:
    words = f"{done} {refusal}".strip()
    return _row(request, item, rows.put_aside(request, item, f"{words} What you typed is kept as your draft."), words)


def _row(request: MemberRequest, item: Item, row: Row, done: str) -> HttpResponse:
    if request.htmx:
        return _shown(request, item, row)
    messages.info(request, done)
    return _back(request, item.queue)


def _shown(request: MemberRequest, item: Item, row: Row, status: int = 200) -> HttpResponse:
    asked = rubric_versions.questions_of(item.queue)
    known = {
        "workspace": request.workspace,
        "queue": item.queue,
        "row": row,
        "is_quick": rows.is_quick(request, asked),
        "may_take_back": opening.own_review(item, request.user) is None,
    }
    return render(request, "review/table_row.html", known, status=status)


def _told(request: MemberRequest, queue: Queue, words: str) -> HttpResponse:
    if request.htmx:
        return trigger_client_event(HttpResponse(status=204), "toast", {"value": words})
    messages.error(request, words)
    return _back(request, queue)


def _back(request: MemberRequest, queue: Queue) -> HttpResponse:
    quick = f"?{rows.QUICK}=1" if rows.QUICK in request.POST else ""
    return redirect(context.table_address(request, queue) + quick)


def _lost(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers))
    is_one = len(numbers) == 1
    return (
        f"Item{'' if is_one else 's'} {named} {'is' if is_one else 'are'} no longer yours: your reservation lapsed, an "
        "admin took over, or it was flagged. What you typed is kept as a draft."
    )
