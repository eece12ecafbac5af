"""Reading runs, version 1: a query, one run, and figures over a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.runs import asking
from annotation.api.langsmith.runs.shown import ALL, FIELDS, columns, shown
from annotation.api.permissions import Needs
from annotation.domain.access import Capability
from annotation.domain.traces import run_listing
from annotation.domain.traces.filters.errors import FilterError
from annotation.models import Run

LARGEST_PAGE = 100


class RunQueryView(View):
    """POST /runs/query."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, request: Request) -> Response:
        """A page of the runs that are asked for."""
        body = self.one()
        size = wire.number(body.get("limit", LARGEST_PAGE), "limit", least=1, most=LARGEST_PAGE, status=400)
        names = _selected(body)
        found = page(self, body, names, size=size)
        runs = shown(found.runs, names, actor=self.actor, request=request)
        return Response({"runs": runs, "cursors": wire.cursors(found.next_cursor), "search_cursors": None})


def page(view: View, body: Mapping[str, Any], names: tuple[str, ...], *, size: int) -> run_listing.Page:
    """The page that a body asks for, in either version."""
    wanted = asking.wanted(body)
    rows = run_listing.matching(view.visible(Run), wanted, workspace_id=view.actor.workspace.pk)
    try:
        return run_listing.page(
            rows.only(*columns(names)),
            size=size,
            cursor=body.get("cursor"),
            oldest_first=str(body.get("order", "desc")).lower() == "asc",
        )
    except FilterError as problem:
        raise asking.bad_filter("filter", problem) from problem


def _selected(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that are selected, always with the id; names that nobody knows are left out."""
    asked = body.get("select")
    if not isinstance(asked, list) or not asked:
        return ALL
    return tuple(dict.fromkeys(["id", *(name for name in asked if isinstance(name, str) and name in FIELDS)]))


def one(runs: QuerySet[Run], uuid: UUID, names: tuple[str, ...]) -> Run:
    """The run with this id among the visible ones; 404, also while it has not come."""
    found = runs.select_related("trace__project__workspace").only(*columns(names)).filter(uuid=uuid).first()
    if found is None:
        raise NotFound("There is no run with this id, or it has not come yet.")
    return found
