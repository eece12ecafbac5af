"""A trajectory that is read a window at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from annotation.domain.traces.trajectory import WINDOW, trajectory
from annotation.models import Run, Trace
from tests.domain.traces.conversation.runs import call, result, text
from tests.factories.traces import STARTED_AT, RunFactory, TraceFactory

pytestmark = pytest.mark.django_db

ASKED = (text("user", "Move it."), call("c1", "rates"), call("c2", "booking"))
TOLD = (*ASKED, result("c1", "95 %"), result("c2", "TX-4471"), text("assistant", "Moved."))


def row(trace: Trace, number: int, **fields: Any) -> Run:
    return RunFactory.build(
        trace=trace,
        workspace=trace.workspace,
        started_at=STARTED_AT,
        start_nano=number,
        uuid=UUID(int=number),
        **fields,
    )


def model_call(trace: Trace, number: int, messages: tuple[dict[str, Any], ...]) -> Run:
    said = messages[-1]["parts"][-1]
    return row(trace, number, type="llm", messages=list(messages), output_text=said.get("text"), tool_calls=[said])


def test_below_a_window_a_tool_is_told_by_the_model_call_only_where_it_had_no_run_above() -> None:
    trace = TraceFactory.create()
    above = [row(trace, number, type="chain") for number in range(1, WINDOW - 1)]
    ran = row(trace, WINDOW, type="tool", name="execute rates", tool={"name": "rates", "result": "95 %"})
    last = WINDOW + 1
    Run.objects.bulk_create([*above, model_call(trace, WINDOW - 1, ASKED), ran, model_call(trace, last, TOLD)])
    turns = trajectory(trace, at=UUID(int=last)).window.conversation.turns
    told = [(turn.kind.value, turn.tool.result.text if turn.tool else turn.text.text) for turn in turns]
    assert told == [("tool", "TX-4471"), ("assistant", "Moved.")]
