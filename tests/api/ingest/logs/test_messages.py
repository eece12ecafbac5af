"""What logs and events say about runs joins them in any order, once."""

from itertools import permutations

import pytest
from django.utils import timezone

from annotation import models
from annotation.domain.ingest import receive_logs
from annotation.domain.ingest.logs import joining
from annotation.models import Run, Trace
from tests.api.ingest.logs.sending import OTHER_TRACE, PROTOBUF, Send, bare, partial
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import call, request, span

pytestmark = pytest.mark.django_db


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
