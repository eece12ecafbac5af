"""Conversations, version 2: a list, the turns of one, and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Refusal
from annotation.api.langsmith.runs.asking import filtered
from annotation.api.langsmith.runs.statistics import latest, seconds
from annotation.api.langsmith.v2 import asking, selecting, streaming
from annotation.api.langsmith.v2.runs import Reading
from annotation.api.langsmith.v2.selecting import amount
from annotation.api.permissions import Needs
from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.traces import figures, thread_listing
from annotation.domain.traces.figures import Figures
from annotation.domain.traces.matching.fields import Scope
from annotation.domain.traces.run_listing import Wanted
from annotation.domain.traces.thread_listing import ThreadRow
from annotation.models import Feedback, Run, Trace


class _Threads(Reading):
    def traces(self, body: Mapping[str, Any], *, project: UUID, filters: tuple[str, ...]) -> QuerySet[Trace]:
        """The traces of a project whose root, or any run, meets what is asked for."""
        rows = self.visible(Trace).filter(project__uuid=project)
        on_root = tuple(node for name in filters for node in filtered(body, name))
        scope = Scope(self.actor.workspace.pk, timezone.now())
        return thread_listing.among(rows, scope=scope, on_root=on_root, in_tree=filtered(body, "tree_filter"))

    def lately(self, body: Mapping[str, Any]) -> QuerySet[Trace]:
        """The same in the time that is asked for."""
        if body.get("thread_filter"):
            raise Refusal(501, "thread_filter is not supported here: use filter, trace_filter or tree_filter.")
        start, end = asking.window(body)
        rows = self.traces(body, project=asking.project(body), filters=("filter", "trace_filter"))
        rows = rows.filter(started_at__gte=start)
        return rows.filter(started_at__lt=end) if end else rows


class ThreadQueryView(_Threads):
    """POST /api/v2/threads/query."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, request: Request) -> HttpResponseBase:
        """A page of conversations, the one with the latest trace first."""
        body = asking.served(self.one())
        size = asking.size(body.get("page_size"), usual=20, most=100)
        with asking.answered():
            page = thread_listing.page(self.lately(body), size=size, cursor=body.get("cursor"))
        return streaming.page(request, [_thread(row) for row in page.rows], page.next_cursor)


def _thread(row: ThreadRow) -> dict[str, Any]:
    found = row.figures
    return {
        "thread_id": row.thread_id,
        "count": found.count,
        "start_time": found.first_start,
        "min_start_time": found.first_start,
        "max_start_time": found.last_start,
        "latency_p50": seconds(found.latency_p50),
        "latency_p99": seconds(found.latency_p99),
        "total_tokens": found.total_tokens,
        "total_cost": amount(found.cost),
        "num_errored_turns": found.errors,
        "first_inputs": getattr(row.first, "input_head", None),
        "last_outputs": getattr(row.last, "output_head", None),
        "first_trace_id": row.first.uuid,
        "last_trace_id": row.last.uuid,
        "trace_id": row.last.uuid,
        "last_error": row.failed.error if row.failed else None,
        "feedback_stats": {},
    }


class ThreadTracesView(_Threads):
    """GET /api/v2/threads/{id}/traces."""

    needs: ClassVar[Needs] = {"GET": Capability.READ}

    def get(self, request: Request, thread: str) -> Response:
        """The turns of a conversation, in their order."""
        query = request.query_params
        asked = [*wire.texts(request, "selects"), *wire.texts(request, "selects[]")]
        names = selecting.selected([name for name in asked if name.upper() not in ("TURN_NUMBER", "TRACE_ID")])
        wanted = Wanted(
            projects=[asking.project(query)],
            thread=thread,
            is_root=True,
            on_run=(*filtered(query, "filter"), *filtered(query, "trace_filter")),
            in_tree=filtered(query, "tree_filter"),
            now=timezone.now(),
        )
        size = asking.size(query.get("page_size"), usual=20, most=100)
        page = self.page(wanted, [*names, "TRACE_ID"], size=size, cursor=query.get("cursor"), oldest_first=True)
        turns = self._turns(page.runs) if "TURN_NUMBER" in {name.upper() for name in asked} else {}
        rows = self.written(page.runs, [*names, "TRACE_ID"])
        return Response(wire.items([{**row, **turns.get(row["trace_id"], {})} for row in rows], page.next_cursor))

    def _turns(self, runs: list[Run]) -> dict[UUID, dict[str, int]]:
        """Which turn of the conversation each trace is, from one."""
        if not runs:
            return {}
        first = runs[0].trace
        traces = self.visible(Trace).filter(project_id=first.project_id, thread_id=first.thread_id)
        before = traces.filter(started_at__lt=first.started_at).count()
        return {run.trace.uuid: {"turn_number": before + number} for number, run in enumerate(runs, 1)}


class ThreadStatsView(_Threads):
    """GET /api/v2/threads/{id}/stats."""

    needs: ClassVar[Needs] = {"GET": Capability.READ}

    def get(self, request: Request, thread: str) -> Response:
        """What a conversation comes down to."""
        query = request.query_params
        asked = {part.upper() for one in wire.texts(request, "selects") for part in one.split(",") if part}
        project = asking.project(query, "session_id")
        with asking.answered():
            rows = self.traces(query, project=project, filters=("filter",)).filter(thread_id=thread)
            written = _stats(figures.of_rows(rows))
            if "FEEDBACK_STATS" in asked:
                given = access.visible(self.actor, Feedback).filter(trace_uuid__in=rows.values("uuid"))
                written["FEEDBACK_STATS"] = ("feedback_stats", latest(given))
        return Response({name: value for key, (name, value) in written.items() if key in asked})


def _stats(found: Figures) -> dict[str, tuple[str, Any]]:
    return {
        "TURNS": ("turns", found.count),
        "FIRST_START_TIME": ("first_start_time", found.first_start),
        "LAST_START_TIME": ("last_start_time", found.last_start),
        "LAST_END_TIME": ("last_end_time", found.last_end),
        "LATENCY_P50": ("latency_p50_seconds", seconds(found.latency_p50)),
        "LATENCY_P99": ("latency_p99_seconds", seconds(found.latency_p99)),
        "PROMPT_TOKENS": ("prompt_tokens", found.input_tokens),
        "COMPLETION_TOKENS": ("completion_tokens", found.output_tokens),
        "TOTAL_TOKENS": ("total_tokens", found.total_tokens),
        "TOTAL_COST": ("total_cost", amount(found.cost)),
    }


class ThreadsStatsView(_Threads):
    """POST /api/v2/threads/stats."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, _request: Request) -> Response:
        """What all conversations of a time come down to."""
        body = self.one()
        asked = {str(name).upper() for name in body.get("select") or []}
        if not asked:
            raise Refusal(400, "select has to name at least one figure.")
        if body.get("stride"):
            raise Refusal(501, "stride is not supported here: ask for each time by itself.")
        with asking.answered():
            rows = self.lately(body).filter(thread_id__isnull=False)
            found = figures.of_rows(rows)
            threads = thread_listing.count(rows)
        written = {
            **_stats(found),
            "THREAD_COUNT": ("thread_count", threads),
            "TRACE_COUNT": ("trace_count", found.count),
            "ERROR_RATE": ("error_rate", found.error_rate),
            "MEDIAN_TOKENS": ("median_tokens", None if found.tokens_p50 is None else round(found.tokens_p50)),
        }
        return Response({name: value for key, (name, value) in written.items() if key in asked})
