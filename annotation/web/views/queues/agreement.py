"""How far the reviewers of a queue agree; every figure opens its items."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.queues import counts
from annotation.domain.reviews.quality import consistency, figures, queries
from annotation.domain.reviews.quality.figures import Agreement, Confusion
from annotation.domain.reviews.quality.queries import Overview
from annotation.web.access import member, queue_of
from annotation.web.http import MemberRequest


@require_GET
@member(Capability.READ)
def queue_agreement(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """All questions with their figures, and one in detail: `?question=`; `?one=&other=` are two people to compare, and
    `?row=&column=` a cell of their table.
    """
    queue = queue_of(request, uuid)
    shown = queries.overview(queue)
    context: dict[str, Any] = {"workspace": request.workspace, "queue": queue, "overview": shown}
    may_edit = context["may_edit"] = request.actor.may(Capability.EDIT)
    if may_edit:  # who is measured is not told by what
        context |= {"gold": consistency.gold(queue), "consistency": consistency.consistency(queue)}
    context["disputes"] = counts.of_queue(queue, person=None).disagreement
    current = _current(shown, request.GET.get("question", ""))
    if current:
        context |= {"current": current} | _detail(request, shown, current)
    return render(request, "queues/agreement.html", context)


def _current(shown: Overview, key: str) -> Agreement | None:
    """The question that the address names, else the first that two people answered about something."""
    named = next((one for one in shown.agreements if one.asked.key == key), None)
    return named or next((one for one in shown.agreements if one.items), None)


def _detail(request: MemberRequest, shown: Overview, current: Agreement) -> dict[str, Any]:
    asked, found = current.asked, figures.units(shown.given, current.asked.key)
    pair = _pair(request, shown)
    table = queries.confusion(shown, asked, *pair)
    cell = _cell(request, table) if table else None
    items = figures.in_cell(found, table, cell) if table and cell else figures.disagreed(found)
    return {
        "one": pair[0],
        "other": pair[1],
        "confusion": table,
        "cell": cell and " / ".join(asked.worded(value) for value in cell),
        "splits": queries.splits(shown, asked, items),
        "split_count": len(items),
    }


def _pair(request: MemberRequest, shown: Overview) -> tuple[UUID | None, UUID | None]:
    """The two people that the address names, else the first two."""
    known = {str(person.uuid): person.uuid for person in shown.reviewers}
    usual = [*known.values(), None, None]
    return (
        known.get(request.GET.get("one", ""), usual[0]),
        known.get(request.GET.get("other", ""), usual[1]),
    )


def _cell(request: MemberRequest, table: Confusion) -> tuple[Any, Any] | None:
    """The two answers whose places the address names."""
    places = (request.GET.get("row", ""), request.GET.get("column", ""))
    if not all(place.isascii() and place.isdigit() and int(place) < len(table.values) for place in places):
        return None
    return table.values[int(places[0])], table.values[int(places[1])]
