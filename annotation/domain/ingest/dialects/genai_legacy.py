"""The older generations of OpenTelemetry's conventions for generative AI, versions 1.26 to 1.36, on spans.

Source: `open-telemetry/semantic-conventions`, documents `gen-ai-spans` and `gen-ai-events` of those versions; the
numbered form is OpenLLMetry's. The content of a call comes in one of four ways:

* one attribute each, `gen_ai.prompt` and `gen_ai.completion`
* numbered attributes, `gen_ai.prompt.0.role`, `gen_ai.completion.0.tool_calls.0.name`
* two span events, `gen_ai.content.prompt` and `gen_ai.content.completion`
* one span event for each message, `gen_ai.user.message` … `gen_ai.choice`
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import conversations, messages, readable
from annotation.domain.ingest.dialects import indexed
from annotation.domain.ingest.dialects.attributes import first_text, first_value, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.messages import Message
from annotation.domain.ingest.spans import Span, SpanEvent
from annotation.domain.ingest.values import parsed

NAME = "otel-genai-legacy"

_PROMPT, _COMPLETION = "gen_ai.prompt", "gen_ai.completion"
_CONTENT = ("gen_ai.content.prompt", "gen_ai.content.completion")
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_CHOICE = "gen_ai.choice"
_EVENTS = frozenset({*_CONTENT, *_ROLES, _CHOICE})

_TAKEN = frozenset({"role", "content", "name", "finish_reason", "reasoning"})


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span that carries the content of its call in one of the four ways."""
    if "gen_ai" in heads:
        names = "\n".join(("", *span.attributes))  # one search in all names is faster than one in each
        if f"\n{_PROMPT}" in names or f"\n{_COMPLETION}" in names:
            return True
    return any(event.name in _EVENTS for event in span.events) if span.events else False


def read(span: Span) -> Partial:
    """The content of the call, however it comes."""
    attributes, partial = span.attributes, Partial()
    partial.inputs, partial.sources["inputs"] = first_value(attributes, _PROMPT)
    partial.outputs, partial.sources["outputs"] = first_value(attributes, _COMPLETION)
    for field, prefix in (("input_messages", "gen_ai.prompt."), ("output_messages", "gen_ai.completion.")):
        entries, keys = indexed.entries(attributes, prefix)
        if entries:
            setattr(partial, field, [_message(entry, prefix) for entry in entries])
            partial.sources[field] = [key for key in keys if _is_taken(key)]
    if attributes.get("gen_ai.operation.name") == "execute_tool":
        _read_tool(partial, span.events)
    elif span.events:
        _read_events(partial, span.events)
    return partial


def _message(entry: Mapping[str, Any], prefix: str) -> Message:
    entry = {key.removeprefix("message."): value for key, value in entry.items()}
    calls, _ = indexed.entries(entry, "tool_calls.")
    function = {"name": entry.get("function_call.name"), "arguments": entry.get("function_call.arguments")}
    said = {
        "role": entry.get("role") or ("assistant" if prefix == "gen_ai.completion." else "user"),
        "content": _content(entry.get("content")),
        "tool_calls": [_call(call) for call in calls],
        "function_call": function if function["name"] else None,
        **{key: entry.get(key) for key in ("name", "tool_call_id", "finish_reason", "reasoning")},
    }
    return messages.from_openai(said)


def _content(value: Any) -> Any:
    """A message's content: a text that holds a list is the list of its parts, any other JSON stays as written."""
    found = parsed(value)
    is_parts = (
        isinstance(found, list) and found and all(isinstance(p, dict) and ("type" in p or "text" in p) for p in found)
    )
    return found if is_parts or not isinstance(value, str) else value


def _call(entry: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key.removeprefix("function."): value for key, value in entry.items()}
    return {"id": plain.get("id"), "name": plain.get("name"), "arguments": plain.get("arguments")}


def _is_taken(key: str) -> bool:
    last = key.rpartition(".")[2]
    return last in _TAKEN or (".tool_calls." in key and last in ("id", "name", "arguments"))


def _read_events(partial: Partial, events: Sequence[SpanEvent]) -> None:
    for event in events:
        if event.name == _CONTENT[0] and is_absent(partial.inputs):
            partial.inputs = first_value(event.attributes, _PROMPT)[0]
        elif event.name == _CONTENT[1] and is_absent(partial.outputs):
            partial.outputs = first_value(event.attributes, _COMPLETION)[0]
    asked, answered = from_events((event.name, event.attributes) for event in events)
    partial.input_messages = partial.input_messages or asked
    partial.output_messages = partial.output_messages or answered


def _read_tool(partial: Partial, events: Sequence[SpanEvent]) -> None:
    """A step that is a tool is told by two events: what it was given as the tool's message, what it gave as choice."""
    given = next((event.attributes for event in events if event.name == "gen_ai.tool.message"), None)
    gave = next((event.attributes for event in reversed(events) if event.name == _CHOICE), None)
    partial.tool_arguments = unquoted(given.get("content")) if given else None
    if gave:
        partial.tool_result = readable.unwrapped(unquoted(gave.get("message", gave.get("content"))))


def from_events(events: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[list[Message], list[Message]]:
    """What was asked and what was answered, of events (name, body) that hold a message each, in their order.

    A body is what the conventions put into a log record (`{content, role?, tool_calls?, id?}`, for a choice
    `{index, finish_reason, message}`), or the same as attributes of a span event, with JSON in texts.
    """
    asked: list[Message] = []
    answered: list[Message] = []
    for name, body in events:
        if name in _ROLES:
            asked += _said(_ROLES[name], body)
        elif name == _CHOICE:
            answered += _chosen(body)
    return asked, answered


def _said(role: str, body: Mapping[str, Any]) -> list[Message]:
    body = _event_content(body)
    content = unquoted(body.get("content"))
    entry = {
        "role": first_text(body, "role") or role,
        "content": content,
        "tool_calls": parsed(body.get("tool_calls")),
        "tool_call_id": body.get("tool_call_id", body.get("id")),
        "name": body.get("name"),
    }
    if _is_gemini(content):
        return [one for found in conversations.asked(content) for one in messages.by_tool(found)]
    return messages.by_tool(messages.from_openai(entry))


def _chosen(body: Mapping[str, Any]) -> list[Message]:
    body = _event_content(body)
    said = unquoted(body.get("message", body.get("content")))
    ended = first_text(body, "finish_reason")
    if isinstance(said, dict) and not ({"role", "content", "tool_calls"} & said.keys()):
        said = {"content": said}
    entry = dict(said) if isinstance(said, dict) else {"content": said}
    calls = entry.get("tool_calls") or parsed(body.get("tool_calls"))
    content = said if _is_gemini(said) else parsed(entry.get("content"))
    if _is_gemini(content):
        return [found | ({"finish_reason": ended} if ended else {}) for found in conversations.answered(content)]
    role = first_text(entry, "role") or "assistant"
    return [
        messages.from_openai({**entry, "role": role, "content": content, "tool_calls": calls, "finish_reason": ended})
    ]


def _is_gemini(content: Any) -> bool:
    """True for Gemini's content, which is a message by itself."""
    return isinstance(content, dict) and isinstance(content.get("parts"), list)


def _event_content(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Some senders put the whole body as JSON into one attribute of the event."""
    whole = parsed(body.get("gen_ai.event.content"))
    return whole if isinstance(whole, dict) else body
