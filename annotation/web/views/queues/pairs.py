"""What came of the pairs of a queue, and making pairs out of two lists of traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.access import Capability
from annotation.domain.queues import items, pairing, subjects
from annotation.domain.queues.pairing import BadJoinError, Matched
from annotation.domain.queues.reasons import Origin, Reason
from annotation.domain.reviews.quality import preferences
from annotation.domain.traces import matching
from annotation.domain.traces.filters import FilterError
from annotation.models import Project, Queue, Trace
from annotation.web.access import member, queue_of, visible
from annotation.web.http import MemberRequest
from annotation.web.views.traces.choosing import Choice, chosen

MOST_SHOWN = 5
"""Pairs of a preview."""


@require_GET
@member(Capability.EDIT)
def queue_pairs(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Win rates and strengths by `?by=` (project, model, name or metadata.KEY; without it, the first in which the two of a pair
    differ); `?one=&other=` lists the items of a figure.
    """
    queue = queue_of(request, uuid)
    by, found = _compared(queue, _by(request))
    one, other = request.GET.get("one", ""), request.GET.get("other", "")
    chosen_items = found.items(one, other) if one else []
    context = {
        "workspace": request.workspace,
        "queue": queue,
        "by": by,
        "found": found,
        "one": one,
        "other": other,
        "items": preferences.listed(found, chosen_items),
        "item_count": len(chosen_items),
    }
    return render(request, "queues/pairs.html", context)


def _by(request: MemberRequest) -> str:
    """What is asked for; empty where nothing is that there is."""
    named = request.GET.get("by", "")
    if named == "metadata":
        named = pairing.METADATA + request.GET.get("key", "").strip()
    is_key = named.startswith(pairing.METADATA) and named != pairing.METADATA
    return named if is_key or named in preferences.NAMED else ""


def _compared(queue: Queue, asked: str) -> tuple[str, preferences.Results]:
    if asked:
        return asked, preferences.results(queue, asked)
    first = preferences.results(queue, preferences.PROJECT)
    if first.strengths or not first.met:
        return preferences.PROJECT, first
    others = ((by, preferences.results(queue, by)) for by in (preferences.MODEL, preferences.NAME))
    return next((one for one in others if one[1].strengths), (preferences.PROJECT, first))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the form asks for: two lists, what joins them, and how many pairs at most."""

    left: Choice
    right: Choice
    join: str
    key: str
    most: str

    @property
    def by(self) -> str:
        """As `pairing.matched` takes it."""
        return pairing.METADATA + self.key if self.join == "metadata" else self.join

    @property
    def limit(self) -> int:
        """How many pairs at most, within what is made at a time."""
        given = int(self.most) if self.most.isascii() and self.most.isdigit() and len(self.most) < 9 else 0
        return min(max(given, 1), pairing.MOST_PAIRS)


@require_http_methods(["GET", "POST"])
@member(Capability.EDIT)
def queue_pairs_new(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """Two lists of traces and what joins them: GET shows what would come of it, POST puts the pairs into the queue."""
    queue = queue_of(request, uuid)
    asked = _asked(request)
    context: dict[str, Any] = {
        "workspace": request.workspace,
        "queue": queue,
        "asked": asked,
        "projects": visible(request, Project).order_by("name"),
        "most_pairs": pairing.MOST_PAIRS,
    }
    if request.method == "GET" and "join" not in request.GET:
        return render(request, "queues/pairs_new.html", context)
    try:
        found = _matched(request, asked)
    except (FilterError, BadJoinError) as problem:
        return render(request, "queues/pairs_new.html", context | {"problem": str(problem)}, status=422)
    if request.method == "POST":
        return _made(request, queue, asked, found)
    return render(request, "queues/pairs_new.html", context | {"matched": found, "shown": _shown(request, found)})


def _asked(request: MemberRequest) -> _Asked:
    given = request.POST if request.method == "POST" else request.GET
    left, right = (Choice(given.get(f"{side}_filter", "").strip(), given.get(f"{side}_project", "")) for side in "ab")
    return _Asked(left, right, given.get("join", pairing.INPUT), given.get("key", "").strip(), given.get("most", "100"))


def _matched(request: MemberRequest, asked: _Asked) -> Matched:
    now = timezone.now()
    with matching.bounded():
        left, right = (chosen(request, side, now=now) for side in (asked.left, asked.right))
        return pairing.matched(left, right, by=asked.by, most=asked.limit)


def _shown(request: MemberRequest, found: Matched) -> list[tuple[Trace, Trace]]:
    """The first pairs, as traces."""
    first = found.pairs[:MOST_SHOWN]
    rows: QuerySet[Trace] = visible(request, Trace).filter(uuid__in=[uuid for pair in first for uuid in pair])
    known = {trace.uuid: trace for trace in rows.select_related("project")}
    return [(known[one], known[other]) for one, other in first if one in known and other in known]


def _made(request: MemberRequest, queue: Queue, asked: _Asked, found: Matched) -> HttpResponse:
    why = {pairing.INPUT: "same input", pairing.THREAD: "same thread"}.get(asked.by, f"same {asked.by}")
    reason = Reason(origin=Origin.HAND, by=str(request.user), why=(why,))
    try:
        result = items.add(
            queue=queue, subjects=[subjects.of_pair(*pair) for pair in found.pairs], reason=reason, by=request.user
        )
    except items.QueueClosedError as problem:
        messages.error(request, str(problem))
        return redirect("queue-pairs", request.workspace.slug, queue.uuid)
    stood = f" {result.present_count + result.removed_count} stood there before."
    messages.success(
        request,
        f"{result.added_count} pair{'' if result.added_count == 1 else 's'} added to {queue.name}."
        + (stood if result.present_count + result.removed_count else ""),
    )
    return redirect("queue-detail", request.workspace.slug, queue.uuid)
