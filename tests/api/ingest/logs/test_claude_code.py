"""Claude Code writes logs alone unless its traces are switched on: they make the tree. Beside its spans they complete them."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from annotation.domain.ingest import otlp_json
from annotation.domain.ingest.otlp_signals import LOGS, TRACES
from annotation.models import LogRecord as StoredRecord
from annotation.models import Run, Trace
from tests.api.ingest.logs.sending import Send, partial
from tests.fixtures.logs import log_request, record
from tests.fixtures.spans import TRACE, request, span

pytestmark = pytest.mark.django_db


def happened(kind: str, sequence: int, **attributes: Any) -> LogRecord:
    shared = {
        "session.id": "session-1", "user.id": "user-1", "prompt.id": "prompt-1", "event.name": kind,
        "event.sequence": sequence,
    }  # fmt: skip
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    message = record("", at=sequence * 1_000_000_000, body=f"claude_code.{kind}", attributes=shared | named)
    message.event_name = ""
    return message


STORY = [
    happened("user_prompt", 1, prompt="List the files.", prompt_length="15"),
    happened("api_request", 3, model="opus", input_tokens="5", output_tokens="7", cache_read_tokens="100",
             cache_creation_tokens="0", cost_usd="0.25", duration_ms="2000", request_id="req-1"),
    happened("assistant_response", 4, response="I will look.", request_id="req-1"),
    happened("tool_decision", 5, tool_name="Bash", decision="accept", source="config", tool_use_id="tool-1"),
    happened("tool_result", 6, tool_name="Bash", success="true", duration_ms="500", tool_use_id="tool-1",
             tool_input='{"command": "ls"}', result="a b"),
    happened("tool_result", 7, tool_name="Read", success="false", error="no such file", duration_ms="10"),
    happened("hook_execution_complete", 8, hook_name="after"),
    happened("api_error", 9, model="opus", error="overloaded", status_code="529", duration_ms="100"),
    happened("api_request", 11, model="opus", input_tokens=2, output_tokens=3, cost_usd=0.5, duration_ms=1000),
    happened("assistant_response", 12, response="There are two: a and b."),
]  # fmt: skip


def claude(records: Iterable[LogRecord]) -> bytes:
    return log_request(records, scope="com.anthropic.claude_code.events", service_name="claude-code")


@pytest.mark.parametrize("order", ["whole", "one by one", "backwards"])
def test_claude_codes_logs_alone_make_a_tree_for_each_prompt(send: Send, order: str) -> None:
    parts = [STORY] if order == "whole" else [[one] for one in STORY]
    for _ in range(2):
        for part in reversed(parts) if order == "backwards" else parts:
            assert partial(send("logs", claude(part))) == (0, "")
    trace = Trace.objects.get()
    runs = list(Run.objects.order_by("start_nano", "id"))
    assert [(run.type, run.name, run.status) for run in runs] == [
        ("agent", "claude_code.interaction", "ok"),
        ("llm", "claude_code.llm_request", "ok"),
        ("tool", "Bash", "ok"),
        ("tool", "Read", "error"),
        ("llm", "claude_code.llm_request", "error"),
        ("llm", "claude_code.llm_request", "ok"),
    ]
    assert {run.parent_uuid for run in runs[1:]} == {runs[0].uuid}
    assert (trace.project.name, trace.thread_id, trace.user_id) == ("claude-code", "session-1", "user-1")
    assert (trace.input, trace.output) == ("List the files.", "There are two: a and b.")
    assert (trace.input_tokens, trace.output_tokens, trace.cost) == (107, 10, Decimal("0.75"))
    assert [run.output_text for run in runs if run.type == "llm"] == ["I will look.", None, "There are two: a and b."]
    assert runs[2].tool == {"name": "Bash", "arguments": {"command": "ls"}, "result": "a b"}
    assert (runs[2].attributes["decision"], runs[2].latency_ms) == ("accept", 500)
    assert (runs[3].error_message, runs[4].error_message) == ("no such file", "overloaded")
    assert [event["name"] for event in runs[0].events] == ["hook_execution_complete"]
    assert (trace.status, trace.latency_ms) == ("ok", 11_000)


def test_two_prompts_are_two_traces_of_one_thread(send: Send) -> None:
    later = happened("user_prompt", 20, prompt="And now?", prompt__id="prompt-2")
    send("logs", claude([STORY[0], later]))
    assert sorted(Trace.objects.values_list("input", "thread_id")) == [
        ("And now?", "session-1"),
        ("List the files.", "session-1"),
    ]


def test_a_call_that_was_rejected_is_a_failed_tool(send: Send) -> None:
    send("logs", claude([STORY[0], happened("tool_decision", 2, tool_name="Bash", decision="reject")]))
    run = Run.objects.get(type="tool")
    assert (run.name, run.status, run.error_message) == ("Bash", "error", "the call was rejected")


@pytest.mark.parametrize("is_log_first", [True, False])
def test_claude_codes_logs_beside_its_spans_make_no_runs(send: Send, *, is_log_first: bool) -> None:
    records = [LogRecord.FromString(one.SerializeToString()) for one in STORY]
    for (
        one
    ) in records:  # as where the provider's address gives no ids to requests: then the costs are the interaction's
        one.trace_id, one.span_id = TRACE, (1).to_bytes(8)
        kept = [pair for pair in one.attributes if pair.key != "request_id"]
        del one.attributes[:]
        one.attributes.extend(kept)
    attributes = {"span.type": "interaction", "session.id": "session-1"}
    spans = ExportTraceServiceRequest.FromString(
        request([span(1, name="claude_code.interaction", attributes=attributes)], service_name="claude-code")
    )
    spans.resource_spans[0].scope_spans[0].scope.name = "com.anthropic.claude_code.tracing"
    parts = [("traces", spans.SerializeToString()), ("logs", claude(records[:4])), ("logs", claude(records[4:]))]
    for part in reversed(parts) if is_log_first else parts:
        send(*part)
    run = Run.objects.get()
    assert (run.input_text, run.output_text) == ("List the files.", "There are two: a and b.")
    assert (run.type, run.cost) == ("agent", Decimal("0.75"))


RECORDED = Path(__file__).with_name("claude_code")
"""What Claude Code 2.1.332 sent under the Agent SDK for one question with two calls of a tool; bodies and prompts shortened."""

QUESTION = "What is the weather in Paris and Tokyo?"
ANSWER = "It is 18C and sunny in Paris. It is 24C and raining in Tokyo."


def recorded_spans() -> bytes:
    message, _ = otlp_json.parse((RECORDED / "traces.json").read_bytes(), TRACES)
    return bytes(message.SerializeToString())


def recorded_logs() -> list[LogRecord]:
    message, _ = otlp_json.parse((RECORDED / "logs.json").read_bytes(), LOGS)
    assert isinstance(message, ExportLogsServiceRequest)
    return list(message.resource_logs[0].scope_logs[0].log_records)


@pytest.mark.parametrize("order", ["spans first", "logs first", "one by one", "around the spans"])
def test_recorded_logs_go_to_the_calls_and_tools_that_they_are_about(send: Send, order: str) -> None:
    spans, logs = ("traces", recorded_spans()), recorded_logs()
    parts = {
        "spans first": [spans, ("logs", claude(logs))],
        "logs first": [("logs", claude(logs)), spans],
        "one by one": [spans, *(("logs", claude([one])) for one in logs)],
        "around the spans": [("logs", claude(logs[:9])), spans, ("logs", claude(logs[9:]))],
    }
    for _ in range(2):
        for part in parts[order]:
            send(*part)
    naming, trace = Trace.objects.order_by("run_count")
    assert (trace.input, trace.output, trace.thread_id) == (QUESTION, ANSWER, "session-1")
    assert (trace.input_tokens, trace.output_tokens, trace.cost) == (114, 36, Decimal("0.0008388"))
    first, second = trace.runs.filter(type="llm").order_by("start_nano")
    assert [message["role"] for message in first.messages] == ["system", "user", "assistant"]
    assert (first.input_text, [call["arguments"] for call in first.tool_calls]) == (
        QUESTION,
        [{"city": "Paris"}, {"city": "Tokyo"}],
    )
    assert (second.output_text, first.cost, second.cost) == (ANSWER, Decimal("0.0003564"), Decimal("0.0004824"))
    results = [part["result"] for part in second.messages[3]["parts"]]
    assert results[0] == "18C and sunny"
    tools = [run.tool for run in trace.runs.filter(type="tool").order_by("start_nano")]
    assert tools == [
        {"name": "mcp__weather__get_weather", "arguments": {"city": city}, "result": result}
        for city, result in (("Paris", "18C and sunny"), ("Tokyo", "24C and raining"))
    ]
    assert (naming.run_count, naming.cost, naming.thread_id) == (1, Decimal("0.0004824"), "session-1")
    assert str(naming.input).startswith("<session>")
    assert not StoredRecord.objects.filter(is_joined=False).exists()


def test_recorded_logs_alone_tell_the_same(send: Send) -> None:
    logs = recorded_logs()
    for one in logs:
        one.trace_id, one.span_id = b"", b""
    send("logs", claude(logs))
    trace = Trace.objects.get()
    assert (trace.input, trace.output, trace.total_tokens) == (QUESTION, ANSWER, 242)
    assert [run.input_text for run in trace.runs.filter(type="tool").order_by("start_nano")] == [
        '{"city":"Paris"}',
        '{"city":"Tokyo"}',
    ]
    assert set(trace.runs.filter(type="tool").values_list("tool__name", flat=True)) == {"mcp__weather__get_weather"}
    roles = [
        [message["role"] for message in run.messages] for run in trace.runs.filter(type="llm").order_by("start_nano")
    ]
    assert roles[1:] == [["system", "user", "assistant"], ["system", "user", "assistant", "user", "assistant"]]
