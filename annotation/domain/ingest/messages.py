"""Messages between people, models and tools in one shape, from the shapes that conventions give them.

A message is `{"role", "parts", "name"?, "finish_reason"?}`; for the parts see `parts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotation.domain.ingest import parts
from annotation.domain.ingest.parts import Part
from annotation.domain.ingest.records import ToolCallRecord
from annotation.domain.ingest.values import as_text

Message = dict[str, Any]

_ROLES = {role: role for role in ("user", "assistant", "system", "tool")} | {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "aimessagechunk": "assistant",
    "developer": "system",
    "function": "tool",
    "tool-call": "assistant",
    "tool-response": "tool",
}


def message(role: Any, content: list[Part], *, name: Any = None, finish_reason: Any = None) -> Message:
    """A message with the role in our words; a name and an end that say nothing are left out."""
    ours = _ROLES.get(role) if isinstance(role, str) else None
    made: Message = {"role": ours or _role(role), "parts": content}
    if name:
        made["name"] = name
    if finish_reason:
        made["finish_reason"] = finish_reason
    return made


def _role(role: Any) -> str:
    known = as_text(role) or "user"
    return _ROLES.get(known.lower(), known)


def from_genai(entries: Any) -> list[Message]:
    """Messages as the OpenTelemetry GenAI conventions write them (1.37 and later)."""
    if not isinstance(entries, list):
        return []
    return [found for entry in entries if isinstance(entry, dict) for found in by_tool(_genai_message(entry))]


def by_tool(entry: Message) -> list[Message]:
    """A message that holds nothing but results of tools, as one message of each tool; any other as it is.

    Some senders put them together, or into a message of the user, as some providers want it.
    """
    content = entry["parts"]
    if not content or content[0]["type"] != "tool_result" or any(part["type"] != "tool_result" for part in content):
        return [entry]
    return [{**entry, "role": "tool", "parts": [part]} for part in content]


def _genai_message(entry: Mapping[str, Any]) -> Message:
    if not isinstance(entry.get("parts"), list):
        return from_openai(entry)
    content = [parts.from_genai(part) for part in entry["parts"]]
    if entry.get("role") == "tool" and content and all(part["type"] == "text" for part in content):  # LiteLLM
        content = [parts.result_part(entry.get("id"), "\n".join(part["text"] for part in content))]
    return message(entry.get("role"), content, name=entry.get("name"), finish_reason=entry.get("finish_reason"))


def from_openai(entry: Mapping[str, Any]) -> Message:
    """A message of the chat form: content text or parts, `tool_calls`, or the answer of a tool."""
    content, name = entry.get("content"), entry.get("name")
    if entry.get("role") in ("tool", "function") and not _has_results(content):
        answer = content if content is not None else entry.get("response")
        call = entry.get("tool_call_id") or entry.get("id")  # tau2 names the call by the message's own id
        return message("tool", [parts.result_part(call, parts.flat(answer), name)])
    said = _reasoning(entry) + parts.from_content(content) + _refusal(entry) + _calls(entry)
    return message(entry.get("role"), said, name=name, finish_reason=entry.get("finish_reason"))


def _has_results(content: Any) -> bool:
    """Whether a tool's message holds results as parts, each with its own id."""
    return isinstance(content, list) and any(
        isinstance(part, dict) and (part.get("type") in ("tool-result", "tool_result") or "toolResult" in part)
        for part in content
    )


def _reasoning(entry: Mapping[str, Any]) -> list[Part]:
    reasoning = entry.get("reasoning_content") or entry.get("reasoning")
    return [parts.text_part(reasoning, "reasoning")] if isinstance(reasoning, str) and reasoning else []


def _refusal(entry: Mapping[str, Any]) -> list[Part]:
    refusal = entry.get("refusal")
    return [parts.text_part(refusal)] if isinstance(refusal, str) and refusal else []


def _calls(entry: Mapping[str, Any]) -> list[Part]:
    calls = entry.get("tool_calls")
    if not calls and isinstance(entry.get("additional_kwargs"), dict):  # LangChain
        calls = entry["additional_kwargs"].get("tool_calls")
    listed = calls if isinstance(calls, list) else []
    legacy = entry.get("function_call")
    if isinstance(legacy, dict):
        listed = [*listed, {"function": legacy}]
    return [_call(call) for call in listed if isinstance(call, dict)]


def _call(call: Mapping[str, Any]) -> Part:
    function = call.get("function")
    body = function if isinstance(function, dict) else call
    return parts.call_part(call.get("id"), body.get("name"), body.get("arguments", body.get("args")))


def of_stream(entries: Iterable[Message]) -> list[Message]:
    """Answers of which a stream told every chunk as a message: a chunk goes on in the next one while nothing says that it ended."""
    answers: list[list[Message]] = []
    for entry in entries:
        if answers and _goes_on(answers[-1][-1], entry):
            answers[-1].append(entry)
        else:
            answers.append([entry])
    return [_joined(chunks) for chunks in answers]


def _goes_on(chunk: Message, following: Message) -> bool:
    return chunk["role"] == following["role"] == "assistant" and "finish_reason" not in chunk


def _joined(chunks: Sequence[Message]) -> Message:
    if len(chunks) == 1:
        return chunks[0]
    members = {key: value for chunk in chunks for key, value in chunk.items()}
    return members | {"parts": parts.of_stream(part for chunk in chunks for part in chunk["parts"])}


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
