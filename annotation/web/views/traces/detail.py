"""One trace to read: outline, conversation, what was said about it; over the list, or as a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.queues import membership
from annotation.domain.reviews import opening, quoted
from annotation.domain.traces import filters, matching, neighbours, veiled
from annotation.domain.traces.trajectory import trajectory
from annotation.domain.traces.whole import feedback_of
from annotation.models import FailureMode, Feedback, Item, Queue, Trace
from annotation.web.access import hides_model, member, readable_trace_of, visible
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.sight import is_whole, require_whole, trace_with
from annotation.web.trajectory import ShownTrajectory, is_more_of_outline, more_of_outline
from annotation.web.views.datasets import taking
from annotation.web.views.traces.choosing import Choice, chosen

#: How many labels the field suggests.
LABELS = 200


@require_GET
@member(Capability.READ, Capability.REVIEW)
def trace_detail(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """The trace. `?step=` is the step to stand at, `?raw=1` shows texts as they came, `?filter=` what to page within."""
    trace = readable_trace_of(request, uuid)
    require_whole(request, trace)
    choice = Choice.of(request)
    if is_more_of_outline(request):
        return more_of_outline(
            request,
            trace,
            page=address_of(request, trace),
            query=choice.query(),
            thumbs=thumbs_of(visible(request, Feedback), trace),
            is_veiled=hides_model(request, trace),
        )
    reading = shown(request, trace, choice)
    if elsewhere := _elsewhere(request, reading, choice):
        return redirect(elsewhere)
    context = {
        "trace": reading.trajectory.trace,
        "workspace": request.workspace,
        "shown": reading,
        "back": back_address(request, choice),
        "around": around(request, trace, choice),
        "may_delete": request.actor.may(Capability.EDIT),
        "take": taking.address(request, trace),
        "is_cost_computed": trace.runs.filter(price_uuid__isnull=False).exists,
        "whole": address_of(request, trace),
        "queued": queued(request, trace),
        **feedback_context(request, trace),
    }
    return page_or_fragment(request, "traces/trace.html", context, fragment="trace")


def address_of(request: MemberRequest, trace: Trace) -> str:
    """The page of a trace."""
    return reverse("trace-detail", args=[request.workspace.slug, trace.uuid])


def _elsewhere(request: MemberRequest, reading: ShownTrajectory, choice: Choice) -> str:
    """The page of another trace that has the step, as one before in the conversation has; empty where this has, or none."""
    wanted = _uuid(request.GET.get("step", ""))
    if wanted is None or reading.trajectory.at:
        return ""
    other = trace_with(request, wanted)
    return f"{address_of(request, other)}?{urlencode({**choice.query(), 'step': str(wanted)})}" if other else ""


def shown(request: MemberRequest, trace: Trace, choice: Choice) -> ShownTrajectory:
    """The trajectory at the step that the address names."""
    query = choice.query() | ({"raw": "1"} if "raw" in request.GET else {})
    is_veiled = hides_model(request, trace)
    whole = trajectory(trace, at=_uuid(request.GET.get("step", "")))
    return ShownTrajectory(
        veiled.trajectory(whole) if is_veiled else whole,
        workspace=request.workspace.slug,
        page=address_of(request, trace),
        query=query,
        is_raw="raw" in request.GET,
        thumbs=thumbs_of(visible(request, Feedback), trace),
        is_veiled=is_veiled,
    )


def thumbs_of(feedback: Any, trace: Trace) -> dict[UUID, str]:
    """For each run that has a thumb: which way the last one points."""
    rows = feedback.filter(
        trace_uuid=trace.uuid, key__in=opening.STEP_THUMBS, run_uuid__isnull=False, score__isnull=False
    )
    pairs = rows.order_by("created_at", "id").values_list("run_uuid", "score")
    return {run: "up" if score > 0 else "down" for run, score in pairs}


def feedback_context(request: MemberRequest, trace: Trace) -> dict[str, Any]:
    """What was said about a trace, and what is needed to say more."""
    rows = feedback_of(trace, feedback=visible(request, Feedback)).select_related("author", "failure_mode")
    may_give = request.actor.may(Capability.GIVE_FEEDBACK)
    modes = FailureMode.objects.filter(project=trace.project_id, merged_into__isnull=True).order_by("name")
    said = list(rows)
    return {
        "trace": trace,
        "workspace": request.workspace,
        "feedback": said,
        "passages": quoted.of_feedback(said) if is_whole(request, trace) else {},
        "step_address": f"{address_of(request, trace)}?step=",
        "mine": request.user.pk,
        "may_give": may_give,
        "is_blind": request.actor.is_limited_to_queues,  # what others said must not lead a reviewer
        "labels": list(modes.values_list("name", flat=True)[:LABELS]) if may_give else [],
        "queues": open_queues(request),
    }


def open_queues(request: MemberRequest) -> list[Queue]:
    """The queues that an editor may put traces into."""
    if not request.actor.may(Capability.EDIT):
        return []
    closed = (Queue.Status.COMPLETED, Queue.Status.ARCHIVED)
    return list(visible(request, Queue).exclude(status__in=closed).order_by("name", "id"))


def queued(request: MemberRequest, trace: Trace) -> list[Item]:
    """Where it waits for reviews or had them; none for reviewers, whom the state of others' reviews might lead."""
    if request.actor.is_limited_to_queues:
        return []
    return membership.of_trace(trace, items=visible(request, Item))


@dataclass(frozen=True, slots=True)
class Around:
    """The addresses of the traces before and after this one in the list; empty where there is none."""

    newer: str = ""
    older: str = ""


def around(request: MemberRequest, trace: Trace, choice: Choice) -> Around:
    """The neighbours within the filter of the list that the trace was opened from."""
    if not request.actor.may(Capability.READ):
        return Around()
    try:
        rows = chosen(request, choice, now=timezone.now())
        with matching.bounded(milliseconds=800):  # a convenience: never worth a wait
            found = neighbours.of(trace, rows)
    except filters.FilterError:
        return Around()
    return Around(_address(request, found.newer, choice), _address(request, found.older, choice))


def _address(request: MemberRequest, uuid: UUID | None, choice: Choice) -> str:
    if uuid is None:
        return ""
    query = choice.query()
    address = reverse("trace-detail", args=[request.workspace.slug, uuid])
    return f"{address}?{urlencode(query)}" if query else address


def back_address(request: MemberRequest, choice: Choice) -> str:
    """The list that the trace was opened from; reviewers have no list."""
    if not request.actor.may(Capability.READ):
        return ""
    address, query = reverse("trace-list", args=[request.workspace.slug]), choice.query()
    return f"{address}?{urlencode(query)}" if query else address


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
