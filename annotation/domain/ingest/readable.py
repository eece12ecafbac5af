"""What a person should read of an input or an output: the text inside whatever a framework wrapped around it.

Only for display and search; the value as it was sent stays beside it.
"""

from collections.abc import Callable
from typing import Any

from annotation.domain.ingest import conversations, messages, printed
from annotation.domain.ingest.values import dumped, parsed

_DEPTH = 8
_INPUT_KEYS = ("input", "question", "query", "prompt", "text", "content", "message", "user_input", "task", "user_msg",
               "query_str", "query_bundle")  # fmt: skip
_OUTPUT_KEYS = ("output", "result", "answer", "response", "text", "content", "raw", "message", "final_output")
_SPEAKERS = frozenset({"user", "human", "assistant", "ai", "system"})
_CALL_KEYS = frozenset({"args", "kwargs", "sanitize_inputs_outputs"})


def input_text(value: Any) -> str | None:
    """What was asked: the last user message, the query, or else the value as compact JSON."""
    return _text(value, "user", _INPUT_KEYS)


def output_text(value: Any) -> str | None:
    """What was answered: the last assistant text, the result, or else the value as compact JSON."""
    return _text(value, "assistant", _OUTPUT_KEYS)


def _text(value: Any, role: str, keys: tuple[str, ...]) -> str | None:
    found = _unwrap(value, role, keys, _DEPTH)
    if isinstance(found, str):
        return printed.result(found) or None
    return None if _is_hollow(found) else dumped(found)


def _is_hollow(value: Any) -> bool:
    """Whether a value says nothing: none, an empty list, an object without any member that holds something."""
    return value is None or value == [] or (isinstance(value, dict) and all(m is None for m in value.values()))


def unwrapped(value: Any) -> Any:
    """A tool's result without the wrapping of a framework; a JSON value."""
    return _unwrap(value, "assistant", (), _DEPTH)


def arguments(value: Any) -> Any:
    """A tool's arguments without the wrapping of a Python call `{"args": […], "kwargs": {…}}`, or of `{"input": {…}}`."""
    if isinstance(value, dict) and value.keys() == {"input"} and isinstance(value["input"], dict):
        return value["input"]
    if not isinstance(value, dict) or not value or not value.keys() <= _CALL_KEYS:
        return value
    positional, named = value.get("args") or [], value.get("kwargs") or {}
    if not positional:
        return named
    if not isinstance(positional, list):
        return value
    return positional[0] if len(positional) == 1 and not named else value


def _unwrap(value: Any, role: str, keys: tuple[str, ...], depth: int) -> Any:
    value = parsed(value)
    if depth == 0:
        return value
    if isinstance(value, list):
        return _from_list(value, role, keys, depth)
    if not isinstance(value, dict):
        return value
    if not _WRAPPING.isdisjoint(value):
        for reader in _WRAPPERS:
            inner = reader(value)
            if inner is not _NOTHING:
                return _unwrap(inner, role, keys, depth - 1)
    return _from_plain(value, role, keys, depth)


def _from_plain(value: dict[str, Any], role: str, keys: tuple[str, ...], depth: int) -> Any:
    if isinstance(value.get("messages"), list) and keys:
        return _unwrap(value["messages"], role, keys, depth - 1)
    present = [key for key in keys if value.get(key) not in (None, "")]
    if present and (len(value) == 1 or "model" in value or isinstance(value[present[0]], str)):
        return _unwrap(value[present[0]], role, keys, depth - 1)
    said = _components(value) if keys and len(value) == 1 else None
    return _unwrap(said, role, keys, depth - 1) if said else value


def _components(value: dict[str, Any]) -> list[Any] | None:
    """Haystack: a pipeline's `{"data": {"agent": {"messages": […]}}}`, and what one of its components was given or gave."""
    inner = value.get("data", value)
    if not isinstance(inner, dict) or len(inner) != 1:
        return None
    (given,) = inner.values()
    said = given.get("messages", given.get("replies")) if isinstance(given, dict) else None
    is_said = isinstance(said, list) and bool(said) and all(isinstance(e, str) and printed.is_message(e) for e in said)
    return said if is_said else None


def _from_list(value: list[Any], role: str, keys: tuple[str, ...], depth: int) -> Any:
    if value and all(isinstance(entry, str) for entry in value):
        if keys and all(printed.is_message(entry) for entry in value):
            return printed.last_said(value, role)
        is_said = len(value) == 2 and value[0] in _SPEAKERS
        return value[1] if is_said and keys else "\n".join(value) if keys else value
    if value and all(
        isinstance(entry, dict) and "description" in entry and "expected_output" in entry for entry in value
    ):
        return "\n".join(str(entry["description"]) for entry in value)  # CrewAI's tasks
    spoken = _as_messages(value)
    if spoken:
        return messages.last_text(spoken, role) if keys else value
    texts = [entry["text"] for entry in value if isinstance(entry, dict) and isinstance(entry.get("text"), str)]
    if texts and len(texts) == len(value):
        return "\n".join(texts)
    is_wrapped = len(value) == 1 and (isinstance(value[0], list) or _is_command(value[0]))
    return _unwrap(value[0], role, keys, depth - 1) if is_wrapped else value


def _is_command(entry: Any) -> bool:
    return isinstance(entry, dict) and "update" in entry and "goto" in entry


def _as_messages(value: list[Any]) -> list[messages.Message]:
    """The messages that a list holds, if it holds nothing else."""
    if not value or not all(isinstance(entry, dict) for entry in value):
        return []
    found = [conversations.single(entry) for entry in value]
    return [entry for entry in found if entry] if all(found) else []


_NOTHING = object()


def _constructor(value: dict[str, Any]) -> Any:
    """LangChain: `{"lc": 1, "type": "constructor", …, "kwargs": {"content": …}}`."""
    kwargs = value.get("kwargs")
    return kwargs["content"] if "lc" in value and isinstance(kwargs, dict) and "content" in kwargs else _NOTHING


def _typed_data(value: dict[str, Any]) -> Any:
    """LangChain: `{"type": "tool", "data": {"content": …}}`."""
    data = value.get("data")
    return data["content"] if "type" in value and isinstance(data, dict) and "content" in data else _NOTHING


def _generations(value: dict[str, Any]) -> Any:
    """LangChain: `{"generations": [[{"text": …}]]}`."""
    generations = value.get("generations")
    if not isinstance(generations, list) or not generations:
        return _NOTHING
    first = generations[0]
    return first if isinstance(first, list) else [first]


def _python_call(value: dict[str, Any]) -> Any:
    """Decorators: `{"args": […], "kwargs": {…}}`."""
    inner = arguments(value)
    return _NOTHING if inner is value else inner


def _choices(value: dict[str, Any]) -> Any:
    """OpenAI chat and text completions."""
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return _NOTHING
    answer = choices[0].get("message", choices[0].get("text", _NOTHING))
    return messages.text_of(messages.from_openai(answer)) if isinstance(answer, dict) else answer


def _responses(value: dict[str, Any]) -> Any:
    """OpenAI responses: `{"object": "response", "output": [{"type": "message", "content": [{"text": …}]}]}`."""
    output = value.get("output")
    if value.get("object") != "response" or not isinstance(output, list):
        return _NOTHING
    said = [item for item in output if isinstance(item, dict) and item.get("type") == "message"]
    return messages.text_of(messages.from_openai(said[-1])) if said else None


def _gemini(value: dict[str, Any]) -> Any:
    """Gemini: `{"content": {"parts": [{"text": …}]}}`, and the question of an ADK runner, `{"new_message": {…}}`."""
    content = next((value[key] for key in ("new_message", "content") if isinstance(value.get(key), dict)), value)
    if not isinstance(content.get("parts"), list):
        return _NOTHING
    found = conversations.single({"role": "user", **content})
    return messages.text_of(found) if found else _NOTHING


def _tool_output(value: dict[str, Any]) -> Any:
    """A tool's answer of LlamaIndex (`raw_output`) or of Gemini (`response`, in it perhaps ADK's `result`)."""
    if "tool_name" in value and "raw_output" in value:
        return value["raw_output"]
    response = value.get("response")
    if "name" not in value or not isinstance(response, dict):
        return _NOTHING
    return response["result"] if response.keys() == {"result"} else response


def _mcp_result(value: dict[str, Any]) -> Any:
    """A tool's result of the Model Context Protocol: `{"content": [{"type": "text", "text": …}], "isError": false}`."""
    content = value.get("content")
    is_result = isinstance(content, list) and value.keys() <= {
        "content",
        "isError",
        "is_error",
        "structuredContent",
        "_meta",
    }
    return content if is_result and content else _NOTHING


def _command(value: dict[str, Any]) -> Any:
    """LangGraph: `{"graph": …, "update": {"messages": […]}, "goto": …}`."""
    update = value.get("update")
    return update if "goto" in value and isinstance(update, dict) and update else _NOTHING


def _workflow(value: dict[str, Any]) -> Any:
    """LlamaIndex: `{"init_state": {…}, "start_event": "StartEvent(topic='rain')"}`, where the state is the machinery's."""
    started = value.get("start_event")
    return printed.first_field(started) if "init_state" in value and isinstance(started, str) else _NOTHING


#: A wrapper has at least one of these members.
_WRAPPING = frozenset({"kwargs", "args", "data", "generations", "choices", "object", "update", "new_message", "content",
                       "parts", "raw_output", "response", "init_state"})  # fmt: skip

_WRAPPERS: tuple[Callable[[dict[str, Any]], Any], ...] = (
    _constructor,
    _typed_data,
    _generations,
    _python_call,
    _choices,
    _responses,
    _command,
    _gemini,
    _mcp_result,
    _tool_output,
    _workflow,
)
