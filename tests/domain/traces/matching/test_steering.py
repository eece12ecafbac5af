"""A search for words or figures takes the way that is shorter among the latest traces, and finds the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from annotation.domain.traces import listing, matching
from annotation.domain.traces.matching import steering
from annotation.models import Project, Trace
from tests.domain.traces.matching.conftest import NOW
from tests.factories import TraceFactory

pytestmark = pytest.mark.django_db
RARE, COMMON, LEFT_ALONE = ("off", "on", "on"), ("on", "off", "on"), ("on", "on", "on")
BY_FIGURES = ("off", "on", "off")
WAYS = {
    "refund": COMMON,
    "ref": COMMON,
    "refund or status is error": LEFT_ALONE,
    "refund and status is ok": COMMON,
    "refund and status is error": LEFT_ALONE,
    "needle": RARE,
    "needle and status is ok": RARE,
    '"refund needle"': RARE,
    "refund and needle": RARE,
    "not needle": LEFT_ALONE,
    "退款": LEFT_ALONE,
    "status is ok": LEFT_ALONE,
    "latency > 5m": BY_FIGURES,
    "latency > 5m and status is ok": BY_FIGURES,
    "cost >= 3 and tokens < 10": BY_FIGURES,
    "latency < 5m": LEFT_ALONE,
    "latency > 5m or tokens > 9": LEFT_ALONE,
    "latency exists": LEFT_ALONE,
    "refund and latency > 5m": LEFT_ALONE,
}


@pytest.fixture
def traces(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[Trace]:
    """Ten traces about refunds; the earliest, which no sample has, is the only one with the needle."""
    monkeypatch.setattr(steering, "SAMPLE", 5)
    monkeypatch.setattr(steering, "FURTHEST", 5)
    made = [
        TraceFactory(project=project, input="a refund 退款", latency_ms=900, started_at=NOW - timedelta(hours=n))
        for n in range(9)
    ]
    TraceFactory(input="needle", started_at=NOW)  # of others
    return [*made, TraceFactory(project=project, input="refund needle 退款", started_at=NOW - timedelta(hours=9))]


def scans() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('enable_indexscan'), current_setting('enable_bitmapscan'), current_setting('enable_seqscan')"
        )
        found: tuple[str, ...] = cursor.fetchone()
    return found


@pytest.mark.parametrize("text", WAYS)
def test_what_is_common_is_looked_for_along_the_list_and_what_is_rare_by_an_index(
    project: Project, traces: list[Trace], text: str
) -> None:
    asked = matching.compile(text, workspace=project.workspace, now=NOW)
    with matching.bounded():
        plain = list(asked.traces().order_by(*listing.ORDER))
        with asked.steered(Trace.objects.all()) as since:
            assert scans() == WAYS[text]
            assert list(asked.traces().order_by(*listing.ORDER)) == plain
            assert set(plain) <= set(traces)
        assert scans() == LEFT_ALONE
    assert since == (NOW - timedelta(hours=5) if WAYS[text] == COMMON else None)


def test_a_figure_over_common_words_counts_no_further_back_than_it_may(project: Project, traces: list[Trace]) -> None:
    asked = matching.compile("refund", workspace=project.workspace, now=NOW)
    with matching.bounded(), asked.steered(Trace.objects.all()) as since:
        drawn = listing.over_time(asked.traces(), since=since)
    assert drawn is not None
    assert drawn.is_latest
    assert (drawn.count, drawn.bars[0].start) == (6, datetime(2026, 3, 2, 7, 0, tzinfo=NOW.tzinfo))
    assert len(traces) == 10
