"""Projects as the SDKs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotation.domain.traces import tallies
from annotation.domain.traces.tallies import Lately, Totals
from annotation.models import Project


def written(projects: Sequence[Project], *, with_stats: bool) -> list[dict[str, Any]]:
    """Projects of one workspace; with statistics in two statements more, whatever is in them."""
    if not with_stats:
        return [_one(project) for project in projects]
    totals, lately = tallies.totals(projects), tallies.lately(projects)
    return [
        _one(project) | _stats(totals.get(project.pk, Totals()), lately.get(project.pk, Lately()))
        for project in projects
    ]


def _one(project: Project) -> dict[str, Any]:
    dataset = project.reference_dataset
    return {
        "id": project.uuid,
        "tenant_id": project.workspace.uuid,
        "name": project.name,
        "description": project.description or None,
        "start_time": project.created_at,
        "end_time": project.ended_at,
        "extra": project.extra or None,
        "reference_dataset_id": dataset.uuid if dataset else None,
        "default_dataset_id": None,
        "trace_tier": None,
    }


def _stats(totals: Totals, lately: Lately) -> dict[str, Any]:
    return {
        "run_count": totals.runs,
        "prompt_tokens": totals.input_tokens,
        "completion_tokens": totals.output_tokens,
        "total_tokens": totals.input_tokens + totals.output_tokens,
        "total_cost": totals.cost,
        "error_rate": totals.error_rate,
        "last_run_start_time": lately.started_at,
        "latency_p50": _seconds(lately.p50_ms),
        "latency_p99": _seconds(lately.p99_ms),
    }


def _seconds(milliseconds: float | None) -> float | None:
    return milliseconds / 1000 if milliseconds is not None else None
