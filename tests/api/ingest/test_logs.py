"""Logs and events: what they say about runs joins them in any order, once; what evaluators say becomes feedback."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from annotation import models
from annotation.domain.ingest import receive_logs
from annotation.domain.ingest.logs import joining
from annotation.models import Feedback, Run, Trace
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import START, TRACE, call, pairs, request, span

pytestmark = pytest.mark.django_db

PROTOBUF = "application/x-protobuf"
OTHER_TRACE = bytes.fromhex("1af7651916cd43dd8448eb211c80319c")

Send = Callable[[str, bytes], Any]


@pytest.fixture
def send(people: People) -> Send:
    """`send("traces", body)` with a key for the whole workspace."""
    token = people.token("ingest")

    def post(signal: str, body: bytes) -> Any:
        answer = Client().post(f"/v1/{signal}", body, content_type=PROTOBUF, headers={"x-api-key": token})
        assert answer.status_code == 200, answer.content
        return answer

    return post


def partial(answer: Any) -> tuple[int, str]:
    success = ExportLogsServiceResponse.FromString(answer.content).partial_success
    return success.rejected_log_records, success.error_message


def bare(number: int, **fields: Any) -> Span:
    """A model call whose span says nothing of its content."""
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "small"}
    return span(number, attributes=attributes | fields.pop("attributes", {}), **fields)


CALLS = [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}]
MESSAGES = [
    record("gen_ai.system.message", span=1, at=1, body={"content": "Be brief."}),
    record("gen_ai.user.message", span=1, at=2, body={"content": "Rome?"}, old=True),
    record("gen_ai.assistant.message", span=1, at=3, body={"tool_calls": CALLS, "content": None}),
    record("gen_ai.tool.message", span=1, at=4, body={"content": "30C", "id": "c1"}),
    record(
        "gen_ai.choice",
        span=1,
        at=5,
        body={"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Warm."}},
    ),
]
ROLES = ["system", "user", "assistant", "tool", "assistant"]


def check_messages() -> None:
    run = Run.objects.get()
    assert [message["role"] for message in run.messages] == ROLES
    assert (run.input_text, run.output_text) == ("Rome?", "Warm.")
    assert run.messages[2]["parts"][0]["arguments"] == {"city": "Rome"}
    assert run.messages[3]["parts"] == [{"type": "tool_result", "id": "c1", "result": "30C"}]
    assert run.messages[4]["finish_reason"] == "stop"
    assert run.attributes["otel.content_from_logs"] == {"inputs": 4, "outputs": 1}
    trace = Trace.objects.get()
    assert (trace.input, trace.output) == ("Rome?", "Warm.")
    assert not models.LogRecord.objects.filter(is_joined=False).exists()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_messages_join_their_span_in_any_order(send: Send, order: tuple[int, ...]) -> None:
    parts = [
        ("traces", request([bare(1)])),
        ("logs", log_request(MESSAGES[:2])),
        ("logs", log_request(MESSAGES[2:])),
    ]
    for index in order:
        send(*parts[index])
    check_messages()
    before = Run.objects.values().get()
    for index in order:  # once more: nothing changes
        send(*parts[index])
    assert Run.objects.values().get() == before
    assert models.LogRecord.objects.count() == 5


def test_one_message_a_request_backwards(send: Send) -> None:
    send("traces", request([bare(1)]))
    for message in reversed(MESSAGES):
        send("logs", log_request([message]))
    check_messages()


def test_a_newer_version_of_the_span_keeps_what_the_logs_said(send: Send) -> None:
    send("traces", request([bare(1)]))
    send("logs", log_request(MESSAGES))
    send("traces", request([bare(1, seconds=2)]))
    check_messages()
    assert Run.objects.get().latency_ms == 2000


DETAILS = {
    "gen_ai.operation.name": "chat",
    "gen_ai.response.id": "resp-1",
    "gen_ai.response.model": "small-2026",
    "gen_ai.usage.input_tokens": 7,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
    "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Rome?"}], "name": None}],
    "gen_ai.output.messages": [
        {"role": "assistant", "parts": [{"type": "text", "content": "Warm."}], "finish_reason": "stop"}
    ],
    "user.id": "user-1",
}


@pytest.mark.parametrize("is_log_first", [True, False])
def test_the_one_event_with_everything_fills_what_the_span_lacks(send: Send, *, is_log_first: bool) -> None:
    parts = [
        ("traces", request([bare(1)])),
        ("logs", log_request([record("gen_ai.client.inference.operation.details", span=1, attributes=DETAILS)])),
    ]
    for part in reversed(parts) if is_log_first else parts:
        send(*part)
    run = Run.objects.get()
    assert [message["role"] for message in run.messages] == ["system", "user", "assistant"]
    assert (run.input_text, run.output_text, run.model, run.response_id) == ("Rome?", "Warm.", "small-2026", "resp-1")
    assert (run.input_tokens, run.output_tokens, run.user_id) == (7, 3, "user-1")
    trace = Trace.objects.get()
    assert (trace.total_tokens, trace.user_id, trace.output) == (10, "user-1", "Warm.")


@pytest.mark.parametrize("is_log_first", [True, False])
def test_an_event_without_a_span_finds_its_run_by_the_response(send: Send, *, is_log_first: bool) -> None:
    details = record("gen_ai.client.inference.operation.details", attributes=DETAILS)
    parts = [
        ("traces", request([span(2), bare(1, parent=2, attributes={"gen_ai.response.id": "resp-1"})])),
        ("logs", log_request([details])),
    ]
    for part in reversed(parts) if is_log_first else parts:
        send(*part)
    send(*parts[1])
    run = Run.objects.get(response_id="resp-1")
    assert (run.input_text, run.output_text, len(run.messages)) == ("Rome?", "Warm.", 3)
    assert not models.LogRecord.objects.filter(is_joined=False).exists()


@pytest.mark.parametrize("is_log_first", [True, False])
def test_the_spans_own_word_wins_and_nothing_is_there_twice(send: Send, *, is_log_first: bool) -> None:
    details = record("gen_ai.client.inference.operation.details", span=1, attributes=DETAILS)
    parts = [("traces", request([call(1)])), ("logs", log_request([details, *MESSAGES]))]
    for part in reversed(parts) if is_log_first else parts:
        send(*part)
    run = Run.objects.get()
    assert [message["role"] for message in run.messages] == ["user", "assistant"]
    assert (run.input_text, run.output_text, run.input_tokens) == ("question", "answer 1", 10)
    assert "otel.content_from_logs" not in run.attributes
    assert run.user_id == "user-1"


def test_contents_of_gemini_with_their_nulls(send: Send) -> None:
    nulls = {"video_metadata": None, "thought": None, "inline_data": None}
    asked = {"parts": [{**nulls, "text": "Rome?", "function_call": None}], "role": "user"}
    called = {"parts": [{**nulls, "function_call": {"id": "c1", "name": "weather", "args": {"city": "Rome"}}}],
              "role": "model"}  # fmt: skip
    result = {"parts": [{**nulls, "function_response": {"id": "c1", "name": "weather", "response": {"result": "30C"}}}],
              "role": "user"}  # fmt: skip
    answer = {"parts": [{"text": "Thinking.", "thought": True}, {"text": "Warm.", "thought": None}], "role": "model"}
    send("traces", request([bare(1)]))
    send(
        "logs",
        log_request(
            [
                record("gen_ai.system.message", span=1, body={"content": "Be brief."}),
                *(record("gen_ai.user.message", span=1, body={"content": one}) for one in (asked, called, result)),
                record("gen_ai.choice", span=1, body={"content": answer, "index": 0, "finish_reason": "STOP"}),
            ]
        ),
    )
    run = Run.objects.get()
    assert [message["role"] for message in run.messages] == ROLES
    assert run.messages[2]["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Rome"}}
    ]
    assert run.messages[4]["parts"][0] == {"type": "reasoning", "text": "Thinking."}
    assert (run.input_text, run.output_text) == ("Rome?", "Warm.")


def test_contents_that_were_kept_back_leave_the_run_as_it_was(send: Send) -> None:
    send("traces", request([bare(1)]))
    before = Run.objects.values().get()
    send(
        "logs",
        log_request(
            [
                record("gen_ai.user.message", span=1, attributes={"gen_ai.system": "openai"}, body={}),
                record("gen_ai.choice", span=1, body={"index": 0, "finish_reason": "stop", "message": {}}),
            ]
        ),
    )
    assert Run.objects.values().get() == before | {"provider": "openai"}


def test_equal_messages_without_times_are_all_kept_and_again_nothing(send: Send) -> None:
    messages = [record("gen_ai.user.message", span=1, body={"content": "again"}) for _ in range(3)]
    for message in messages:
        message.time_unix_nano = 0
    for _ in range(2):
        send("logs", log_request(messages))
    send("traces", request([bare(1)]))
    assert [message["parts"][0]["text"] for message in Run.objects.get().messages] == ["again"] * 3


def test_records_of_no_run_are_counted_and_the_others_kept(send: Send) -> None:
    answer = send("logs", log_request([record("app.started"), MESSAGES[1], record("", at=5)]))
    assert partial(answer) == (
        2, "2 rejected: the record belongs to no run: only records with a trace id and a span id are kept"
    )  # fmt: skip
    assert models.LogRecord.objects.get().name == "gen_ai.user.message"


def test_a_key_of_another_project_adds_nothing(people: People, send: Send) -> None:
    send("traces", request([bare(1)], service_name="elsewhere"))
    bound = people.api("ingest", project=people.project)
    assert bound.post("/v1/logs", log_request(MESSAGES), content_type=PROTOBUF).status_code == 200
    assert Run.objects.get().inputs is None
    send("traces", request([bare(2, trace=OTHER_TRACE)], service_name="elsewhere"))
    again = [record("gen_ai.user.message", span=2, trace=OTHER_TRACE, body={"content": "mine"})]
    assert bound.post("/v1/logs", log_request(again), content_type=PROTOBUF).status_code == 200
    assert not Run.objects.exclude(inputs=None).exists()


def test_the_same_ids_in_another_workspace_are_not_touched(people: People, send: Send) -> None:
    send("traces", request([bare(1)]))
    Trace.objects.update(workspace=people.elsewhere, project=people.other_project)
    Run.objects.update(workspace=people.elsewhere)
    send("logs", log_request(MESSAGES))
    assert Run.objects.get().inputs is None


def test_what_came_at_the_same_moment_is_joined_by_the_sweep(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(joining, "join", lambda *_args, **_named: None)  # the run was not committed yet
        send("traces", request([bare(1)]))
        send("logs", log_request(MESSAGES))
    assert Run.objects.get().inputs is None
    receive_logs.sweep(now=timezone.now())
    check_messages()


# Evaluations.


def verdict(score: Any = 0.9, **fields: Any) -> dict[str, Any]:
    named = {"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": score}
    return named | {f"gen_ai.evaluation.{key}": value for key, value in fields.items() if not key.startswith("_")}


def said(feedback: Feedback) -> tuple[Any, ...]:
    return feedback.key, feedback.score, feedback.value, feedback.comment, feedback.source


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("old", [True, False])
def test_an_evaluation_in_the_logs_is_feedback_on_its_run(send: Send, *, is_first: bool, old: bool) -> None:
    attributes = verdict(explanation="Names the city.", target="answer") | {"gen_ai.evaluation.score.label": "relevant"}
    parts = [
        ("traces", request([span(1), call(2, parent=1)])),
        ("logs", log_request([record("gen_ai.evaluation.result", span=2, attributes=attributes, old=old)], scope="ev")),
    ]
    for part in reversed(parts) if is_first else parts:
        send(*part)
    send(*parts[1])
    feedback = Feedback.objects.get()
    assert said(feedback) == ("Relevance", 0.9, "relevant", "Names the city.", "judge")
    assert feedback.run_uuid == Run.objects.get(external_id=(2).to_bytes(8).hex()).uuid
    assert feedback.trace_uuid == Trace.objects.get().uuid
    assert feedback.metadata == {"gen_ai.evaluation.target": "answer", "otel.scope.name": "ev"}
    assert feedback.created_at.timestamp() == START // 10**9


def test_zero_is_a_score_and_failures_are_kept_and_two_words_are_two(send: Send) -> None:
    records = [
        record("gen_ai.evaluation.result", span=1, at=1000, attributes=verdict(0)),
        record("gen_ai.evaluation.result", span=1, at=2000, attributes=verdict(0.0)),
        record("gen_ai.evaluation.result", span=1, at=3000, attributes={
            "gen_ai.evaluation.name": "Crash", "error.type": "Timeout"}),
        record("gen_ai.evaluation.result", span=1, at=4000, attributes=verdict(True)),
        record("gen_ai.evaluation.result", span=1, at=5000, attributes=verdict("high")),
        record("gen_ai.evaluation.result", span=1, at=6000, attributes={"gen_ai.evaluation.name": "Nothing"}),
        record("gen_ai.evaluation.result", attributes=verdict()),
    ]  # fmt: skip
    send("traces", request([call(1)]))
    count, message = partial(send("logs", log_request(records)))
    assert (count, "names nothing that it judges" in message, "Give at least one of score" in message) == (
        2, True, True
    )  # fmt: skip
    stored = Feedback.objects.order_by("created_at", "id")
    assert [(one.key, one.score, one.value, one.error) for one in stored] == [
        ("Relevance", 0.0, None, None),
        ("Relevance", 0.0, None, None),
        ("Crash", None, None, "Timeout"),
        ("Relevance", 1.0, None, None),
        ("Relevance", None, "high", None),
    ]
    assert (Run.objects.get().status, Trace.objects.get().status) == ("ok", "ok")


@pytest.mark.parametrize("is_first", [True, False])
def test_an_evaluation_by_response_id(send: Send, *, is_first: bool) -> None:
    attributes = verdict() | {"gen_ai.response.id": "resp-1"}
    spans = [span(1), call(2, parent=1, attributes={"gen_ai.response.id": "resp-1"})]
    parts = [
        ("traces", request(spans)),
        ("logs", log_request([record("gen_ai.evaluation.result", attributes=attributes)])),
    ]
    for part in reversed(parts) if is_first else parts:
        send(*part)
    send(*parts[1])
    feedback = Feedback.objects.get()
    assert feedback.run_uuid == Run.objects.get(response_id="resp-1").uuid
    assert not models.LogRecord.objects.filter(is_joined=False).exists()


def test_an_evaluation_by_response_id_within_its_trace_and_never_elsewhere(send: Send) -> None:
    spans = [call(1, trace=trace, attributes={"gen_ai.response.id": "resp-1"}) for trace in (TRACE, OTHER_TRACE)]
    send("traces", request(spans))
    attributes = verdict() | {"gen_ai.response.id": "resp-1"}
    send("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=attributes)]))
    assert Feedback.objects.get().trace_uuid == Trace.objects.get(uuid=TRACE.hex()).uuid
    attributes = verdict() | {"gen_ai.response.id": "resp-2"}
    send("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=attributes)]))
    assert Feedback.objects.count() == 1
    assert models.LogRecord.objects.get(is_joined=False).response_id == "resp-2"


@pytest.mark.parametrize(("count", "statements"), [(1, 15), (3, 17), (6, 17)])
def test_evaluations_by_response_cost_the_same_number_of_statements(
    people: People, send: Send, django_assert_num_queries: Any, count: int, statements: int
) -> None:
    """A single one is found and locked at once; of several the targets are looked up before anything is held."""
    numbers = range(2, count + 2)
    spans = [call(n, parent=1, attributes={"gen_ai.response.id": f"resp-{n}"}) for n in numbers]
    send("traces", request([span(1), *spans]))
    records = [
        record("gen_ai.evaluation.result", at=n, attributes=verdict() | {"gen_ai.response.id": f"resp-{n}"})
        for n in numbers
    ]
    with django_assert_num_queries(statements):
        send("logs", log_request(records))
    assert Feedback.objects.count() == count


@pytest.mark.parametrize("is_first", [True, False])
def test_an_evaluation_of_a_trace_is_on_its_root(send: Send, *, is_first: bool) -> None:
    parts = [
        ("logs", log_request([record("gen_ai.evaluation.result", trace=TRACE, attributes=verdict())])),
        ("traces", request([call(2, parent=1)])),
        ("traces", request([span(1)])),
    ]
    for part in parts if is_first else [*parts[1:], parts[0]]:
        send(*part)
    assert Feedback.objects.get().run_uuid == Run.objects.get(parent_uuid=None).uuid


def test_an_evaluation_as_an_event_of_the_span(send: Send) -> None:
    judged = call(1)
    event = judged.events.add(name="gen_ai.evaluation.result", time_unix_nano=START)
    event.attributes.extend(pairs(verdict(0.25)))
    for _ in range(2):
        send("traces", request([judged]))
    feedback = Feedback.objects.get()
    assert said(feedback) == ("Relevance", 0.25, None, None, "judge")
    assert feedback.run_uuid == Run.objects.get().uuid


def annotations(prefix: str, **fields: Any) -> dict[str, Any]:
    return {"openinference.span.kind": "CHAIN"} | {f"{prefix}.{key}": value for key, value in fields.items()}


def test_annotations_of_openinference_on_the_span_itself(send: Send) -> None:
    attributes = annotations(
        "annotations.0.annotation", name="hallucination", score=1, label="hallucinated", explanation="Unsupported.",
        annotator_kind="LLM", identifier="judge-v2", metadata='{"rubric": 2}',
    ) | annotations("evaluations.0.evaluation", name="exact", score=0.0, annotator_kind="CODE")  # fmt: skip
    send("traces", request([span(1, attributes=attributes)]))
    first, second = Feedback.objects.order_by("key")
    assert said(second) == ("hallucination", 1.0, "hallucinated", "Unsupported.", "judge")
    assert second.metadata == {"rubric": 2, "annotator_kind": "LLM", "identifier": "judge-v2"}
    assert said(first) == ("exact", 0.0, None, None, "rule")
    assert {first.run_uuid, second.run_uuid} == {Run.objects.get().uuid}


def test_annotations_on_a_span_of_their_own_point_at_what_they_judge(send: Send) -> None:
    attributes = annotations("annotations.0.annotation", name="helpful", label="yes", annotator_kind="HUMAN")
    attributes |= annotations("trace.evaluations.0.evaluation", name="resolved", score=1.0)
    attributes |= annotations("session.annotations.0.annotation", name="mood", label="good") | {"session.id": "s-1"}
    carrier = span(9, trace=OTHER_TRACE, attributes=attributes)
    carrier.links.add(trace_id=TRACE, span_id=(1).to_bytes(8))
    for _ in range(2):
        send("traces", request([carrier]))
    send("traces", request([span(1)]))
    by_key = {feedback.key: feedback for feedback in Feedback.objects.all()}
    assert (by_key["helpful"].target, by_key["helpful"].source) == ("run", "user")
    assert by_key["helpful"].run_uuid == Run.objects.get(trace__uuid=TRACE.hex()).uuid
    assert (by_key["resolved"].target, by_key["resolved"].trace_uuid) == ("trace", UUID(TRACE.hex()))
    assert (by_key["mood"].target, by_key["mood"].thread_id) == ("thread", "s-1")


def test_an_annotation_that_cannot_be_kept_does_not_lose_its_span(send: Send) -> None:
    attributes = annotations("annotations.0.annotation", name="k" * 200, score=1)
    answer = send("traces", request([span(1, attributes=attributes)]))
    assert partial(answer) == (0, "1 times: the evaluation cannot be kept: key: Use at most 180 characters.")
    assert Run.objects.count() == 1


# Claude Code, which writes logs alone unless its traces are switched on.


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
    for one in records:
        one.trace_id, one.span_id = TRACE, (1).to_bytes(8)
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
