"""The trace list: saved views, filter bar, histogram, rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotation.domain.access import Capability
from annotation.domain.paging import BadCursorError
from annotation.domain.traces import filters, listing, matching
from annotation.domain.traces.filters.tree import And, Node
from annotation.domain.traces.histogram import Histogram
from annotation.domain.traces.matching import pointing
from annotation.models import Feedback, Project, SavedView, Trace
from annotation.web.access import member, visible
from annotation.web.http import MemberRequest, page_or_fragment
from annotation.web.replica import from_replica
from annotation.web.views.traces.choosing import Choice, asked_for
from annotation.web.views.traces.detail import open_queues

#: How often a live list asks for news, in seconds.
LIVE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Chip:
    """One term of the filter: a click takes it into the input, the cross takes it away."""

    text: str
    edit: str
    remove: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view."""

    name: str
    address: str
    is_current: bool
    uuid: UUID | None = None


@dataclass(slots=True)
class Found:
    """What a choice came to: rows, or what is wrong with its filter and where; and whether the filter asks for steps."""

    page: listing.Page | None = None
    histogram: Histogram | None = None
    problem: filters.FilterError | None = None
    wrong: str = ""
    notice: str = ""
    parts: tuple[str, ...] = field(default=())
    names_steps: bool = False


@require_GET
@member(Capability.READ)
@from_replica
def trace_list(request: MemberRequest) -> HttpResponse:
    """The traces that `?filter=` and `?project=` choose; `?add=` is a term from the bar to be joined to the filter."""
    choice, added = Choice.of(request), request.GET.get("add", "").strip()
    found = Found()
    if added and "edit" not in request.GET:
        joined = _joined(choice.filter, added, found)
        if joined is not None:
            address = reverse("trace-list", args=[request.workspace.slug])
            return redirect(f"{address}{Choice(joined, choice.project).link()}")
    _look(request, choice, found)
    is_broken = bool(choice.filter) and found.wrong == choice.filter
    typed = {"typed": choice.filter if is_broken else added, "kept": "" if is_broken else choice.filter}
    context = typed | _context(request, choice, found)
    return page_or_fragment(
        request, "traces/list.html", context, fragment="traces", status=422 if found.problem else 200
    )


def _joined(known: str, added: str, found: Found) -> str | None:
    """The filter with a term more, in its canonical form; None and the problem when it cannot be read."""
    try:
        return filters.to_text(And((*_parts(filters.parse(known)), *_parts(filters.parse(added)))))
    except filters.FilterError as problem:
        found.problem, found.wrong = problem, added
        return None


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And) else (node,)


def _look(request: MemberRequest, choice: Choice, found: Found) -> None:
    try:
        asked, among = asked_for(request, choice, now=timezone.now())
        rows = asked.traces(among)
        found.parts = filters.chips(asked.tree)
        found.names_steps = pointing.names_steps(asked)
        with matching.bounded(), asked.steered(among) as since:
            found.page = listing.page(rows, feedback=visible(request, Feedback), cursor=choice.cursor)
            found.histogram = None if choice.cursor else listing.over_time(rows, since=since)
    except BadCursorError:
        found.notice = "That page of the list is no more: these are the latest traces."
        _look(request, Choice(choice.filter, choice.project), found)
    except filters.FilterError as problem:
        found.problem, found.wrong = problem, choice.filter


def _context(request: MemberRequest, choice: Choice, found: Found) -> dict[str, Any]:
    slug = request.workspace.slug
    address = reverse("trace-list", args=[slug])
    is_live = "live" in request.GET and not choice.cursor
    projects = list(visible(request, Project).order_by("name", "id"))
    return {
        "workspace": request.workspace,
        "choice": choice,
        "found": found,
        "address": address,
        "query": choice.query(),
        "tabs": _tabs(request, choice, address),
        "chips": _chips(choice, found),
        "projects": [(one, choice.link(project=one.slug), one.slug == choice.project) for one in projects],
        "project": next((one for one in projects if one.slug == choice.project), None),
        "all_projects": choice.link(project=""),
        "next": choice.link(cursor=found.page.next_cursor) if found.page and found.page.next_cursor else "",
        "first": choice.link() if choice.cursor else "",
        "rows": _rows(found, address, choice.link()),
        "here": choice.link(cursor=choice.cursor),
        "is_live": is_live,
        "live_seconds": LIVE_SECONDS,
        "toggle_live": choice.link() if is_live else f"{choice.link()}{'' if choice.link() == '?' else '&'}live=1",
        "is_new": _is_new(request, found),
        "may_edit": request.actor.may(Capability.EDIT),
        "may_administer": request.actor.may(Capability.ADMINISTER),
        "rule_filter": _rule_filter(request, choice, found),
        "queues": open_queues(request),
        "receiver": request.build_absolute_uri("/").rstrip("/"),
    }


def _rows(found: Found, address: str, within: str) -> list[tuple[Trace, listing.Row, str]]:
    """Each trace, what its row says, and its address within the list."""
    rows = found.page.rows if found.page else []
    return [(row.trace, row, f"{address}{row.trace.uuid}/{within}") for row in rows]


def _is_new(request: MemberRequest, found: Found) -> bool:
    """Whether the workspace has no traces at all, so that the empty list says how to send the first."""
    return bool(found.page) and not (found.page and found.page.rows) and not visible(request, Trace).exists()


def _rule_filter(request: MemberRequest, choice: Choice, found: Found) -> str:
    """The query of a new rule that catches what is listed, the chosen project too; empty for who makes no rules."""
    if not choice.filter or found.problem or not request.actor.may(Capability.ADMINISTER):
        return ""
    text = _joined(choice.filter, f'project is "{choice.project}"', Found()) if choice.project else choice.filter
    return urlencode({"filter": text or choice.filter})


def _tabs(request: MemberRequest, choice: Choice, address: str) -> list[Tab]:
    """All traces, then the saved views; the filter at hand is current by what it says, not by how it is written."""
    saved = visible(request, SavedView).order_by("position", "id")
    tabs = [Tab("All", f"{address}{Choice(project=choice.project).link()}", not choice.filter)]
    for view in saved:
        link = Choice(view.filter, choice.project).link()
        tabs.append(Tab(view.name, f"{address}{link}", bool(choice.filter) and view.filter == choice.filter, view.uuid))
    return tabs


def _chips(choice: Choice, found: Found) -> list[Chip]:
    made = []
    for index, text in enumerate(found.parts):
        rest = " and ".join(part for place, part in enumerate(found.parts) if place != index)
        link = choice.link(filter=rest)
        made.append(Chip(text, f"{link}{'' if link == '?' else '&'}{_edit(text)}", link))
    return made


def _edit(text: str) -> str:
    return urlencode({"add": text, "edit": "1"})
