"""Messages between people, models and tools in one shape, from the shapes that conventions give them.

A message is `{"role", "parts", "name"?, "finish_reason"?}`; a part is one of

* `{"type": "text", "text"}` and `{"type": "reasoning", "text"}`
* `{"type": "image", "url"?, "mime_type"?, "data"?}` (never fetched)
* `{"type": "tool_call", "id", "name", "arguments"}`
* `{"type": "tool_result", "id", "name"?, "result"}`
* anything else, as the sender wrote it, with its own `type`
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from annotation.domain.ingest.records import ToolCallRecord
from annotation.domain.ingest.values import as_text, dumped, parsed

Message = dict[str, Any]
Part = dict[str, Any]

_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "developer": "system", "function": "tool"}


def text_part(text: Any, kind: str = "text") -> Part:
    """A part with text in it; a value that is not text is written as JSON."""
    return {"type": kind, "text": text if isinstance(text, str) else dumped(text)}


def call_part(identifier: Any, name: Any, arguments: Any) -> Part:
    """A tool call; arguments that hold JSON as text are parsed."""
    return {"type": "tool_call", "id": as_text(identifier), "name": as_text(name), "arguments": parsed(arguments)}


def result_part(identifier: Any, result: Any, name: Any = None) -> Part:
    """What a tool gave back."""
    part: Part = {"type": "tool_result", "id": as_text(identifier), "result": result}
    return part | {"name": name} if isinstance(name, str) and name else part


def message(role: Any, parts: list[Part], **extra: Any) -> Message:
    """A message with the role in our words; extras that say nothing are left out."""
    known = as_text(role) or "user"
    return {"role": _ROLES.get(known, known), "parts": parts} | {key: value for key, value in extra.items() if value}


def from_genai(entries: Any) -> list[Message]:
    """Messages as the OpenTelemetry GenAI conventions write them (1.37 and later)."""
    if not isinstance(entries, list):
        return []
    return [_genai_message(entry) for entry in entries if isinstance(entry, dict)]


def _genai_message(entry: Mapping[str, Any]) -> Message:
    if not isinstance(entry.get("parts"), list):
        return from_openai(entry)
    parts = [_genai_part(part) for part in entry["parts"]]
    return message(entry.get("role"), parts, name=entry.get("name"), finish_reason=entry.get("finish_reason"))


def _genai_part(part: Any) -> Part:
    if not isinstance(part, dict):
        return text_part(part)
    kind = part.get("type")
    if kind in ("text", "reasoning", "thinking"):
        return text_part(part.get("content", part.get("text", "")), "text" if kind == "text" else "reasoning")
    if kind == "tool_call":
        return call_part(part.get("id"), part.get("name"), part.get("arguments"))
    if kind == "tool_call_response":
        return result_part(part.get("id"), part.get("response", part.get("result")), part.get("name"))
    if part.get("modality") == "image" or str(part.get("mime_type", "")).startswith("image/"):
        return _image(part.get("uri"), part.get("mime_type"), part.get("content"))
    return {"type": "other"} | part


def _image(url: Any, mime_type: Any = None, data: Any = None) -> Part:
    members = {"url": url, "mime_type": mime_type, "data": data}
    return {"type": "image"} | {key: value for key, value in members.items() if isinstance(value, str) and value}


def from_openai(entry: Mapping[str, Any]) -> Message:
    """A message of the OpenAI chat form: content text or parts, `tool_calls`, or the answer of a tool."""
    content, name = entry.get("content"), entry.get("name")
    if entry.get("role") in ("tool", "function"):
        return message("tool", [result_part(entry.get("tool_call_id"), _flat(content), name)])
    parts = _reasoning(entry) + _content_parts(content) + _calls(entry)
    return message(entry.get("role"), parts, name=name, finish_reason=entry.get("finish_reason"))


def _flat(content: Any) -> Any:
    """The text of a tool's answer, if it comes as a list of text parts."""
    if isinstance(content, list) and content and all(isinstance(part, dict) and "text" in part for part in content):
        return "\n".join(str(part["text"]) for part in content)
    return content


def _reasoning(entry: Mapping[str, Any]) -> list[Part]:
    reasoning = entry.get("reasoning_content") or entry.get("reasoning")
    return [text_part(reasoning, "reasoning")] if isinstance(reasoning, str) and reasoning else []


def _calls(entry: Mapping[str, Any]) -> list[Part]:
    calls = entry.get("tool_calls")
    listed = calls if isinstance(calls, list) else []
    legacy = entry.get("function_call")
    if isinstance(legacy, dict):
        listed = [*listed, {"function": legacy}]
    return [_call(call) for call in listed if isinstance(call, dict)]


def _call(call: Mapping[str, Any]) -> Part:
    function = call.get("function")
    body = function if isinstance(function, dict) else call
    return call_part(call.get("id"), body.get("name"), body.get("arguments", body.get("args")))


def _content_parts(content: Any) -> list[Part]:
    if content is None or content == "":
        return []
    if isinstance(content, list):
        return [_content_part(part) for part in content]
    return [text_part(content)]


def _content_part(part: Any) -> Part:
    if not isinstance(part, dict):
        return text_part(part)
    kind = part.get("type", "text" if "text" in part else None)
    reader = _CONTENT.get(kind) if isinstance(kind, str) else None
    return reader(part) if reader else {"type": "other"} | part


def _openai_image(part: Mapping[str, Any]) -> Part:
    url = part.get("image_url", part.get("url"))
    return _image(url.get("url") if isinstance(url, dict) else url)


def _text(part: Mapping[str, Any]) -> Part:
    return text_part(part.get("text", ""))


def _thought(part: Mapping[str, Any]) -> Part:
    return text_part(part.get("thinking") or part.get("text") or "", "reasoning")


def _tool_use(part: Mapping[str, Any]) -> Part:
    return call_part(part.get("id", part.get("toolCallId")), part.get("name"), part.get("input"))


def _tool_result(part: Mapping[str, Any]) -> Part:
    return result_part(part.get("tool_use_id"), _flat(part.get("content")))


#: How the parts of a content are read, by their type in the words of several providers.
_CONTENT: Mapping[str, Callable[[Mapping[str, Any]], Part]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "thinking": _thought,
    "reasoning": _thought,
    "image_url": _openai_image,
    "input_image": _openai_image,
    "image": _openai_image,
    "tool_use": _tool_use,
    "tool-call": _tool_use,
    "tool_result": _tool_result,
}


def text_of(entry: Mapping[str, Any]) -> str | None:
    """What a person reads in a message: its text parts, joined by line breaks; None without any."""
    texts = [part["text"] for part in entry["parts"] if part.get("type") == "text" and part.get("text")]
    return "\n".join(texts) or None


def last_text(entries: Iterable[Mapping[str, Any]], role: str) -> str | None:
    """The text of the last message of a role that has any."""
    return next((text for entry in reversed(list(entries)) if entry["role"] == role and (text := text_of(entry))), None)


def tool_calls(entries: Iterable[Mapping[str, Any]]) -> list[ToolCallRecord]:
    """All calls that the messages ask for, in order."""
    return [
        ToolCallRecord(part["id"], part["name"], part["arguments"])
        for entry in entries
        for part in entry["parts"]
        if part.get("type") == "tool_call"
    ]
