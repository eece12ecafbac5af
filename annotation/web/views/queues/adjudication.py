"""Items whose reviews differ, one at a time: all reviews side by side, and the word that settles them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.access import Capability
from annotation.domain.datasets.problems import DatasetError
from annotation.domain.queues import reasons, rubric, rubric_versions, state
from annotation.domain.reviews import adjudicate, history, opening, originals, overtaken, side_by_side
from annotation.domain.reviews.adjudicate import AdjudicationError
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.reviews.side_by_side import Comparison, Step, Waiting
from annotation.domain.traces import trajectory as trajectories
from annotation.models import Item, Queue, Review, Trace
from annotation.web.access import found, item_of, member, queue_of, visible
from annotation.web.forms import review_sent
from annotation.web.forms.review_fields import QuestionField, ReviewFields
from annotation.web.forms.review_sent import Sent
from annotation.web.http import MemberRequest
from annotation.web.sight import trace_with
from annotation.web.trajectory import ShownTrajectory
from annotation.web.views.review import context, correction, trajectory
from annotation.web.views.traces import detail

MOST_LISTED = 100


@require_GET
@member(Capability.EDIT)
def queue_adjudication(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """What waits for a word, and the item that `?item=` names (its number; else the first) to decide on.

    `?edit=` is the review that an answer of the editor's own begins from.
    """
    queue = queue_of(request, uuid)
    waiting = side_by_side.waiting(visible(request, Item), queue, MOST_LISTED)
    item = _named(request, queue) or next((one.item for one in waiting), None)
    if item and (elsewhere := _elsewhere(request, item)):
        return redirect(elsewhere)
    return _page(request, queue, waiting, item)


@require_POST
@member(Capability.EDIT)
def item_adjudicate(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Settle the item: by the review that `review` names, else by the answer in the form."""
    item = item_of(request, uuid)
    if chosen := request.POST.get("review"):
        review = found(request, Review, _uuid(chosen))
        return _decided(request, item, lambda: adjudicate.take(review=review.uuid, **_word(request, item)))
    sent = review_sent.read(request.POST, _asked(item))
    if sent.problems:
        return _again(request, item, sent)
    try:
        return _decided(request, item, lambda: adjudicate.write(answers=sent.given, **_word(request, item)), sent)
    except InvalidReviewError as invalid:
        return _again(request, item, Sent(sent.given, invalid.problems))


@require_POST
@member(Capability.EDIT)
def item_reopen(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Take the word on the item back."""
    item = item_of(request, uuid)
    try:
        adjudicate.reopen(item=item, by=request.user, now=timezone.now())
        messages.success(request, f"The word on item {item.number} is taken back.")
    except AdjudicationError as problem:
        messages.error(request, str(problem))
    return redirect(_address(request, item.queue, item.number))


@require_POST
@member(Capability.EDIT)
def item_another(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Send the item back for one more review."""
    item = item_of(request, uuid)
    try:
        adjudicate.call_another(item=item, by=request.user, seen=request.POST.get("seen"))
    except AdjudicationError as problem:
        return _refused(request, item, problem)
    messages.success(request, f"Item {item.number} is back in the line for one more review.")
    return _next(request, item)


def _elsewhere(request: MemberRequest, item: Item) -> str:
    """Where the step that the address names is read, if that is not on this page, as of a turn before; empty if it is."""
    step = trajectory.named_step(request)
    trace = trace_with(request, step) if step else None
    if trace is None or trace in opening.turns(item)[1]:
        return ""
    return f"{detail.address_of(request, trace)}?{urlencode({'step': str(step)})}"


def _again(request: MemberRequest, item: Item, sent: Sent) -> HttpResponse:
    """The same page with what was sent and what is wrong with it, beside the reviews as they are now."""
    item = item_of(request, item.uuid)
    waiting = side_by_side.waiting(visible(request, Item), item.queue, MOST_LISTED)
    return _page(request, item.queue, waiting, item, sent)


def _decided(request: MemberRequest, item: Item, decide: Any, sent: Sent | None = None) -> HttpResponse:
    try:
        decide()
    except (AdjudicationError, DatasetError) as problem:
        return _refused(request, item, problem, sent)
    messages.success(request, f"Item {item.number} is settled.")
    return _next(request, item)


def _word(request: MemberRequest, item: Item) -> dict[str, Any]:
    given = {"seen": request.POST.get("seen"), "note": request.POST.get("why", "").replace("\0", "")[:2000]}
    return {"item": item, "by": request.user, "now": timezone.now(), **given}


def _named(request: MemberRequest, queue: Queue) -> Item | None:
    """The item whose number the address names; 404 if there is none."""
    number = request.GET.get("item", "")
    if not number:
        return None
    rows = visible(request, Item).select_related("adjudicated_by").filter(queue=queue)
    item = (
        rows.filter(number=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 10 else None
    )
    if item is None:
        raise Http404
    return item


def _page(
    request: MemberRequest, queue: Queue, waiting: list[Waiting], item: Item | None, sent: Sent | None = None
) -> HttpResponse:
    known: dict[str, Any] = {"workspace": request.workspace, "queue": queue, "waiting": waiting, "current": item}
    if item is not None:
        item.queue = queue
        known |= _around(waiting, item)
        known["is_ready"] = item.state in state.FULL
        known |= _item(request, item, sent) if known["is_ready"] else {"overtaken": overtaken.of(item)}
    return render(request, "queues/adjudication.html", known, status=422 if sent else 200)


def _around(waiting: list[Waiting], item: Item) -> dict[str, Item | None]:
    """The items before and after this one among those that wait."""
    numbers = [one.item for one in waiting]
    before = [one for one in numbers if one.pk < item.pk]
    after = [one for one in numbers if one.pk > item.pk]
    return {"previous": before[-1] if before else None, "following": after[0] if after else None}


def _item(request: MemberRequest, item: Item, sent: Sent | None) -> dict[str, Any]:
    """The reviews of the item, what it is about, and the form where an answer is written."""
    shown = side_by_side.comparison(item)
    begun = _begun(request, shown)
    carried = {"item": str(item.number)} | ({"edit": str(begun.uuid)} if begun else {})
    _, traces = opening.turns(item)
    sides = {item.trace_uuid: "A", item.other_trace_uuid: "B"} if item.kind == Item.Kind.PAIR else {}
    traces.sort(key=lambda trace: sides.get(trace.uuid, ""))  # the answers speak of A and B, not of which came first
    seen = _trajectories(request, item, traces, carried)
    known = {
        "comparison": shown,
        "overtaken": shown.overtaken,
        "trajectories": seen,
        "sides": sides,
        "step_address": f"{_address(request, item.queue)}?{urlencode({**carried, 'step': ''})}",
        "begun": begun,
        "is_sent_before": sent is not None,
    }
    given = sent.given if sent else _as_new(begun)
    return known | (_form(shown, given, sent, seen) if given else {})


def _trajectories(
    request: MemberRequest, item: Item, traces: list[Trace], carried: dict[str, str]
) -> list[ShownTrajectory]:
    """What the item is about, its links with what is `carried` along; `?step=` is where a long trace stands, `?raw=1` shows texts as they came."""
    raw = {"raw": "1"} if "raw" in request.GET else {}
    at = trajectory.named_step(request) or item.run_uuid or reasons.read(item.reason).run
    return [
        ShownTrajectory(
            trajectories.trajectory(trace, at=at),
            workspace=request.workspace.slug,
            page=_address(request, item.queue),
            query={**carried, **raw},
            prefix=f"{place}-" if place else "",
            is_raw=bool(raw),
        )
        for place, trace in enumerate(traces)
    ]


def _begun(request: MemberRequest, shown: Comparison) -> Review | None:
    """The review that an answer of the editor's own begins from: which the address names, or the form that was sent."""
    asked = request.POST.get("edit") or request.GET.get("edit")
    return next((review for review in shown.columns if str(review.uuid) == asked), None)


def _as_new(begun: Review | None) -> ReviewInput | None:
    return history.as_input(begun).model_copy(update={"rubric_version": None}) if begun else None


def _form(shown: Comparison, given: ReviewInput, sent: Sent | None, seen: list[ShownTrajectory]) -> dict[str, Any]:
    item = shown.item
    project = seen[-1].trajectory.trace.project if seen else originals.project_of(item)
    problems = {problem.key: problem.message for problem in sent.problems} if sent else {}
    source = originals.original(item, given.corrected_run_uuid)
    fields = ReviewFields(_asked(item), given, problems)
    return {
        "fields": fields,
        "disputed_steps": list(_disputed_steps(shown, fields)),
        "kept_steps": [step.model_dump_json() for step in given.steps],
        "labels": context.label_choices(opening.labels_of(project), given.labels),
        "layers": context.LAYERS,
        "steps": trajectory.choices(seen, {given.first_failing_run_uuid}),
        "correction": correction.shown(source, given, item.queue.target_dataset),
    }


def _disputed_steps(shown: Comparison, fields: ReviewFields) -> Iterator[tuple[Step, QuestionField]]:
    """The fields of questions about steps on which the reviews differ; what was said of other steps is kept as it is."""
    for row in shown.rows:
        question = fields.rubric.step_question(row.key)
        if row.step and question:
            yield (
                row.step,
                replace(fields.of_step(row.step.run, question), problem=fields.problems.get(question.key, "")),
            )


def _asked(item: Item) -> rubric.Rubric:
    return rubric_versions.asked_of(item, rubric_versions.current(item.queue), None)


def _next(request: MemberRequest, item: Item) -> HttpResponse:
    return redirect(_address(request, item.queue, request.POST.get("following", "")))


def _refused(request: MemberRequest, item: Item, problem: Exception, sent: Sent | None = None) -> HttpResponse:
    """Say why; an answer that was `sent` stays in its form, for only the person has it."""
    messages.error(request, f"Nothing was decided. {problem}")
    return _again(request, item, sent) if sent else redirect(_address(request, item.queue, item.number))


def _address(request: MemberRequest, queue: Queue, item: object = "") -> str:
    address = reverse("queue-adjudication", args=[request.workspace.slug, queue.uuid])
    return f"{address}?{urlencode({'item': item})}" if item else address


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise Http404 from problem
