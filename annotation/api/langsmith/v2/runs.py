"""Runs and traces, version 2."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Refusal
from annotation.api.langsmith.runs.asking import filtered, moment, uuids
from annotation.api.langsmith.runs.asking import uuid as uuid_in
from annotation.api.langsmith.runs.shown import app_path
from annotation.api.langsmith.v2 import asking, selecting, streaming
from annotation.api.permissions import Needs
from annotation.domain.access import Capability
from annotation.domain.addresses import absolute
from annotation.domain.traces import run_listing
from annotation.domain.traces.run_listing import Wanted
from annotation.models import Project, Run

_AGGREGATES = {"TOTAL_TOKENS", "TOTAL_COST", "FIRST_TOKEN_TIME"}


class Reading(View):
    """Reads pages of runs, and writes them with the selected properties."""

    def page(
        self, wanted: Wanted, names: list[str], *, size: int, cursor: Any = None, **order: bool
    ) -> run_listing.Page:
        """A page of the wanted runs."""
        rows = run_listing.matching(self.visible(Run), wanted, workspace_id=self.actor.workspace.pk)
        with asking.answered():
            return run_listing.page(rows.only(*selecting.needed(names)), size=size, cursor=cursor, **order)

    def written(self, runs: list[Run], names: list[str]) -> list[dict[str, Any]]:
        """The runs as they are answered."""
        return selecting.written(runs, names, actor=self.actor, request=self.request)


class RunQueryView(Reading):
    """POST /api/v2/runs/query."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, request: Request) -> HttpResponseBase:
        """A page of runs."""
        body = asking.served(self._of_dataset(self.one()))
        names = selecting.selected(body.get("selects") or [])
        size = asking.size(body.get("page_size"), usual=100, most=1000)
        page = self.page(asking.wanted(body), names, size=size, cursor=body.get("cursor"))
        return streaming.page(request, self.written(page.runs, names), page.next_cursor)

    def _of_dataset(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same, with the projects that answer the rows of `reference_dataset_id`, since the first of them began."""
        dataset = uuid_in(body, "reference_dataset_id")
        if dataset is None:
            return body
        if body.get("project_ids"):
            raise Refusal(400, "Name either project_ids or reference_dataset_id.")
        answering = self.visible(Project).filter(reference_dataset__uuid=dataset).order_by("created_at")
        found = list(answering.values_list("uuid", "created_at"))
        since = {"min_start_time": found[0][1]} if found and not body.get("min_start_time") else {}
        named = [str(project) for project, _ in found] or [str(dataset)]  # that no project has
        return {**body, **since, "project_ids": named}


class RunView(Reading):
    """GET /api/v2/runs/{id}."""

    needs: ClassVar[Needs] = {"GET": Capability.READ}

    def get(self, request: Request, uuid: UUID) -> Response:
        """One run; 404 until it has come."""
        names = selecting.from_query(request)
        wanted = Wanted(projects=[asking.project(request.query_params)], ids=[uuid])
        runs = self.page(wanted, names, size=1).runs
        if not runs:
            raise NotFound("There is no run with this id in this project, or it has not come yet.")
        return Response(self.written(runs, names)[0])


class RunUrlView(Reading):
    """GET /api/v2/runs/{id}/url."""

    needs: ClassVar[Needs] = {"GET": Capability.READ}

    def get(self, _request: Request, uuid: UUID) -> Response:
        """Where people look at a run."""
        runs = self.page(Wanted(ids=[uuid]), [], size=1).runs
        if not runs:
            raise NotFound("There is no run with this id, or it has not come yet.")
        return Response({"url": absolute(app_path(runs[0]))})


class TraceQueryView(Reading):
    """POST /api/v2/traces/query."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, request: Request) -> HttpResponseBase:
        """A page of traces, each with its root run and its figures."""
        body = asking.served(self.one())
        names = selecting.selected(body.get("selects") or [])
        traces, (start, end) = uuids(body, "trace_ids"), asking.window(body)
        wanted = Wanted(
            projects=[asking.project(body)],
            traces=traces,
            is_root=True,
            started_from=moment(body, "min_start_time") if traces else start,
            started_to=end,
            on_run=filtered(body, "trace_filter"),
            in_tree=filtered(body, "tree_filter"),
            now=timezone.now(),
        )
        size = asking.size(body.get("page_size"), usual=100, most=1000)
        page = self.page(wanted, [*names, *_AGGREGATES], size=size, cursor=body.get("cursor"))
        roots = self.written(page.runs, ["TRACE_ID", *names])
        sums = self.written(page.runs, sorted(_AGGREGATES & set(names)))
        rows = [
            {"root_run": root, "trace_aggregates": {name: value for name, value in figures.items() if name != "id"}}
            for root, figures in zip(roots, sums, strict=True)
        ]
        return streaming.page(request, rows, page.next_cursor)


class TraceRunsView(Reading):
    """GET /api/v2/traces/{id}/runs."""

    needs: ClassVar[Needs] = {"GET": Capability.READ}

    def get(self, request: Request, uuid: UUID) -> Response:
        """All runs of a trace, in the order in which they began."""
        query = request.query_params
        names = selecting.from_query(request)
        wanted = Wanted(
            projects=[asking.project(query)],
            trace=uuid,
            started_from=moment(query, "min_start_time"),
            started_to=moment(query, "max_start_time"),
            on_run=filtered(query, "filter"),
            now=timezone.now(),
        )
        page = self.page(wanted, names, size=settings.MAX_RUNS_PER_TRACE, oldest_first=True)
        return Response({"items": self.written(page.runs, names)})
