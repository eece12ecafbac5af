"""How far the reviewers of a queue agree; every figure opens its items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.queues import counts
from annotation.domain.reviews.quality import consistency, figures, queries
from annotation.domain.reviews.quality.figures import Agreement, Confusion, Unit, Units
from annotation.domain.reviews.quality.queries import Overview
from annotation.web.access import member, queue_of
from annotation.web.http import MemberRequest


@require_GET
@member(Capability.READ)
def queue_agreement(request: MemberRequest, uuid: UUID) -> HttpResponse:
    """All questions with their figures, and one in detail: `?question=`; `?one=&other=` are two people to compare.

    The list below is of the items on which answers differ, or of those behind another figure: `?show=` compared, alike or both
    (answered by the two people), `?answer=` (the place of an answer), or `?row=&column=`, a cell of the table.
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
    listed = _listed(request, current, found, table)
    return {
        "one": pair[0],
        "other": pair[1],
        "confusion": table,
        "listed": listed,
        "splits": queries.splits(shown, asked, listed.units),
    }


@dataclass(frozen=True, slots=True)
class Listed:
    """The items or steps behind a figure; `words` say which, after "Items", `none` what it means that there are none."""

    words: str
    units: Sequence[Unit]
    answers: int | None = None
    none: str = ""


def _listed(request: MemberRequest, current: Agreement, found: Units, table: Confusion | None) -> Listed:
    """What the address asks for, else those on which answers differ."""
    if table and (cell := _cell(request, table)):
        said = " / ".join(current.asked.worded(value) for value in cell)
        return Listed(f"answered {said}", figures.in_cell(found, table, cell))
    if (place := _place(request, "answer", len(current.balance))) is not None:
        share = current.balance[place]
        return Listed(f"answered {share.label}", figures.answered(found, share.value), share.count)
    match request.GET.get("show"):
        case "compared":
            return Listed("that at least two people answered", figures.compared(found))
        case "alike":
            return Listed(
                "on which all answers are alike", figures.alike(found), none="None: on each somebody differs."
            )
        case "both" if table:
            return Listed("that both people answered", figures.of_both(found, table.one, table.other))
    none = "None: everybody gave the same answer."
    return Listed("on which answers differ", figures.disagreed(found), none=none)


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
    row, column = (_place(request, name, len(table.values)) for name in ("row", "column"))
    return None if row is None or column is None else (table.values[row], table.values[column])


def _place(request: MemberRequest, name: str, size: int) -> int | None:
    """The place that the address has under this name, where it is one of so many."""
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 and int(said) < size else None
