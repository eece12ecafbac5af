"""How much is in projects: exact as of the last commit, and as cheap for a million traces as for ten.

A database trigger notes what every statement adds to a project (see the migration that makes it); the totals are sums
of these notes, and a sweep folds them, so that there are never many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from annotation.models import Project, TraceTally

RECENT = 500
"""Latencies are told of so many of a project's latest traces."""

_COLUMNS = ("traces", "runs", "errors", "input_tokens", "output_tokens", "cost")
_MOST_FOLDED = 50_000


@dataclass(frozen=True, slots=True)
class Totals:
    """What is in a project."""

    traces: int = 0
    runs: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)

    @property
    def error_rate(self) -> float | None:
        """The share of traces that ended in an error; None without traces."""
        return self.errors / self.traces if self.traces else None


@dataclass(frozen=True, slots=True)
class Lately:
    """How the latest traces of a project were; latencies in milliseconds."""

    started_at: datetime | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None


def totals(projects: Iterable[Project]) -> Mapping[int, Totals]:
    """By the project's primary key; projects without traces are left out."""
    found = TraceTally.objects.filter(project__in=[project.pk for project in projects]).values("project_id")
    summed = found.annotate(**{f"total_{name}": Sum(name) for name in _COLUMNS})
    rows = summed.values_list("project_id", *(f"total_{name}" for name in _COLUMNS))
    return {project: Totals(*sums) for project, *sums in rows}


_LATELY = """
SELECT project.id, recent.* FROM unnest(%s::bigint[]) AS project(id), LATERAL (
  SELECT max(started_at), percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms),
         percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms)
  FROM (SELECT started_at, latency_ms FROM annotation_trace
        WHERE project_id = project.id ORDER BY started_at DESC, id DESC LIMIT %s) AS latest
) AS recent
"""


def lately(projects: Iterable[Project]) -> Mapping[int, Lately]:
    """By the project's primary key, from the RECENT latest traces of each."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [[project.pk for project in projects], RECENT])
        return {project: Lately(*said) for project, *said in cursor.fetchall()}


_FOLD = """
WITH many AS (
  SELECT project_id FROM annotation_tracetally GROUP BY project_id HAVING count(*) > 1
), taken AS (
  DELETE FROM annotation_tracetally WHERE id IN (
    SELECT id FROM annotation_tracetally WHERE project_id IN (SELECT project_id FROM many)
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
  ) RETURNING *
)
INSERT INTO annotation_tracetally (project_id, traces, runs, errors, input_tokens, output_tokens, cost)
SELECT project_id, sum(traces), sum(runs), sum(errors), sum(input_tokens), sum(output_tokens), sum(cost)
FROM taken GROUP BY project_id
"""


def fold() -> None:
    """Put the notes of each project together into one; in one statement, so that no reader sees them twice or not at all.

    Two folding at once take different notes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [_MOST_FOLDED])
