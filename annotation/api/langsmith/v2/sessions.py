"""Projects, version 2: in pages, with what they are for, and null where something is to be emptied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.projects import reading, views, writing
from annotation.api.langsmith.v2 import asking
from annotation.api.langsmith.v2.selecting import amount
from annotation.domain import paging
from annotation.domain.ingest.langsmith import address
from annotation.domain.projects import projects as changing
from annotation.models import Project

_IS_AGENT = Q(name__regex=address.NAME, reference_dataset__isnull=True)
_TYPES = {
    "EXPERIMENT": Q(reference_dataset__isnull=False),
    "AGENT": _IS_AGENT,
    "PROJECT": Q(reference_dataset__isnull=True) & ~_IS_AGENT,
}
_ORDERS = {"NAME": "name", "START_TIME": "created_at"}
_NOT_SERVED = ("filter", "stats_filter", "stats_start_time", "tag_value_id", "sort_by_feedback_key")


def type_of(project: Project) -> str:
    """What a project is for: answers of a dataset's rows, the runs of an agent in one environment, or any runs."""
    if project.reference_dataset_id:
        return "EXPERIMENT"
    return "AGENT" if address.is_of_agent(project.name) else "PROJECT"


def written(projects: Sequence[Project], *, with_stats: bool) -> list[dict[str, Any]]:
    """As version 1 tells them, with their type and the cost as a number."""
    rows = writing.written(projects, with_stats=with_stats)
    for row, project in zip(rows, projects, strict=True):
        row["type"] = type_of(project)
        if with_stats:
            row["total_cost"] = amount(row["total_cost"])
    return rows


class SessionListView(views.SessionListView):
    """`/api/v2/sessions`."""

    written = staticmethod(written)

    def get(self, request: Request) -> Response:
        """A page of projects, the newest first unless the query says otherwise."""
        asked = request.query_params
        if wrong := next((name for name in _NOT_SERVED if asked.get(name)), None):
            raise Refusal(501, f"{wrong} is not supported here: find projects by name, metadata, dataset or type.")
        rows = reading.wanted(request, self.visible(Project)).filter(_of_type(request))
        rows = rows.select_related("workspace", "reference_dataset")
        size = asking.size(asked.get("page_size"), usual=wire.DEFAULT_SIZE, most=wire.LARGEST_SIZE)
        page = paging.page(rows, order=_order(request), size=size, cursor=asked.get("cursor"))
        found = self.written(page.rows, with_stats=bool(wire.flag(request, "include_stats")))
        return Response(wire.items(found, page.next_cursor))

    def post(self, request: Request) -> Response:
        """Make a project; 409 for a taken name, unless `upsert`. What it is for follows from its dataset and its name."""
        sent = self.one()
        if sent.get("type") not in _TYPES:
            raise Invalid(f"type has to be one of: {', '.join(_TYPES)}.")
        return super().post(request)


class SessionView(views.SessionView):
    """`/api/v2/sessions/{id}`."""

    written = staticmethod(written)

    def patch(self, _request: Request, uuid: UUID) -> Response:
        """Change what is sent: null empties, and of `extra` takes out a key."""
        project, sent = self.project(uuid), self.one()
        said = reading.said_in(sent) | _emptied(sent)
        if sent.get("extra") is not None:
            said["extra_keys"] = said.pop("extra")
        with views.taken_names():
            changing.change(project=project, by=self.actor.person, name=reading.name_in(sent), **said)
        return self.answer(project)


def _emptied(sent: Mapping[str, Any]) -> dict[str, Any]:
    emptied = {name for name in ("description", "extra", "end_time") if name in sent and sent[name] is None}
    nothing = {"description": "", "extra": {}}
    changes: dict[str, Any] = {name: nothing[name] for name in emptied & nothing.keys()}
    return changes | {"goes_on": "end_time" in emptied}


def _of_type(request: Request) -> Q:
    condition, named = Q(), wire.texts(request, "type")
    for name in named:
        if name.upper() not in _TYPES:
            raise Invalid(f"type has to be one of: {', '.join(_TYPES)}.")
        condition |= _TYPES[name.upper()]
    if datasets := wire.uuids(request, "reference_dataset_id"):
        condition &= Q(reference_dataset__uuid__in=datasets)
    return condition


def _order(request: Request) -> tuple[str, str]:
    named = request.query_params.get("sort_by", "START_TIME").upper()
    if named not in _ORDERS:
        raise Refusal(501, f"sort_by={named} is not supported here: sort by {' or '.join(_ORDERS)}.")
    sign = "" if request.query_params.get("sort_order", "desc").lower() == "asc" else "-"
    return f"{sign}{_ORDERS[named]}", f"{sign}id"
