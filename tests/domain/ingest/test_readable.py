"""What a person reads, whatever a framework wrapped around it."""

from typing import Any

import pytest

from annotation.domain.ingest import messages, readable
from annotation.domain.ingest.mapping import to_run
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import dumped

SERIALISED = {
    "lc": 1,
    "type": "constructor",
    "id": ["langchain", "AIMessage"],
    "kwargs": {"content": "hi", "type": "ai"},
}

AGENTS_END = (
    "StopEvent(result=AgentOutput(response=ChatMessage(role=<MessageRole.ASSISTANT: 'assistant'>, additional_kwargs={}, "
    "blocks=[TextBlock(block_type='text',"
)

HAYSTACK = [
    "ChatMessage(_role=<ChatRole.USER: 'user'>, _content=[TextContent(text='How is Rome?')], _name=None, _meta={})",
    "ChatMessage(_role=<ChatRole.ASSISTANT: 'assistant'>, _content=[ToolCall(tool_name='weather', id='call_1')], _name=None, _meta={})",
    "ChatMessage(_role=<ChatRole.TOOL: 'tool'>, _content=[ToolCallResult(result='30C', origin=None)], _name=None, _meta={})",
    """ChatMessage(_role=<ChatRole.ASSISTANT: 'assistant'>, _content=[TextContent(text="It's warm.\\n"), TextContent(text='Go!')])""",
]


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"agent": {"messages": HAYSTACK}}},
        {"agent": {"messages": HAYSTACK}},
        {"llm": {"replies": HAYSTACK}},
        HAYSTACK,
    ],
)
def test_printed_messages_of_haystack_are_read_by_role(value: Any) -> None:
    assert readable.input_text(value) == "How is Rome?"
    assert readable.output_text(value) == "It's warm.\n\nGo!"
    assert readable.output_text(HAYSTACK[:3]) is None


@pytest.mark.parametrize("value", [{"agent": {"messages": ["How is Rome?"]}}, {"data": {"agent": 1}}, {"agent": {}}])
def test_other_components_stay_as_they_are(value: Any) -> None:
    assert readable.input_text(value) == dumped(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"type": "tool", "data": {"content": "18C"}}, "18C"),
        (SERIALISED, "hi"),
        ({"generations": [[{"text": "hi"}]]}, "hi"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "b"),
        ({"messages": [{"type": "human", "data": {"content": "a"}}, {"type": "ai", "data": {"content": "b"}}]}, "b"),
        ({"raw": "done"}, "done"),
        ({"result": "done"}, "done"),
        ({"args": ["done"], "kwargs": {}}, "done"),
        ({"id": "x", "choices": [{"message": {"role": "assistant", "content": "hi"}}], "model": "m"}, "hi"),
        (
            {"object": "response", "output": [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}]},
            "hi",
        ),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ('{"output": "nested"}', "nested"),
        ({"a": 1, "b": [2]}, '{"a":1,"b":[2]}'),
        ([{"graph": None, "update": {"messages": [{"type": "ai", "content": "b"}]}, "goto": []}], "b"),
        ({"content": {"role": "model", "parts": [{"text": "hi"}]}, "finish_reason": "STOP"}, "hi"),
        ({"id": "1", "name": "find", "response": {"result": "18C"}}, "18C"),
        ({"tool_name": "find", "blocks": [{"text": "x"}], "raw_output": "18C"}, "18C"),
        ({"content": [{"type": "text", "text": "18C"}], "isError": False}, "18C"),
        ("StopEvent(result='18C')", "18C"),
        ('StopEvent(result="it\'s 18C\\nand sunny")', "it's 18C\nand sunny"),
        ("StopEvent(result='a\\x00b')", "a\ufffdb"),
        ("StopEvent(result='18C and su...", "18C and su..."),
        ("StopEvent(result={'t': 18})", "{'t': 18}"),
        ("StopEvent(result=None)", None),
        ("StopEvent()", None),
        (AGENTS_END + " text='18C')]), tool_calls=[]))", "18C"),
        (AGENTS_END + " text='18C and su...", None),
        (AGENTS_END[:60] + "...", None),
        ("Weather(city='Oslo')", "Weather(city='Oslo')"),
        ({"description": "How is Oslo?", "expected_output": "a line", "raw": "18C", "pydantic": None}, "18C"),
        ({"output": None}, None),
        ({}, None),
        ([], None),
        ("", None),
        (None, None),
    ],
)
def test_outputs(value: Any, text: str | None) -> None:
    assert readable.output_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "a"),
        ({"input": "question"}, "question"),
        ({"model": "m", "input": ["a", "b"]}, "a\nb"),
        ({"model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}]}, "a"),
        ({"args": [], "kwargs": {"city": "Oslo"}}, '{"city":"Oslo"}'),
        ({"messages": [["user", "a"]]}, "a"),
        ({"task": "a", "stream": False}, "a"),
        ({"user_msg": "a", "chat_history": None}, "a"),
        ({"query_bundle": {"query_str": "a", "embedding": None}}, "a"),
        ({"init_state": {"is_running": False}, "start_event": "StartEvent(topic='a')"}, "a"),
        ({"init_state": {"is_running": False}, "start_event": "AgentWorkflowStartEvent()"}, None),
        ({"new_message": {"parts": [{"text": "a"}], "role": "user"}, "user_id": "u"}, "a"),
        ([{"description": "a", "expected_output": "one line"}, {"description": "b", "expected_output": "-"}], "a\nb"),
    ],
)
def test_inputs(value: Any, text: str | None) -> None:
    assert readable.input_text(value) == text


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ({"city": "Oslo"}, {"city": "Oslo"}),
        ({"args": [], "kwargs": {"city": "Oslo"}}, {"city": "Oslo"}),
        ({"args": ["Oslo"], "sanitize_inputs_outputs": True, "kwargs": {}}, "Oslo"),
        ({"args": {"city": "Oslo"}}, {"args": {"city": "Oslo"}}),
        ({"input": {"city": "Oslo"}}, {"city": "Oslo"}),
        ("Oslo", "Oslo"),
    ],
)
def test_arguments(value: Any, arguments: Any) -> None:
    assert readable.arguments(value) == arguments


def test_messages_of_every_form_become_one() -> None:
    call = {"type": "tool_call", "id": "1", "name": "find", "arguments": {"a": 1}}
    openai = {"role": "assistant", "content": "hm", "tool_calls": [
        {"id": "1", "function": {"name": "find", "arguments": '{"a": 1}'}}]}  # fmt: skip
    genai = {"role": "assistant", "parts": [{"type": "text", "content": "hm"}, {**call, "arguments": '{"a": 1}'}]}
    anthropic = {"role": "assistant", "content": [{"type": "text", "text": "hm"},
                 {"type": "tool_use", "id": "1", "name": "find", "input": {"a": 1}}]}  # fmt: skip
    wanted = {"role": "assistant", "parts": [{"type": "text", "text": "hm"}, call]}
    assert messages.from_openai(openai) == messages.from_openai(anthropic) == wanted
    assert messages.from_genai([genai]) == [wanted]
    for word in ("response", "result"):
        part = {"type": "tool_call_response", "id": "1", word: "SK 1"}
        assert messages.from_genai([{"role": "tool", "parts": [part]}])[0]["parts"] == [
            {"type": "tool_result", "id": "1", "result": "SK 1"}
        ]


def run(**attributes: Any) -> Any:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return to_run(Span(bytes([1] * 16), bytes([1] * 8), None, "s", 1, 2, named), received_ns=1)


def test_the_dialect_that_types_its_span_explicitly_comes_first() -> None:
    both = run(openinference__span__kind="RETRIEVER", gen_ai__operation__name="chat", llm__model_name="a",
               gen_ai__response__model="b", gen_ai__response__id="r")  # fmt: skip
    assert (both.type, both.model, both.response_id, both.dialect) == ("retriever", "a", "r", "openinference")


def test_a_system_prompt_is_shown_once() -> None:
    asked = '[{"role":"user","parts":[{"type":"text","content":"q"}]}]'
    system = '[{"type":"text","content":"be brief"}]'
    found = run(**{"gen_ai.input.messages": asked, "gen_ai.system_instructions": system})
    assert [message["role"] for message in found.messages] == ["system", "user"]
    twice = '[{"role":"system","parts":[{"type":"text","content":"be brief"}]}]'
    found = run(**{"gen_ai.input.messages": twice, "gen_ai.system_instructions": system})
    assert [message["role"] for message in found.messages] == ["system"]


def test_a_traceback_in_the_status_message_is_the_stack() -> None:
    one = Span(bytes([1] * 16), bytes([1] * 8), None, "s", 1, 2, {"error.type": "ValueError"}, status_code=2,
               status_message="ValueError('no')Traceback (most recent call last):\n  File x\nValueError: no")  # fmt: skip
    error = to_run(one, received_ns=1).error
    assert error is not None
    assert (error.type, error.message) == ("ValueError", "ValueError('no')")
    assert (error.stack or "").startswith("Traceback")
