"""What people read of a run that an SDK of LangSmith sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from annotation.domain.ingest import rows
from annotation.domain.ingest.langsmith import mapping
from annotation.domain.ingest.langsmith.content import content
from annotation.domain.ingest.langsmith.state import read
from annotation.domain.ingest.records import ErrorRecord, RunRecord
from annotation.domain.ingest.rollup import summarise
from tests.domain.ingest.langsmith.strategies import RUN, TRACE

QUESTION = "How is Paris?"
CALL = {"id": "call_1", "name": "get_weather", "args": {"city": "Paris"}, "type": "tool_call"}
OPENAI_CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
}
OPENAI = (
    {"messages": [{"role": "user", "content": QUESTION}], "model": "small"},
    {"model": "small-2026", "choices": [{"message": {"role": "assistant", "content": None, "tool_calls": [OPENAI_CALL]}}]},
)  # fmt: skip
LANGCHAIN = (
    {"messages": [[{"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"],
                    "kwargs": {"content": QUESTION, "type": "human"}}]]},
    {"generations": [[{"text": "", "message": {
        "lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"],
        "kwargs": {"content": "", "tool_calls": [CALL], "response_metadata": {"model_name": "small-2026"}},
    }}]]},
)  # fmt: skip


@pytest.mark.parametrize(("inputs", "outputs"), [OPENAI, LANGCHAIN])
def test_a_model_that_calls_a_tool(inputs: Any, outputs: Any) -> None:
    found = content("llm", "model", inputs, outputs)
    asked, said = found["messages"]
    assert asked == {"role": "user", "parts": [{"type": "text", "text": QUESTION}]}
    assert (said["role"], [part["type"] for part in said["parts"]]) == ("assistant", ["tool_call"])
    assert [(call.name, call.arguments) for call in found["tool_calls"]] == [("get_weather", {"city": "Paris"})]
    assert found["input_text"] == QUESTION


@pytest.mark.parametrize(("inputs", "outputs"), [OPENAI, LANGCHAIN])
def test_the_model_that_answered_beside_the_one_that_was_asked(inputs: Any, outputs: Any) -> None:
    said = {"inputs": inputs, "outputs": outputs, "extra": {"metadata": {"ls_model_name": "small"}}}
    state = read({"id": RUN, "trace_id": TRACE, "run_type": "llm", **said}, is_post=True).said
    record = mapping.to_record(state, trace_id=UUID(TRACE), received_ns=1)
    assert (record.model, record.model_requested) == ("small-2026", "small")


@pytest.mark.parametrize(
    "outputs",
    [
        {"output": "18C"},
        {"outputs": "18C"},
        {"output": {"type": "tool", "content": "18C", "tool_call_id": "call_1", "status": "success"}},
    ],
)
def test_a_tool_returned_what_it_returned(outputs: Any) -> None:
    found = content("tool", "get_weather", {"city": "Paris"}, outputs)
    assert (found["tool"].name, found["tool"].arguments, found["tool"].result) == (
        "get_weather",
        {"city": "Paris"},
        "18C",
    )
    assert found["output_text"] == "18C"


def test_a_tool_that_returned_an_object_keeps_its_members() -> None:
    found = content("tool", "get_weather", {"city": "Paris"}, {"output": "18C", "wind": 3})
    assert found["tool"].result == {"output": "18C", "wind": 3}


TRACEBACK = 'Traceback (most recent call last):\n  File "agent.py", line 3'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"LookupError('no such city')\n\n{TRACEBACK}", ErrorRecord("LookupError", "no such city", TRACEBACK)),
        (f"KeyError('Rome'){TRACEBACK}", ErrorRecord("KeyError", "Rome", TRACEBACK)),
        ("Error: no such city", ErrorRecord("Error", "no such city", None)),
        ("TimeoutError()", ErrorRecord(None, "TimeoutError()", None)),
        ("Note: it broke", ErrorRecord(None, "Note: it broke", None)),
    ],
)
def test_an_error_is_told_apart_and_comes_back_as_it_was(text: str, expected: ErrorRecord) -> None:
    state = read({"id": RUN, "trace_id": TRACE, "error": text}, is_post=True).said
    record: RunRecord = mapping.to_record(state, trace_id=UUID(TRACE), received_ns=1)
    assert record.error == expected
    assert record.attributes.get(mapping.ERROR, expected.message) == text


def test_marks_of_langchain_stay_on_the_steps() -> None:
    body = {"id": RUN, "trace_id": TRACE, "tags": ["demo", "graph:step:1", "seq:step:2", "map:key:docs", "seq:step"]}
    record = mapping.to_record(read(body, is_post=True).said, trace_id=UUID(TRACE), received_ns=1)
    assert record.tags == body["tags"]
    assert summarise([rows.run_summary(record)]).tags == ["demo", "seq:step"]
