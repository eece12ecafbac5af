"""What must hold for every filter: its tenant, its time, its limits, its indexes."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings

from annotation.domain.traces import matching
from annotation.domain.traces.filters import FilterError, to_text
from annotation.domain.traces.filters.fields import FEEDBACK_FIELDS, RUN_FIELDS, SUBJECTS, TRACE_FIELDS
from annotation.domain.traces.filters.tree import Node
from annotation.models import Project, Trace
from tests.domain.traces.filters.strategies import trees
from tests.domain.traces.matching.conftest import NOW, Passing
from tests.factories import (
    FailureModeFactory,
    FeedbackFactory,
    ItemFactory,
    ProjectFactory,
    QueueFactory,
    RunFactory,
    TraceFactory,
)

EXAMPLES = [field.example for fields in (TRACE_FIELDS, RUN_FIELDS, FEEDBACK_FIELDS) for field in fields.values()] + [
    subject.example for subject in SUBJECTS.values()
]
SLOW = r"output matches /^(x+)(x+)(x+)y\1\2\3$/"


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_documented_example_runs(passing: Passing, text: str) -> None:
    assert passing(text) == set()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_any_filter_runs_and_its_complement_finds_the_rest(project: Project, tree: Node) -> None:
    """Nothing that can be written breaks the statement, and no trace falls between a filter and its opposite."""
    if not Trace.objects.exists():
        TraceFactory(project=project, name="known", tags=["a"], metadata={"a": "1"}, output="a", verdict="bad")
        TraceFactory(project=project, name="bare", status="pending")
    text = to_text(tree)
    try:
        found, rest = (
            set(matching.compile(one, workspace=project.workspace, now=NOW).traces().values_list("name", flat=True))
            for one in (text, f"not ({text})")
        )
    except FilterError:  # a pattern that PostgreSQL cannot read, or one bracket too many
        return
    assert found | rest == {"known", "bare"}
    assert not found & rest


def test_no_filter_leaves_its_workspace(project: Project, passing: Passing) -> None:
    """Rows of another workspace neither pass nor make one pass, even when they name the same ids."""
    mine = TraceFactory(project=project, name="mine")
    their_project = ProjectFactory()
    theirs = TraceFactory(project=their_project, name="theirs", uuid=mine.uuid, status="error", tags=["x"])
    RunFactory(trace=theirs, type="tool")
    FeedbackFactory(trace=theirs, key="thumbs", score=0.0)
    FeedbackFactory(trace=theirs, key="label", failure_mode=FailureModeFactory(project=their_project, name="Tone"))
    ItemFactory(queue=QueueFactory(workspace=theirs.workspace, name="Theirs"), trace=theirs)
    for text in ("status is error", "tag is x", "run(type: tool)", "feedback()", "label exists", "in queue"):
        assert passing(text) == set()
    assert passing("") == {"mine"}
    assert passing(f'project is "{their_project.name}"') == set()


def test_traces_of_another_workspace_that_are_handed_in_are_left_out(project: Project) -> None:
    TraceFactory(name="theirs")
    everything = matching.compile("", workspace=project.workspace, now=NOW)
    assert list(everything.traces(Trace.objects.all())) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("verdict is bad", True),
        ("status is error and not label exists", True),
        ("feedback() or tag is x", True),
        ("status is error and run(type: tool)", False),
        ('"refund" or in queue', False),
        ("", False),
    ],
)
def test_a_filter_knows_whether_it_looks_at_feedback(project: Project, text: str, answer: bool) -> None:  # noqa: FBT001 -- the table's answer
    assert matching.compile(text, workspace=project.workspace, now=NOW).looks_at_feedback is answer


def test_a_pattern_that_cannot_be_read_is_pointed_at(project: Project) -> None:
    text = "status is ok and output matches /a(/"
    with pytest.raises(FilterError) as caught:
        matching.compile(text, workspace=project.workspace, now=NOW)
    span = caught.value.span
    assert text[span.start : span.end] == "/a(/"
    assert "parentheses () not balanced" in str(caught.value)
    assert Trace.objects.count() == 0  # the transaction goes on


def test_a_slow_pattern_is_ended_in_time_and_the_transaction_goes_on(project: Project) -> None:
    TraceFactory(project=project, output="x" * 4000 + "y" + "x" * 3999)
    slow = matching.compile(SLOW, workspace=project.workspace, now=NOW).traces()
    started = time.monotonic()
    with pytest.raises(matching.FilterTooSlow, match=r"takes longer than 0\.1 s"), matching.bounded(milliseconds=100):
        list(slow)
    assert time.monotonic() - started < 2
    assert Trace.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_value_is_never_part_of_the_statement(project: Project) -> None:
    hostile = "x'); DROP TABLE annotation_trace; --"
    text = f'name is "{hostile}" or metadata."{hostile}" is "{hostile}" or "{hostile}" or tag contains "{hostile}"'
    rows = matching.compile(text, workspace=project.workspace, now=NOW).traces()
    statement, parameters = rows.query.sql_with_params()
    assert "DROP" not in statement
    assert any("DROP" in str(parameter) for parameter in parameters)
    assert list(rows) == []


def plan(text: str, project: Project, order: tuple[str, ...]) -> str:
    """How PostgreSQL goes about the first page of a list in this order, or about all rows without one."""
    rows = matching.compile(text, workspace=project.workspace, now=NOW).traces().order_by(*order)
    return json.dumps(json.loads((rows[:50] if order else rows).explain(format="json")))


NEWEST = ("-started_at", "-pk")
INDEXES = [
    ("", NEWEST, "trace_list"),
    ("time > -1h", NEWEST, "trace_list"),
    ("status is error", NEWEST, "trace_error_list"),
    ("verdict is bad", NEWEST, "trace_verdict_list"),
    ("thread is c-7", ("started_at",), "trace_thread"),
    ("tag is rare", NEWEST, "trace_tags"),
    ("tag any of (rare, rarer)", NEWEST, "trace_tags"),
    ('"seldom -often"', (), "trace_search"),
    ("seldo", (), "trace_search"),
    ('id is "0af76519-16cd-43dd-8448-eb211c80319c"', NEWEST, "trace_once_per_workspace"),
]


def test_the_main_filters_use_their_index(project: Project) -> None:
    """Against enough rows that reading them all would cost more."""
    usual = " ".join(f"word{number}" for number in range(150))
    rows = [
        TraceFactory.build(
            project=project,
            workspace=project.workspace,
            started_at=NOW - timedelta(minutes=number),
            status="error" if number % 500 == 0 else "ok",
            verdict="bad" if number % 500 == 0 else None,
            thread_id=f"c-{number}",
            tags=["rare"] if number == 7 else ["usual"],
            input="seldom" if number == 7 else usual,
        )
        for number in range(2000)
    ]
    Trace.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('trace_search'), gin_clean_pending_list('trace_tags')")
        cursor.execute("ANALYZE annotation_trace")
    missed = [text for text, order, index in INDEXES if f'"Index Name": "{index}"' not in plan(text, project, order)]
    assert missed == []
