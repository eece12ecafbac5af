"""Messages found in whatever a model was given or gave, in the words of providers and frameworks.

For dialects that keep a whole request or response as one document. What is not recognised gives no messages, and stays
an input or output as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from annotation.domain.ingest import messages, parts
from annotation.domain.ingest.messages import Message
from annotation.domain.ingest.values import parsed

_DEPTH = 6

_SPOKEN = frozenset({"human", "ai", "system", "tool", "function", "user", "assistant", "AIMessageChunk", "developer"})
_CLASSES = {"HumanMessage": "user", "AIMessage": "assistant", "SystemMessage": "system", "ToolMessage": "tool",
            "AIMessageChunk": "assistant", "FunctionMessage": "tool"}  # fmt: skip


def asked(value: Any) -> list[Message]:
    """The messages in what a model was given; a plain text is the user's."""
    return _found(value, "user", _DEPTH)


def answered(value: Any) -> list[Message]:
    """The messages in what a model gave; a plain text is the assistant's."""
    return [entry for entry in _found(value, "assistant", _DEPTH) if entry["parts"]]


def _found(value: Any, role: str, depth: int) -> list[Message]:
    value = parsed(value)
    if depth == 0:
        return []
    if isinstance(value, str):
        return [messages.message(role, [parts.text_part(value)])] if value.strip() else []
    if isinstance(value, list):
        return _from_list(value, role, depth)
    if not isinstance(value, dict):
        return []
    for reader in _READERS:
        if found := reader(value, role, depth - 1):
            return found
    return []


def _from_list(value: list[Any], role: str, depth: int) -> list[Message]:
    """A list of messages, or of lists of them, of items of OpenAI's responses, or of the parts of one message."""
    if not value or not all(isinstance(entry, dict) for entry in value):
        is_nested = len(value) == 1 and isinstance(value[0], list)
        if is_nested:
            return _from_list(value[0], role, depth - 1) if depth > 1 else []
        is_texts = bool(value) and all(isinstance(entry, str) for entry in value)
        return [messages.message(role, [parts.text_part(entry) for entry in value])] if is_texts else []
    each = [single(entry) for entry in value]
    if all(each):
        return [entry for message in each if message for entry in _of_tools(message)]
    read = [parts.from_provider(entry) for entry in value]
    return [] if any(part["type"] == "other" for part in read) else [messages.message(role, read)]


def _of_tools(entry: Message) -> list[Message]:
    """A tool's message with several results as several; results that a user's message holds are left to it."""
    return messages.by_tool(entry) if entry["role"] == "tool" else [entry]


def single(entry: Mapping[str, Any]) -> Message | None:
    """The one message that an object is, in the words of a provider, LangChain (three serialisations) or LlamaIndex."""
    if isinstance(entry.get("role"), str):
        return _with_role(entry)
    kind = entry.get("type")
    if not isinstance(kind, str | None):
        return None
    if kind in ("function_call", "function_call_output", "reasoning"):
        return _item(entry)
    if isinstance(entry.get("data"), dict) and kind in _SPOKEN:
        return _langchain(kind, entry["data"])
    if isinstance(entry.get("kwargs"), dict) and isinstance(entry.get("id"), list) and entry["id"]:
        role = _CLASSES.get(str(entry["id"][-1]))
        return _langchain(role, entry["kwargs"]) if role else None
    return _langchain(kind, entry) if kind in _SPOKEN and "content" in entry else None


def _with_role(entry: Mapping[str, Any]) -> Message:
    if isinstance(entry.get("parts"), list):
        return messages.message(entry["role"], [parts.from_genai(part) for part in entry["parts"]])
    if isinstance(entry.get("blocks"), list) and "content" not in entry:
        return messages.message(entry["role"], parts.from_content(entry["blocks"]))
    return messages.from_openai(entry)


def _langchain(role: Any, entry: Mapping[str, Any]) -> Message:
    calls, content = entry.get("tool_calls"), entry.get("content")
    if isinstance(content, list) and calls:  # Anthropic's blocks repeat the calls that stand beside them
        content = [part for part in content if not (isinstance(part, dict) and part.get("type") == "tool_use")]
    is_answer = role in ("tool", "function")
    said = {"role": "tool" if is_answer else role, "content": content, "tool_calls": calls,
            "tool_call_id": entry.get("tool_call_id"), "name": entry.get("name"),
            "additional_kwargs": entry.get("additional_kwargs")}  # fmt: skip
    return messages.from_openai(said)


def _item(entry: Mapping[str, Any]) -> Message:
    """An item of OpenAI's responses that is not a message."""
    role = "tool" if entry.get("type") == "function_call_output" else "assistant"
    return messages.message(role, [parts.from_provider(entry)])


def _as_message(value: Mapping[str, Any], _role: str, _depth: int) -> list[Message]:
    found = single(value)
    return [found] if found else []


def _as_messages(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """A request, or the state of a graph: its messages, with the system prompt that stands beside them in front."""
    listed = next((value[key] for key in ("messages", "chat_history") if isinstance(value.get(key), list)), None)
    spoken = _found(listed, role, depth) if listed else []
    return [*_system(value), *spoken] if spoken else []


def _system(value: Mapping[str, Any]) -> list[Message]:
    prompt = value.get("system") or value.get("instructions")
    if not isinstance(prompt, str | list) or not prompt:
        return []
    return [messages.message("system", parts.from_content(prompt))]


def _as_prompt(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """A request of OpenAI's responses (`input`) or completions (`prompt`), or of Vercel's SDK (`prompt`, `system`)."""
    for key in ("prompt", "input", "prompts"):
        if value.get(key) and ("model" in value or len(value) == 1 or "system" in value):
            spoken = _found(value[key], role, depth)
            return [*_system(value), *spoken] if spoken else []
    return []


def _as_choices(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """OpenAI's chat and text completions."""
    choices = value.get("choices")
    if not isinstance(choices, list):
        return []
    found = []
    for choice in choices:
        if isinstance(choice, dict):
            said = choice.get("message", choice.get("text"))
            ended = choice.get("finish_reason")
            found += [entry | ({"finish_reason": ended} if ended else {}) for entry in _found(said, role, depth)]
    return found


def _as_response(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """OpenAI's responses; one turn of the assistant is one message."""
    output = value.get("output")
    if not isinstance(output, list) or value.get("object") != "response":
        return []
    said = [part for entry in _found(output, role, depth) for part in entry["parts"]]
    return [messages.message(role, said)] if said else []


def _as_generations(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """LangChain's `{"generations": [[{"text": …, "message": …}]]}`."""
    generations = value.get("generations")
    if not isinstance(generations, list):
        return []
    flat = [entry for group in generations for entry in (group if isinstance(group, list) else [group])]
    found = [
        _found(entry.get("message") or entry.get("text"), role, depth) for entry in flat if isinstance(entry, dict)
    ]
    return [message for group in found for message in group]


def _as_gemini(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """Gemini's request (`contents`) and response (`candidates`, or one `content`)."""
    contents = value.get("contents")
    if contents:
        config = value.get("config") if isinstance(value.get("config"), dict) else value
        prompt = config.get("system_instruction", config.get("systemInstruction")) if isinstance(config, dict) else None
        prompt = prompt.get("parts", prompt) if isinstance(prompt, dict) else prompt
        system = [messages.message("system", parts.from_content(prompt))] if prompt else []
        return [*system, *_found(contents, role, depth)]
    candidates = value.get("candidates")
    if isinstance(candidates, list):
        return [
            entry for one in candidates if isinstance(one, dict) for entry in _found(one.get("content"), role, depth)
        ]
    content = value.get("content")
    return _found(content, role, depth) if isinstance(content, dict) and "parts" in content else []


def _as_wrapped(value: Mapping[str, Any], role: str, depth: int) -> list[Message]:
    """A message or messages inside one member: of Bedrock, Ollama, Vercel, decorators and graphs."""
    inside = value.get("kwargs") if "args" in value else None
    if isinstance(inside, dict) and inside:
        return _found(inside, role, depth)
    for key in ("message", "output", "result", "response", "inputs", "outputs"):
        if isinstance(value.get(key), dict | list) and (found := _found(value[key], role, depth)):
            return found
    return []


_READERS: tuple[Callable[[Mapping[str, Any], str, int], list[Message]], ...] = (
    _as_message,
    _as_choices,
    _as_response,
    _as_generations,
    _as_messages,
    _as_gemini,
    _as_prompt,
    _as_wrapped,
)
