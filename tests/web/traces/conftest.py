"""A workspace with a trace to read, and one to attack its readers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponseBase
from django.test import Client

from annotation.models import Run, Trace
from tests.factories.traces import STARTED_AT, RunFactory, TraceFactory
from tests.fixtures.people import People

HOSTILE = (
    "<script>alert(1)</script> **bold** ![pixel](http://evil.example/x.png) [here](javascript:alert(1)) "
    '<img src=x onerror="alert(2)">'
)


def squeezed(answer: HttpResponseBase) -> str:
    """The page without the white space that only lays out its source."""
    page = re.sub(r"\s+", " ", str(getattr(answer, "content", b""), "utf-8"))
    return re.sub(r" ?(/?>) ?", r"\1", re.sub(r" ?< ?", "<", page))


@pytest.fixture
def editor(people: People) -> Client:
    return people.client(people.editor)


@pytest.fixture
def trip(people: People) -> Trace:
    """A model asks for a tool, the tool fails, the model answers."""
    trace = TraceFactory.create(
        project=people.project,
        name="handle message",
        input="Move my booking.",
        output="I could not reach the rates.",
        latency_ms=6400.0,
        total_tokens=5812,
        thread_id="conv/1",
        run_count=4,
        error_count=1,
    )
    agent = RunFactory.create(trace=trace, type="agent", name="invoke_agent booking", latency_ms=6400.0)
    asked = {"role": "user", "parts": [{"type": "text", "text": "Move my booking."}]}
    call = {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "rates", "arguments": {"id": "TX-4471"}}]}  # fmt: skip
    told = {"role": "tool", "parts": [{"type": "tool_result", "id": "c1", "result": "timed out"}]}
    said = {"role": "assistant", "parts": [{"type": "text", "text": "I could not reach the rates."}]}
    below = {"trace": trace, "parent_uuid": agent.uuid}
    calls = [{"id": "c1", "name": "rates", "arguments": {"id": "TX-4471"}}]
    _later(1, type="llm", name="chat", messages=[asked, call], tool_calls=calls, **below)
    _later(
        2,
        type="tool",
        name="execute_tool rates",
        status="error",
        error_type="TimeoutError",
        error_message="no answer in 30 s",
        tool={"name": "rates", "arguments": {"id": "TX-4471"}, "result": None},
        latency_ms=30_000.0,
        **below,
    )
    output = "I could not reach the rates."
    _later(3, type="llm", name="chat", messages=[asked, call, told, said], output_text=output, **below)
    return trace


@pytest.fixture
def hostile(people: People) -> Trace:
    """Everything in it wants to be more than text."""
    trace = TraceFactory.create(
        project=people.project,
        name=HOSTILE,
        input=HOSTILE,
        output=HOSTILE,
        thread_id=HOSTILE,
        tags=[HOSTILE],
        metadata={HOSTILE: HOSTILE},
        started_at=STARTED_AT - timedelta(hours=1),
    )
    document = {"id": HOSTILE, "content": HOSTILE, "score": 1, "metadata": {"title": HOSTILE}}
    RunFactory.create(trace=trace, type="llm", name=HOSTILE, input_text=HOSTILE, output_text=HOSTILE)
    RunFactory.create(trace=trace, type="retriever", name=HOSTILE, documents=[document])
    RunFactory.create(
        trace=trace,
        type="tool",
        name=HOSTILE,
        status="error",
        error_type=HOSTILE,
        error_message=HOSTILE,
        tool={"name": HOSTILE, "arguments": {HOSTILE: HOSTILE}, "result": HOSTILE},
        attributes={HOSTILE: HOSTILE},
    )
    return trace


def _later(seconds: int, **fields: object) -> Run:
    return RunFactory.create(started_at=STARTED_AT + timedelta(seconds=seconds), **fields)
