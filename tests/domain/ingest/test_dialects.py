"""What single dialects say where a golden sample would hide it, and how those on one span are put together."""

import json
from decimal import Decimal
from typing import Any

import pytest

from annotation.domain.ingest import conversations, mapping, rows
from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import literal
from annotation.domain.ingest.records import RunRecord, ToolRecord, Usage
from annotation.domain.ingest.rollup import summarise
from annotation.domain.ingest.spans import Span, SpanEvent

TRACE, ROOT, CHILD = bytes([1] * 16), bytes([1] * 8), bytes([2] * 8)


def run(attributes: dict[str, Any], **members: Any) -> RunRecord:
    sent = {"trace_id": TRACE, "span_id": ROOT, "parent_id": None, "name": "s", "start_ns": 1, "end_ns": 2} | members
    [found] = mapping.to_runs([Span(**sent, attributes=attributes)], received_ns=1)
    return found


def test_the_tool_that_wrote_a_span_is_heard_before_the_general_conventions() -> None:
    general = {"gen_ai.operation.name": "embeddings", "gen_ai.response.model": "m-1", "gen_ai.usage.input_tokens": 5}
    found = run({"langsmith.span.kind": "retriever", **general})
    assert (found.type, found.model, found.dialect) == ("retriever", "m-1", "langsmith")
    both = run({"langfuse.observation.type": "tool", "openinference.span.kind": "LLM", "traceloop.span.kind": "agent"})
    assert (both.type, both.dialect) == ("tool", "langfuse")


def test_an_operation_says_more_than_a_task() -> None:
    kinds = {"traceloop.span.kind": "task", "traceloop.entity.name": "x"}
    assert run({**kinds, "gen_ai.operation.name": "execute_tool"}).type == "tool"
    assert run({**kinds, "gen_ai.operation.name": "invoke_agent"}).type == "chain"
    assert run({**kinds, "traceloop.span.kind": "tool", "gen_ai.operation.name": "chat"}).type == "tool"


def test_what_an_application_names_its_thread_comes_before_a_library_s_own() -> None:
    library = {"gen_ai.conversation.id": "uuid", "traceloop.association.properties.session_id": "theirs"}
    assert run(library).thread_id == "theirs"
    assert run({**library, "session.id": "ours"}).thread_id == "ours"


def test_the_response_before_is_no_thread() -> None:
    assert run({"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "resp_0a1"}).thread_id is None
    assert run({"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "response"}).thread_id == "response"


def test_what_a_tool_s_message_says_is_its_result() -> None:
    """LiteLLM writes results as texts."""
    asked = [
        {"role": "user", "parts": [{"type": "text", "content": "Rome?"}]},
        {"role": "tool", "parts": [{"type": "text", "content": "30C"}]},
    ]
    found = run({"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(asked)})
    assert [message["parts"] for message in found.messages] == [
        [{"type": "text", "text": "Rome?"}],
        [{"type": "tool_result", "id": None, "result": "30C"}],
    ]


def test_metadata_come_together_from_all_dialects() -> None:
    found = run({"openinference.span.kind": "CHAIN", "metadata": '{"a": 1, "b": 1}', "traceloop.span.kind": "task",
                 "traceloop.association.properties.a": 2, "traceloop.association.properties.c": 3})  # fmt: skip
    assert found.metadata == {"a": 1, "b": 1, "c": 3}


def test_metadata_that_are_overruled_stay_attributes() -> None:
    sent = {"langfuse.trace.metadata.a": "1", "langsmith.metadata.a": "2", "langsmith.metadata.b": "3"}
    found = run(sent)
    assert found.metadata == {"a": "2", "b": "3"}
    assert found.attributes == {"langfuse.trace.metadata.a": "1"}


def test_release_and_environment_are_metadata() -> None:
    resource = {"service.version": "2.1", "deployment.environment.name": "production"}
    assert run({}, resource=resource).metadata == {"release": "2.1", "environment": "production"}


def test_a_placeholder_is_its_span_while_it_runs() -> None:
    pending = {"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0" * 16}
    begun = run(pending, span_id=CHILD, parent_id=ROOT)
    ended = run({"logfire.span_type": "span"})
    assert (begun.id, begun.parent_id, begun.status, begun.ended_ns) == (ended.id, None, "pending", None)
    assert begun.started_ns == ended.started_ns
    below = run({**pending, "logfire.pending_parent_id": "03" * 8}, span_id=CHILD, parent_id=ROOT)
    assert below.parent_external_id == "03" * 8


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}, Usage(3, 2, 5)),
        ({"input": 3, "output": 2, "total": 9, "input_cached_tokens": 4}, Usage(7, 2, 9, {"cache_read": 4})),
        (
            {"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 1},
            Usage(8, 2, 10, {"cache_read": 4, "cache_write": 1}),
        ),
        (
            {"prompt_token_count": 9, "candidates_token_count": 2, "thoughts_token_count": 4, "total_token_count": 15},
            Usage(9, 6, 15, {"reasoning": 4}),
        ),
        ({"inputTokens": "3", "outputTokens": 2.0, "cachedInputTokens": 1}, Usage(3, 2, 5, {"cache_read": 1})),
        ({"total": 7}, Usage(0, 0, 7)),
        ({"cost": 1}, None),
        ("none", None),
    ],
)
def test_usage_of_every_provider(sent: Any, wanted: Usage | None) -> None:
    assert usage.from_object(sent) == wanted
    assert usage.from_object(json.dumps(sent)) == wanted


CALL = {"type": "tool_call", "id": "1", "name": "move", "arguments": {"to": "Friday"}}


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": [{"message": {"role": "assistant", "tool_calls": [
            {"id": "1", "function": {"name": "move", "arguments": '{"to": "Friday"}'}}]}}]},
        {"object": "response", "output": [
            {"type": "function_call", "call_id": "1", "name": "move", "arguments": '{"to": "Friday"}'}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "move", "input": {"to": "Friday"}}]},
        {"output": {"message": {"role": "assistant", "content": [
            {"toolUse": {"toolUseId": "1", "name": "move", "input": {"to": "Friday"}}}]}}},
        {"candidates": [{"content": {"role": "model", "parts": [
            {"functionCall": {"id": "1", "name": "move", "args": {"to": "Friday"}}}]}}]},
        {"generations": [[{"text": "", "message": {"lc": 1, "type": "constructor", "id": ["x", "AIMessage"], "kwargs": {
            "content": "", "tool_calls": [{"name": "move", "args": {"to": "Friday"}, "id": "1"}]}}}]]},
        {"messages": [{"type": "ai", "content": "", "tool_calls": [
            {"name": "move", "args": {"to": "Friday"}, "id": "1"}]}]},
        [{"toolCallId": "1", "toolName": "move", "input": '{"to": "Friday"}'}],
        {"role": "assistant", "content": "", "additional_kwargs": {"tool_calls": [
            {"id": "1", "function": {"name": "move", "arguments": '{"to": "Friday"}'}}]}},
    ],
)  # fmt: skip
def test_a_call_in_the_words_of_every_provider(answer: Any) -> None:
    assert conversations.answered(answer) == [{"role": "assistant", "parts": [CALL]}]


@pytest.mark.parametrize("kind", [[], {}, 7, None])
def test_an_object_of_no_known_kind_is_no_message(kind: object) -> None:
    assert conversations.single({"type": kind, "content": None}) is None


@pytest.mark.parametrize(
    "image",
    [
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        {"type": "input_image", "image_url": "https://example.org/a.png"},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        {"type": "image", "image": "https://example.org/a.png"},
    ],
)
def test_an_image_in_the_words_of_every_provider(image: Any) -> None:
    [message] = conversations.asked([{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}])
    assert message["parts"][1] == {"type": "image", "url": "https://example.org/a.png"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'city': 'Oslo', 'days': [1, None, True]}", {"city": "Oslo", "days": [1, None, True]}),
        ('{"city": "Oslo"}', {"city": "Oslo"}),
        ("{'a': __import__('os')}", "{'a': __import__('os')}"),
        ("{'a': {1, 2}}", "{'a': {1, 2}}"),
        ("[" * 100 + "]" * 100, "[" * 100 + "]" * 100),
        ("{not python", "{not python"),
        ("42", "42"),
    ],
)
def test_what_python_prints_is_read_as_constants_only(text: str, value: Any) -> None:
    assert literal(text) == value


LLAMA_INDEX = "openinference.instrumentation.llama_index"
WORKFLOW = {"init_state": {"is_running": False}, "start_event": "AgentWorkflowStartEvent()"}


def openinference(kind: str, asked: Any, answered: Any, **more: Any) -> dict[str, Any]:
    values = {"input.value": asked, "output.value": answered}
    return {"openinference.span.kind": kind, **more} | {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }


def test_an_agent_of_llamaindex_says_what_its_model_says() -> None:
    spoken = {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "How is Oslo?",
              "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "18C"}  # fmt: skip
    child = {"scope_name": LLAMA_INDEX, "parent_id": ROOT}
    ended = "StopEvent(result=AgentOutput(response=ChatMessage(role=<MessageRole..."
    runs = [
        run(openinference("CHAIN", WORKFLOW, ended), scope_name=LLAMA_INDEX, end_ns=9),
        run(openinference("LLM", {"chat_history": ["ChatMessage("]}, {"messages": ["ChatMessage("]}), **child,
            span_id=CHILD, name="OpenAI._prepare_chat_with_tools", start_ns=2, end_ns=3),
        run(openinference("LLM", "{}", "assistant: 18C", **spoken), **child, span_id=bytes([3] * 8), name="OpenAI.chat",
            start_ns=4, end_ns=5),
    ]  # fmt: skip
    assert [(one.type, one.input_text, one.output_text) for one in runs[::2]] == [
        ("agent", None, None), ("llm", "How is Oslo?", "18C")
    ]  # fmt: skip
    assert runs[1].type == "chain"
    assert (runs[0].inputs, runs[0].outputs) == (WORKFLOW, ended)
    summary = summarise([rows.run_summary(one) for one in runs])
    assert summary.input_run == summary.output_run == runs[2].id


def test_only_llamaindex_has_its_kinds_corrected() -> None:
    assert run(openinference("CHAIN", WORKFLOW, "x")).type == "chain"
    assert run(openinference("LLM", "x", "x"), name="Model._call").type == "llm"


def test_an_agent_of_crewai_was_asked_its_task() -> None:
    agent = {"agent": {"role": "reporter"}, "context": "", "tools": []}
    told = {"description": "How is Oslo?", "expected_output": "a line", "raw": "18C"}
    found = run(openinference("AGENT", agent, told, task_key="1"))
    assert (found.input_text, found.output_text) == ("How is Oslo?", "18C")
    assert json.loads(found.attributes["input.value"]) == agent
    beside = run(openinference("AGENT", agent, "18C", task_key="1", formatted_description="How is Oslo?"))
    assert (beside.input_text, beside.output_text) == ("How is Oslo?", "18C")
    assert run(openinference("AGENT", agent, told)).inputs == agent


@pytest.mark.parametrize(
    ("sent", "arguments"),
    [
        ("Oslo", "Oslo"),
        ("42", "42"),
        ("{'city': 'Oslo', 'days': 2}", {"city": "Oslo", "days": 2}),
        ('{"city": "Oslo"}', {"city": "Oslo"}),
        ({"kwargs": {"city": "Oslo"}}, {"city": "Oslo"}),
    ],
)
def test_arguments_as_langchain_prints_them(sent: Any, arguments: Any) -> None:
    result = {"tool_name": "find", "blocks": [{"text": "x"}], "raw_output": "18C", "raw_input": {"args": []}}
    found = run(openinference("TOOL", sent, result, **{"tool.name": "find"}))
    assert found.tool == ToolRecord("find", arguments, "18C")


@pytest.mark.parametrize(
    ("sent", "counted", "cost"),
    [(0, 5, None), (0.0, 5, None), ("0", 5, None), (0, 0, 0), (0, None, 0), (0.5, 5, Decimal("0.5"))],
)
def test_a_cost_of_nothing_for_tokens_is_no_cost(sent: Any, counted: int | None, cost: Any) -> None:
    asked = {} if counted is None else {"gen_ai.usage.input_tokens": counted}
    found = run({"gen_ai.operation.name": "chat", "gen_ai.usage.cost": sent, **asked})
    assert found.cost == cost
    assert found.attributes["gen_ai.usage.cost"] == sent


def test_both_sides_of_a_call_may_be_told_by_an_event_each() -> None:
    asked = {"gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Which trains run?"}]}]'}
    given = [{"type": "tool_call_response", "id": "c-1", "response": [{"text": "One at 9."}, {"text": "One at 10."}]}]
    told = {"gen_ai.output.messages": json.dumps([{"role": "tool", "parts": given}])}
    events = tuple(SpanEvent("gen_ai.client.inference.operation.details", 1, said) for said in (asked, told))
    found = run({"gen_ai.operation.name": "chat"}, events=events)
    assert found.input_text == "Which trains run?"
    assert [part for message in found.messages for part in message["parts"]][1:] == [
        {"type": "tool_result", "id": "c-1", "result": "One at 9.\nOne at 10."}
    ]
