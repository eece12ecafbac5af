"""The trace list: a page of rows with what was said about them, and how many there were over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, CharField, Func, Q, QuerySet
from django.db.models.functions import Cast, Extract, Floor, Left

from annotation.domain import markdown, paging
from annotation.domain.traces.histogram import Histogram, histogram
from annotation.models import Feedback, Trace

ORDER = ("-started_at", "-id")
PAGE_SIZE = 50
#: The histogram looks at so many of the latest traces at most, so that no filter can make it count for long.
COUNTED = 5_000
#: Characters of input and output that a row shows.
SHOWN = 240

_COLUMNS = (
    "id", "uuid", "workspace_id", "project_id", "name", "status", "error", "started_at", "latency_ms", "thread_id",
    "total_tokens", "cost", "verdict", "verdict_source", "run_count", "error_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A trace in the list; `input` and `output` are the first words."""

    trace: Trace
    input: str
    output: str
    labels: tuple[str, ...]
    layers: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the cursor of those that follow."""

    rows: list[Row]
    next_cursor: str | None


class _OneLine(Func):
    """Any run of white space as one blank, so that a cut text has as many words as fit."""

    function = "regexp_replace"
    template = r"%(function)s(%(expressions)s, '\s+', ' ', 'g')"
    output_field = CharField()


def page(rows: QuerySet[Trace], *, feedback: QuerySet[Feedback], cursor: str = "") -> Page:
    """A page of the traces, latest first. Raises BadCursorError. Two queries."""
    light = rows.only(*_COLUMNS).annotate(
        input_head=_OneLine(Left("input", SHOWN)), output_head=_OneLine(Left("output", SHOWN))
    )
    found = paging.page(light, order=ORDER, size=PAGE_SIZE, cursor=cursor)
    said = _said(feedback, [trace.uuid for trace in found.rows])
    return Page([_row(trace, said.get(trace.uuid, [])) for trace in found.rows], found.next_cursor)


def over_time(rows: QuerySet[Trace], *, since: datetime | None = None) -> Histogram | None:
    """The latest traces over time, or those since a time. One query, over at most COUNTED rows."""
    rows = rows.filter(started_at__gte=since) if since else rows
    second = Cast(Floor(Extract("started_at", "epoch")), BigIntegerField())  # thousands of times would take their time
    latest = rows.order_by(*ORDER).annotate(second=second)[:COUNTED]
    failed = Q(status="error") | Q(verdict="bad")
    found = latest.aggregate(times=ArrayAgg("second"), failed=ArrayAgg("second", filter=failed))
    drawn = histogram(found["times"] or [], found["failed"] or [])
    return drawn and replace(drawn, is_latest=since is not None or drawn.count == COUNTED)


def _said(feedback: QuerySet[Feedback], traces: Sequence[UUID]) -> dict[UUID, list[Feedback]]:
    """What was said about each trace, in the order of arrival."""
    by_trace: dict[UUID, list[Feedback]] = {}
    known = feedback.filter(trace_uuid__in=traces).order_by("created_at", "id")
    for one in known.only("id", "uuid", "trace_uuid", "key", "score", "value", "source"):
        if one.trace_uuid:
            by_trace.setdefault(one.trace_uuid, []).append(one)
    return by_trace


def _row(trace: Trace, said: Sequence[Feedback]) -> Row:
    return Row(
        trace,
        markdown.plain(getattr(trace, "input_head", None) or ""),
        markdown.plain(getattr(trace, "output_head", None) or ""),
        tuple(dict.fromkeys(str(one.value) for one in said if one.key == "label" and one.value)),
        tuple(dict.fromkeys(str(one.value) for one in said if one.key == "layer" and one.value)),
        _decider(trace, said),
    )


def _decider(trace: Trace, said: Sequence[Feedback]) -> str:
    """Who decided the verdict, in a few words: "user, thumbs down" or "judge 0.48"."""
    source = trace.verdict_source or ""
    spoken = [one for one in said if one.source == source and one.key not in ("label", "layer", "note")]
    if not spoken or not source:
        return source
    last = spoken[-1]
    if last.key == "thumbs" and last.score is not None and source == Feedback.Source.USER:
        return f"user, thumbs {'up' if last.score > 0 else 'down'}"
    if source == Feedback.Source.JUDGE and last.score is not None:
        return f"judge {last.score:.2g}"
    return source
