"""What an item is about, as the page's outline and conversation show it, and the steps that a reviewer may point at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse

from annotation.domain import markdown
from annotation.domain.queues import blindness, presentation
from annotation.domain.queues.presentation import Texts
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import masked, opening, presented
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.opening import Opened
from annotation.domain.traces import veiled
from annotation.domain.traces.conversation.clip import Clip, clip
from annotation.domain.traces.trajectory import OutlineRun, Trajectory, trajectory
from annotation.domain.traces.tree import Step
from annotation.models import Feedback, Item, Queue, Run, Trace
from annotation.web import sight
from annotation.web.http import MemberRequest
from annotation.web.trajectory import ShownTrajectory, more_of_outline
from annotation.web.views.datasets import taking
from annotation.web.views.review import walk

EARLIER_CHARACTERS = 600
ROW_CHARACTERS, ROW_LINES = 500, 8

MOST_CHOICES = 300
"""Of a longer trace a list of steps offers those of the window; X marks any other."""


@dataclass(frozen=True, slots=True)
class StepChoice:
    """A step as a list offers it."""

    uuid: UUID
    label: str


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """What was asked and answered before in the same thread; `address` gives either text whole. `is_current`: the page was asked for
    at it, as by a passage of it.
    """

    trace: Trace
    asked: Clip
    answered: Clip
    address: str
    is_current: bool = False


def of(
    request: MemberRequest,
    opened: Opened,
    earlier: Sequence[Trace],
    traces: list[Trace],
    given: ReviewInput,
    prefix: str = "",
) -> dict[str, Any]:
    """The outline and conversation of every trace of the item, earlier turns, and the steps to choose from.

    `prefix` keeps ids apart where several items are on one page.
    """
    seen = sight.of(request, opened.item)
    feedback = masked.feedback(opening.feedback_shown(traces, request.user, opened.item), seen)
    is_veiled = blindness.read(opened.queue.blindness).model
    thumbs = _thumbs(feedback)
    cause = opened.item.run_uuid or opened.known.reason.run
    at = named_step(request) or cause
    is_raw = may_be_raw(request, seen)
    page = reverse("item-review", args=[request.workspace.slug, opened.queue.uuid, opened.item.number])
    keys = _fact_keys(opened.queue, is_veiled=is_veiled)
    facts = {
        trace.pk: presented.facts(trace, keys, seen) for trace in traces
    }  # before what is hidden is taken from them
    shown = [
        ShownTrajectory(
            _seen(trace, at, seen, is_veiled=is_veiled),
            workspace=request.workspace.slug,
            page=page,
            query=walk.kept(request) | ({"raw": "1"} if "raw" in request.GET else {}),
            prefix=f"{prefix}{place}-" if place or prefix else "",
            is_raw=is_raw,
            thumbs=thumbs,
            is_veiled=is_veiled,
            item=item_named(opened.item, seen),
            has_raw=seen.presentation.shows_raw,
            has_times=seen.presentation.figures,
            facts=facts[trace.pk],
        )
        for place, trace in enumerate(traces)
    ]
    steps = list(_choices(shown, {given.first_failing_run_uuid, given.corrected_run_uuid, cause}))
    offered = [(run.type, StepChoice(run.uuid, label)) for run, label in steps]
    return {
        "trajectories": shown,
        "take": taking.address(request, traces[-1], item=opened.item) if traces else "",
        "said": [one for one in feedback if one.author_id != request.user.pk],
        "earlier": []
        if _is_carried(shown, len(earlier))
        else [_earlier(request, trace, opened.item, seen, at) for trace in earlier],
        "steps": [choice for _, choice in offered],
        "cause": next((choice for _, choice in offered if choice.uuid == cause), None),
        "answers": [choice for kind, choice in offered if kind in (Run.Type.LLM, Run.Type.TOOL)],
    }


def _seen(trace: Trace, at: UUID | None, seen: Sight, *, is_veiled: bool) -> Trajectory:
    """The trace at a step, without what the person is not to see."""
    shown = presented.trajectory(trajectory(trace, at=at, mask=seen.mask), seen)
    return veiled.trajectory(shown) if is_veiled else shown


def _fact_keys(queue: Queue, *, is_veiled: bool) -> list[str]:
    """The keys of what the queue has stand above a conversation; none that may name the model where that is hidden."""
    return [key for key in presentation.read(queue.presentation).facts if not (is_veiled and "model" in key.lower())]


def item_named(item: Item, seen: Sight) -> str:
    """What addresses of the item's texts say, so that they show no more than the page."""
    return "" if seen is WHOLE else str(item.uuid)


def may_be_raw(request: MemberRequest, seen: Sight) -> bool:
    """Whether texts stand as they came: asked for, or the way of the queue."""
    return "raw" in request.GET or seen.presentation.texts is Texts.RAW


def outline(request: MemberRequest, item: Item) -> HttpResponse:
    """More rows of the outline of one of the item's traces; 404 for a pair, whose steps would tell who is who."""
    if item.kind == Item.Kind.PAIR:
        raise Http404
    page = reverse("item-review", args=[request.workspace.slug, item.queue.uuid, item.number])
    _, traces = opening.turns(item)
    place = next((at for at, trace in enumerate(traces) if str(trace.uuid) == request.GET.get("trace")), None)
    if place is None:
        raise Http404
    thumbs = _thumbs(opening.feedback_shown([traces[place]], request.user, item))
    return more_of_outline(
        request,
        traces[place],
        page=page,
        query=walk.kept(request),
        thumbs=thumbs,
        is_veiled=blindness.read(item.queue.blindness).model,
        sight=sight.of(request, item),
    )


def named_step(request: MemberRequest) -> UUID | None:
    """The step that the address names."""
    return _uuid(request.GET.get("step", ""))


def choices(shown: Sequence[ShownTrajectory], named: set[UUID | None]) -> list[StepChoice]:
    """The steps that a list offers, those that are `named` already among them."""
    return [StepChoice(run.uuid, label) for run, label in _choices(shown, named)]


def _choices(shown: Sequence[ShownTrajectory], named: set[UUID | None]) -> Iterator[tuple[OutlineRun, str]]:
    """The steps with what they are called."""
    is_long = sum(one.step_count for one in shown) > MOST_CHOICES
    for one in shown:
        window = one.trajectory.window
        near = range(window.earlier_count, window.earlier_count + len(window.steps))
        for index, step in enumerate(one.trajectory.steps):
            if not is_long or index in near or step.run.uuid in named:
                yield step.run, _label(step, one)


def _label(step: Step[OutlineRun], shown: ShownTrajectory) -> str:
    """Its number, its name where that tells something, and what it did."""
    gist = shown.gists.get(step.run.uuid, "")
    name = "" if gist and not shown.is_named(step.run) else step.run.name or step.run.type
    return " · ".join(part for part in (str(step.number), name, gist) if part)


def _is_carried(shown: list[ShownTrajectory], earlier: int) -> bool:
    """Whether the first trace tells all earlier turns itself, because its model was given them again."""
    return bool(shown) and shown[0].earlier_questions >= earlier


def excerpt(text: str, seen: Sight) -> str:
    """The beginning of a text of an item, for a row."""
    return markdown.plain(clip(text, "", characters=ROW_CHARACTERS, lines=ROW_LINES, mask=seen.mask).text)


def _earlier(request: MemberRequest, trace: Trace, item: Item, seen: Sight, at: UUID | None) -> EarlierTurn:
    address = reverse("trace-text", args=[request.workspace.slug, trace.uuid])
    asked, answered = (
        clip(text or "", f"trace:{name}", characters=EARLIER_CHARACTERS, mask=seen.mask)
        for name, text in (("input", trace.input), ("output", trace.output))
    )
    named = item_named(item, seen)
    query = urlencode({**({"item": named} if named else {}), "at": ""})
    is_current = at is not None and at == trace.root_run_uuid
    return EarlierTurn(trace, asked, answered, f"{address}?{query}", is_current=is_current)


def _thumbs(feedback: list[Feedback]) -> dict[UUID, str]:
    """For each run that has a thumb: which way the last one points."""
    return {
        one.run_uuid: "up" if one.score > 0 else "down" for one in feedback if one.run_uuid and one.score is not None
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
