"""Passing over traces by their rows loses no run that a condition selects."""

from __future__ import annotations

import pytest
from django.db.models import Q

from annotation.domain.traces import run_listing
from annotation.domain.traces.langsmith import translate
from annotation.domain.traces.matching import narrowing, run_level
from annotation.domain.traces.matching.fields import Scope
from annotation.domain.traces.run_listing import Wanted
from annotation.models import Feedback, Run
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.runs.sending import CHILD, OTHER, ROOT, T1, T2, run
from tests.domain.traces.matching.conftest import NOW
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
FOUND = {
    'eq(status, "error")': {"look up"},
    "neq(error, null)": {"look up"},
    'in(status, ["error", "success"])': {"agent", "call", "look up"},
    'search(error, "KeyError")': {"look up"},
    'has(tags, "beta")': {"call"},
    'has(tags, "seq:step:1")': {"call"},
    'or(has(tags, "beta"), eq(status, "error"))': {"call", "look up"},
    'or(has(tags, "beta"), eq(run_type, "chain"))': {"agent", "call", "elsewhere"},
    'not(has(tags, "beta"))': {"agent", "look up", "elsewhere"},
    'and(eq(metadata_key, "tier"), eq(metadata_value, "gold"))': {"agent"},
    'and(eq(metadata_key, "tier"), eq(metadata_value, "none"))': {"call"},
    'and(eq(metadata_key, "a.b"), eq(metadata_value, "c"))': {"call"},
    'neq(metadata_key, "tier")': {"look up", "elsewhere"},
    'eq(thread_id, "t-1")': {"agent"},
    f'eq(parent_run_id, "{ROOT}")': {"call", "look up"},
    'gt(start_time, "2026-03-01T12:00:00Z")': {"agent", "call", "look up"},
    'lt(start_time, "2026-03-01T12:00:00Z")': {"elsewhere"},
    'lt(start_time, "0001-01-02T00:00:00Z")': set(),
    'gt(start_time, "9999-12-31T00:00:00Z")': set(),
    'and(eq(feedback_key, "q"), gt(feedback_score, 0))': {"call"},
    'eq(feedback_key, "whole")': {"agent"},
}


@pytest.fixture
def sent(people: People) -> None:
    """Runs that say what their siblings and their root do not, or otherwise."""
    child = {"trace_id": ROOT, "parent_run_id": ROOT, "session_name": "booking", "start_time": T1, "end_time": T2}
    posted = [
        run(name="agent", session_name="booking", end_time=T2, extra={"metadata": {"tier": "gold", "thread_id": "t-1"}}),
        run(CHILD, **child, name="call", run_type="llm", tags=["beta", "seq:step:1"],
            extra={"metadata": {"tier": "none", "a": {"b": "c"}}}),
        run("018f6b0a-7d3a-7c11-8e5b-000000000004", **child, name="look up", run_type="tool", error="KeyError('x')"),
        run(OTHER, name="elsewhere", session_name="other", start_time="2026-03-01T00:00:00"),
    ]  # fmt: skip
    sdk = Sdk(people.token("ingest", "write"))
    sdk.ok("POST", "/runs/batch", {"post": posted})
    sdk.ok("POST", "/feedback", {"key": "q", "score": 1, "run_id": CHILD})
    sdk.ok("POST", "/feedback", {"key": "whole", "score": 1, "run_id": ROOT})
    Feedback.objects.filter(key="whole").update(target="trace", run_uuid=None)


def test_every_condition_selects_what_it_selects_without(sent: None, people: People) -> None:
    workspace = people.workspace.pk
    runs = Run.objects.filter(workspace=workspace)
    found, plainly = {}, {}
    for text in FOUND:
        node = translate(text)
        listed = run_listing.matching(Run.objects.all(), Wanted(on_run=(node,), now=NOW), workspace_id=workspace)
        found[text] = set(listed.values_list("name", flat=True))
        plainly[text] = set(
            runs.filter(run_level.condition(node, Scope(workspace, NOW))).values_list("name", flat=True)
        )
    assert found == FOUND
    assert plainly == FOUND


@pytest.mark.parametrize(
    "text",
    ['eq(status, "success")', 'neq(status, "error")', 'has(tags, "seq:step:1")', 'search(tags, "x")', "gt(latency, 1)",
     'or(eq(status, "error"), eq(name, "x"))', 'not(eq(status, "error"))', 'eq(name, "x")'],
)  # fmt: skip
def test_what_the_row_does_not_tell_narrows_nothing(text: str) -> None:
    assert narrowing.implied(translate(text), Scope(1, NOW)) == Q()
