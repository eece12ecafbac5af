"""Reading one stored message (see `domain.ingest.messages` for its shape), however little of the shape it has; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.domain.masking import Mask
from annotation.domain.traces.conversation.turns import SpokenRun, TurnKind

Message = Mapping[str, Any]
Part = Mapping[str, Any]

KINDS = {
    "system": TurnKind.SYSTEM,
    "developer": TurnKind.SYSTEM,
    "user": TurnKind.USER,
    "assistant": TurnKind.ASSISTANT,
    "tool": TurnKind.TOOL,
}
#: Types of run that never speak themselves, whatever they carry.
SILENT = frozenset({"tool", "retriever", "embedding", "reranker"})


def messages_of(run: SpokenRun) -> list[Message]:
    """The messages of a run; a model call that kept only texts gets two of them."""
    known: list[Message] = [
        entry for entry in run.messages or () if isinstance(entry, dict) and isinstance(entry.get("parts"), list)
    ]
    if known or run.type != "llm":
        return known
    said = (("user", run.input_text), ("assistant", run.output_text))
    return [{"role": role, "parts": [{"type": "text", "text": text}]} for role, text in said if text]


def speaks(run: SpokenRun) -> bool:
    """Whether a run can be read as a conversation by itself."""
    return run.type not in SILENT and bool(messages_of(run))


def parts_of(message: Message, kind: str) -> Iterator[tuple[int, Part]]:
    """The parts of a kind with their index."""
    for index, part in enumerate(message["parts"]):
        if isinstance(part, dict) and part.get("type") == kind:
            yield index, part


def answers(run: SpokenRun, messages: Sequence[Message]) -> bool:
    """Whether the last message is what this run said, rather than what it was given."""
    is_assistant = bool(messages) and messages[-1].get("role") == "assistant"
    return is_assistant and bool(run.output_text or run.tool_calls)


def fingerprint(message: Message) -> int:
    """Equal for messages that say the same, whatever ids and reasons each copy of them carries."""
    said = [_content(part) for part in message["parts"] if isinstance(part, dict) and part.get("type") != "reasoning"]
    return hash(json.dumps([message.get("role"), said], sort_keys=True, default=str))


def _content(part: Part) -> list[Any]:
    match part.get("type"):
        case "text":
            return ["text", str(part.get("text")).strip()]
        case "tool_call":
            return ["call", part.get("name"), part.get("arguments")]
        case "tool_result":
            return ["result", part.get("id"), part.get("result")]
        case kind:
            return [kind, {key: value for key, value in part.items() if key != "id"}]


def one_line(arguments: Any, mask: Mask | None = None, limit: int = 120) -> str:
    """Arguments as they would stand between the brackets of a call: `booking_id="TX-4471", nights=2`."""
    if arguments in (None, "", {}, []):
        return ""
    if isinstance(arguments, dict):
        named = [(str(key), value) for key, value in list(arguments.items())[:12]]
        text = ", ".join(f"{mask.text(key) if mask else key}={_short(value, mask, key)}" for key, value in named)
    else:
        text = _short(arguments, mask)
    text = " ".join(_BREAKS.sub(" ", text).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


_BREAKS = re.compile(r"(?<!\\)(?:\\[nrt])+")
"""Line breaks and tabs as JSON writes them."""


def _short(value: Any, mask: Mask | None, name: str = "") -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= 80:
        return mask.text(text, behind=name) if mask else text
    return f"{mask.cut(text, 79, behind=name) if mask else text[:79]}…"
