"""Figures over a query of runs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith.base import View
from annotation.api.langsmith.runs import asking
from annotation.api.langsmith.runs.shown import feedback_stats
from annotation.api.permissions import Needs
from annotation.domain import access
from annotation.domain.access import Capability
from annotation.domain.feedback import stats
from annotation.domain.traces import figures, run_listing
from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.matching.bounds import bounded
from annotation.models import Feedback, Run

MOST_FEEDBACK = 10_000
"""How many of the latest feedback the figures look at."""


class RunStatsView(View):
    """POST /runs/stats."""

    needs: ClassVar[Needs] = {"POST": Capability.READ}

    def post(self, _request: Request) -> Response:
        """What the runs that are asked for come down to."""
        wanted = asking.wanted(self.one())
        runs = run_listing.matching(self.visible(Run), wanted, workspace_id=self.actor.workspace.pk)
        try:
            found, waited = figures.of_rows(runs), figures.first_tokens(runs)
            given = access.visible(self.actor, Feedback).filter(run_uuid__in=runs.values("uuid"))
            said = latest(given)
        except FilterError as problem:
            raise asking.bad_filter("filter", problem) from problem
        return Response({**_written(found), **_waited(waited), "feedback_stats": said, "run_facets": []})


def latest(given: QuerySet[Feedback]) -> dict[str, Any]:
    """The stats of the latest feedback, by key. Raises FilterError when finding it takes too long."""
    with bounded():
        return {
            key: feedback_stats(one) for key, one in stats.by_key(given.order_by("-created_at")[:MOST_FEEDBACK]).items()
        }


def seconds(milliseconds: float | None) -> float | None:
    """Milliseconds as the protocol has them."""
    return None if milliseconds is None else milliseconds / 1000


def _waited(waited: tuple[float | None, float | None]) -> dict[str, Any]:
    return {"first_token_p50": seconds(waited[0]), "first_token_p99": seconds(waited[1])}


def _written(found: figures.Figures) -> dict[str, Any]:
    return {
        "run_count": found.count,
        "latency_p50": seconds(found.latency_p50),
        "latency_p99": seconds(found.latency_p99),
        "total_tokens": found.total_tokens or 0,
        "prompt_tokens": found.input_tokens or 0,
        "completion_tokens": found.output_tokens or 0,
        "median_tokens": found.tokens_p50,
        "tokens_p50": found.tokens_p50,
        "tokens_p99": found.tokens_p99,
        "total_cost": found.cost,
        "prompt_cost": None,
        "completion_cost": None,
        "cost_p50": found.cost_p50,
        "cost_p99": found.cost_p99,
        "last_run_start_time": found.last_start,
        "error_rate": found.error_rate,
        "streaming_rate": None,
    }
