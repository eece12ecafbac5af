"""Every field of the filter language against rows in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Collate

from annotation.domain.traces.filters.fields import (
    FEEDBACK_FIELDS,
    RUN_FIELDS,
    RUN_TYPES,
    SOURCES,
    STATUSES,
    TRACE_FIELDS,
)
from annotation.domain.traces.matching import fields
from annotation.domain.traces.matching.expressions import AsNumber
from annotation.models import Feedback, Project, Run, RunStatus
from tests.domain.traces.matching.conftest import NOW, Passing
from tests.factories import (
    ProjectFactory,
    RunFactory,
    TraceFactory,
)


def test_every_field_has_a_place_in_the_database() -> None:
    assert fields.TRACE.keys() == TRACE_FIELDS.keys()
    assert fields.RUN.keys() == RUN_FIELDS.keys()
    assert fields.FEEDBACK.keys() == FEEDBACK_FIELDS.keys()


def test_the_language_offers_what_the_columns_hold() -> None:
    assert set(RUN_TYPES) == set(Run.Type.values)
    assert set(STATUSES) == set(RunStatus.values)
    assert set(SOURCES) == set(Feedback.Source.values)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "number"), [("-3.50", Decimal("-3.5")), ("\u0663", None), ("1e5", None), ("", None)])
def test_only_plain_digits_make_a_number_whatever_the_locale(text: str, number: Decimal | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL was built without ICU, whose locales know the digits of every script")
    found = AsNumber(Collate(Cast(Value(text), TextField()), "und-x-icu"))
    ProjectFactory()
    assert Project.objects.annotate(found=found).values_list("found", flat=True).get() == number


@pytest.fixture
def three(project: Project) -> None:
    """Three unlike traces: `early`, `late`, and `bare`, of which hardly anything is known."""
    TraceFactory(
        project=project,
        name="early",
        uuid="0af76519-16cd-43dd-8448-eb211c80319c",
        started_at=NOW - timedelta(days=3),
        status="ok",
        latency_ms=1500.0,
        total_tokens=900,
        input_tokens=700,
        output_tokens=200,
        cost=Decimal("0.0100000000"),
        model_names=["gpt-4o-2024-08-06", "text-embedding-3-small"],
        tags=["saver-rate", "Internal"],
        metadata={"tier": "gold", "retries": 3, "plan": {"seats": 12}, "a.b": "dotted", "is_new": True, "build": "42"},
        thread_id="conv-1",
        user_id="u-82",
        input="May I get a refund for 50% of it?",
        output="Your booking is refundable until 14:00.",
        verdict="good",
    )
    TraceFactory(
        project=project,
        name="late",
        started_at=NOW - timedelta(hours=1),
        status="error",
        error="Upstream timed out",
        latency_ms=2500.0,
        total_tokens=5000,
        input_tokens=4500,
        output_tokens=500,
        cost=Decimal("0.0600000000"),
        model_names=["claude-sonnet"],
        tags=["internal", "saver-rate"],
        metadata={"tier": "silver", "retries": 12, "plan": {"seats": 3}, "a": {"b": "nested"}, "is_new": False},
        thread_id="conv-2",
        user_id="u-9",
        input="我的退款在哪里",
        output="对不起",
        verdict="bad",
    )
    TraceFactory(
        project=ProjectFactory(workspace=project.workspace, name="Coding agent", slug="code"),
        name="bare",
        started_at=NOW - timedelta(hours=30),
        status="pending",
    )


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "early late bare"),
        ("time > -24h", "late"),
        ("time > -2d", "late bare"),
        ("time <= 2026-02-27T12:00Z", "early"),
        ("time >= 2026-02-27 and time < 2026-03-01T07:00", "early bare"),
        ("time exists", "early late bare"),
        ("project is booking-agent", "early late"),
        ('project is "CODING agent"', "bare"),
        ("project contains agent", "early late bare"),
        ("project is not code", "early late"),
        ("project exists", "early late bare"),
        ("name is late", "late"),
        ("name any of (late, bare)", "late bare"),
        ("name contains AR", "early bare"),
        ("name matches /^.a[rt]e?$/", "late bare"),
        ("id is 0af7651916cd43dd8448eb211c80319c", "early"),
        ("id is not 0af76519-16cd-43dd-8448-eb211c80319c", "late bare"),
        ("status is error", "late"),
        ("status is not error", "early bare"),
        ("status any of (ok, pending)", "early bare"),
        ("error exists", "late"),
        ('error contains "TIMED out"', "late"),
        ("not error exists", "early bare"),
        ("latency > 2s", "late"),
        ("latency <= 1500ms", "early"),
        ("latency = 1.5s", "early"),
        ("latency != 1.5s", "late bare"),
        ("latency < 1m", "early late"),
        ("latency exists", "early late"),
        ("tokens >= 5000", "late"),
        ("tokens = 900", "early"),
        ("tokens = 900.5", ""),
        ("tokens < 900.5", "early"),
        ("tokens < 999999999999999", "early late"),
        ("input_tokens > 1000", "late"),
        ("output_tokens < 500", "early"),
        ("cost > 0.05", "late"),
        ("cost = 0.01", "early"),
        ("not cost > 0.05", "early bare"),
        ("model is claude-sonnet", "late"),
        ("model contains GPT-4o", "early"),
        ("model matches /^text-/", "early"),
        ("model exists", "early late"),
        ("model is not claude-sonnet", "early bare"),
        ("tag is internal", "late"),
        ("not tag is internal", "early bare"),
        ("tag any of (internal, Internal)", "early late"),
        ("tag none of (internal)", "early bare"),
        ("tag contains intern", "early late"),
        ("tag matches /^INTERNAL$/i", "early late"),
        ("tag exists", "early late"),
        ("metadata.tier is gold", "early"),
        ("metadata.tier is not gold", "late bare"),
        ("metadata.tier any of (gold, silver)", "early late"),
        ("metadata.tier exists", "early late"),
        ("metadata.tier contains IL", "late"),
        ("metadata.tier matches /^g/", "early"),
        ("metadata.retries > 3", "late"),
        ("metadata.retries is 3.0", "early"),
        ('metadata.retries is "3"', "early"),
        ("metadata.tier > 3", ""),
        ("metadata.plan.seats < 10", "late"),
        ("metadata.a.b any of (dotted, nested)", "early late"),
        ("metadata.is_new is true", "early"),
        ('metadata.build is "42"', "early"),
        ("thread is conv-1", "early"),
        ("thread exists", "early late"),
        ("user is u-9", "late"),
        ("user is not u-9", "early bare"),
        ("input contains REFUND", "early"),
        ('input contains "50%"', "early"),
        ('input contains "5_%"', ""),
        ("input contains 退款", "late"),
        ("output matches /refund(able)?/", "early"),
        ("output matches /REFUND/", ""),
        ("output matches /REFUND/i", "early"),
        ("output does not contain booking", "late bare"),
        ("input exists", "early late"),
        ("verdict is bad", "late"),
        ("verdict is none", "bare"),
        ("verdict any of (good, none)", "early bare"),
        ("verdict is not good", "late bare"),
        ("verdict exists", "early late"),
        ('"refund booking"', "early"),
        ("refun", "early"),
        ('"refund -booking"', ""),
        ('"\\"your booking\\""', "early"),
        ('"\\"booking your\\""', ""),
        ('"退款 对不起"', "late"),
        ('"退款 booking"', ""),
        ('"!?"', ""),
        ("status is ok or status is error and latency > 3s", "early"),
        ("not (status is ok or latency > 2s)", "bare"),
    ],
)
def test_fields_of_the_trace(passing: Passing, text: str, names: str) -> None:
    assert passing(text) == set(names.split())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("run(type: tool, status: error)", "one"),
        ("run(type: tool) and run(status: error)", "one"),
        ("run(name: get_rate_rules)", "one two"),
        ('run("get_rate_rules", type: tool)', "one"),
        ("run(latency > 2s)", "one"),
        ("run(model: gpt-4o, tokens > 800, cost > 0.005)", "two"),
        ("run(error contains ratelimit)", "one"),
        ("run(error matches /^429/)", "one"),
        ('run(type: tool, input contains "BK-4471")', "one"),
        ("run(output matches /not found/i)", "one"),
        ("run(status is not error)", "one two"),
        ("not run(type: tool)", "two none"),
        ("run()", "one two"),
        ("run(type any of (agent, retriever))", "two"),
    ],
)
def test_one_run_meets_all_conditions_at_once(project: Project, passing: Passing, text: str, names: str) -> None:
    one, two, _ = (TraceFactory(project=project, name=name) for name in ("one", "two", "none"))
    RunFactory(
        trace=one,
        name="get_rate_rules",
        type="tool",
        status="error",
        error_message="429: slow down",
        error_type="RateLimitError",
        latency_ms=2500.0,
        input_text="rates of BK-4471",
        output_text="Not found",
    )
    RunFactory(trace=one, name="other", type="tool")
    RunFactory(trace=two, name="get_rate_rules", type="agent", status="error")
    RunFactory(trace=two, type="llm", model="gpt-4o", total_tokens=900, cost=Decimal("0.006"))
    assert passing(text) == set(names.split())
