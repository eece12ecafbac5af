"""What the review page's template is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from annotation.domain.access import Capability
from annotation.domain.queues import rows, rubric_versions
from annotation.domain.reviews import masked, opening, originals, undo
from annotation.domain.reviews import rubric as review_rubric
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.meanwhile import Difference, differences
from annotation.domain.reviews.opening import Opened
from annotation.domain.reviews.undo import Last
from annotation.models import FailureMode, Item, Queue, Review
from annotation.web import sight
from annotation.web.forms.review_fields import ReviewFields
from annotation.web.http import MemberRequest
from annotation.web.views.review import asked_steps, correction, pair, trajectory, walk

TOLD = "review_done"
"""Where the session keeps what was just done, until the next page says it."""

LAYERS = (("model", "Model"), ("harness", "Harness"), ("context", "Context"))


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A failure mode to pick; `place` counts from 1, the first nine have a digit on the keyboard."""

    name: str
    definition: str
    is_picked: bool
    place: int
    group: str = ""


def address(request: MemberRequest, item: Item) -> str:
    """The page of an item."""
    return reverse("item-review", args=[request.workspace.slug, item.queue.uuid, item.number])


def kept_address(request: MemberRequest, item: Item) -> str:
    """The same, within the list that somebody goes through."""
    kept = walk.kept(request)
    return f"{address(request, item)}?{urlencode(kept)}" if kept else address(request, item)


def step_address(request: MemberRequest, item: Item) -> str:
    """The same at one of its steps, whose outside id is put behind."""
    return f"{address(request, item)}?{urlencode({**walk.kept(request), 'step': ''})}"


def queue_address(request: MemberRequest, queue: Queue) -> str:
    """Where the next item of a queue is taken."""
    return reverse("queue-review", args=[request.workspace.slug, queue.uuid])


def table_address(request: MemberRequest, queue: Queue) -> str:
    """Where a page of items is judged in rows."""
    return reverse("queue-table", args=[request.workspace.slug, queue.uuid])


def tell(request: MemberRequest, done: str) -> None:
    """Keep what was just done for the next page."""
    if done:
        request.session[TOLD] = done


def told(request: MemberRequest) -> str:
    """What was just done, once."""
    return str(request.session.pop(TOLD, ""))


def last(request: MemberRequest, queue: Queue) -> Last | None:
    """What undo would take back."""
    return undo.last(queue=queue, by=request.user)


def of(request: MemberRequest, opened: Opened, fields: ReviewFields) -> dict[str, Any]:
    """Everything on the page: the item and its queue, what it is about, the form, and where the form goes."""
    item, queue = opened.item, opened.queue
    earlier, traces = opening.turns(item)
    given, seen = fields.given, sight.of(request, item)
    source = correction.original(item, given, seen, trace=traces[-1] if traces else None)
    source = correction.masked_source(source, given, seen)
    project = traces[-1].project if traces else originals.project_of(item)
    return {
        "item": item,
        "queue": queue,
        "opened": opened,
        "known": replace(
            opened.known,
            reason=masked.reason(opened.known.reason, seen),
            flag_reason=seen.text(opened.known.flag_reason),
        ),
        "sight": sight.shown(request, queue, seen),
        "progress": opening.progress(queue, request.user, is_blind=request.actor.is_limited_to_queues),
        "done": told(request),
        "walk": walk.of(request, item),
        "last": last(request, queue),
        "may_clear": request.actor.may(Capability.EDIT),
        "fields": fields,
        "is_ahead": is_ahead(request, item),
        "fits_rows": not rows.hindrance(rubric_versions.questions_of(queue)),
        "labels": label_choices(opening.labels_of(project), fields.given.labels),
        "asked_steps": asked_steps.of(opened, fields, seen),
        "layers": LAYERS,
        "step_address": step_address(request, item),
        "marked_before": masked.evidence(opening.marked_before(item, traces, request.user), seen),
        "correction": correction.shown(source, fields.given, queue.target_dataset),
        **(
            pair.of(request, item, traces, address(request, item))
            if item.kind == Item.Kind.PAIR
            else trajectory.of(request, opened, earlier, traces, fields.given)
        ),
    }


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The person's review that was submitted from elsewhere, and where what they have here says something else."""

    review: Review
    differences: list[Difference]


def meanwhile(request: MemberRequest, opened: Opened, review: Review, given: ReviewInput) -> Meanwhile:
    """The same, as far as the person may read it; what is given fits the rubric."""
    seen = sight.of(request, opened.item)
    asked = review_rubric.validate(opened.rubric, given)
    found = differences(review, asked, opened.rubric)
    return Meanwhile(review, [replace(one, there=seen.text(one.there), here=seen.text(one.here)) for one in found])


def is_ahead(request: MemberRequest, item: Item) -> bool:
    """Whether the page that asks for another item has read this one's trajectory already."""
    return bool(request.htmx) and request.headers.get("X-Ahead") == str(item.number)


def label_choices(modes: Iterable[FailureMode], picked: tuple[str, ...]) -> list[LabelChoice]:
    """The failure modes in their order, picked ones marked; names that are not known yet stand at the end."""
    wanted = {name.lower(): name for name in picked}
    known = [
        LabelChoice(mode.name, mode.definition, wanted.pop(mode.name.lower(), None) is not None, place, mode.group)
        for place, mode in enumerate(modes, start=1)
    ]
    return known + [LabelChoice(name, "", True, len(known) + at) for at, name in enumerate(wanted.values(), start=1)]
