"""What reviewers would see of a queue's latest item, by settings that are not saved yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotation.domain.access import Capability
from annotation.domain.queues import sight
from annotation.domain.queues.presentation import Texts
from annotation.domain.reviews import opening, presented
from annotation.domain.traces.trajectory import trajectory
from annotation.models import Item, Queue, Trace
from annotation.web.access import member, queue_of
from annotation.web.forms.queue_sight import SightFields
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.trajectory import ShownTrajectory


@require_POST
@member(Capability.ADMINISTER)
def sight_preview(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The latest item that has a trace, as the form would have it shown."""
    queue, form = queue_of(request, uuid), SightFields(request.POST)
    context: dict[str, Any] = {"workspace": request.workspace, "queue": queue}
    if not form.is_valid():
        context["problem"] = " ".join(str(words) for problems in form.errors.values() for words in problems)
    elif found := _latest(queue):
        context["item"], trace = found
        context["shown"] = _shown(request, context["item"], trace, form)
    response = page_or_fragment(request, "queues/sight_preview.html", context, fragment="sight-preview")
    response.content = sight.numbered_for_now(response.content.decode())
    return response


def _latest(queue: Queue) -> tuple[Item, Trace] | None:
    for item in queue.items.exclude(state=Item.State.REMOVED).order_by("-id")[:5]:
        if traces := opening.turns(item)[1]:
            return item, traces[-1]
    return None


def _shown(request: MemberRequest, item: Item, trace: Trace, form: SightFields) -> ShownTrajectory:
    settings = form.sight()
    seen = sight.tried(item, settings["presentation"], settings["masking"])
    facts = presented.facts(trace, settings["presentation"].facts, seen)
    return ShownTrajectory(
        presented.trajectory(trajectory(trace, at=item.run_uuid, mask=seen.mask), seen),
        workspace=request.workspace.slug,
        page=reverse("item-review", args=[request.workspace.slug, item.queue.uuid, item.number]),
        prefix="preview-",
        is_raw=seen.presentation.texts is Texts.RAW,
        has_raw=False,
        has_times=seen.presentation.figures,
        facts=facts,
    )
