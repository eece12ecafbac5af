"""The single turns of a conversation, each made of one message, one tool call, one retrieval or one error; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotation.domain.masking import Mask
from annotation.domain.traces.conversation.clip import Clip, clip, json_clip
from annotation.domain.traces.conversation.images import Image, is_here
from annotation.domain.traces.conversation.messages import KINDS, Message, Part, one_line, parts_of
from annotation.domain.traces.conversation.places import joined, place
from annotation.domain.traces.conversation.turns import (
    Document,
    Failure,
    SpokenRun,
    ToolUse,
    Turn,
    TurnKind,
)

_RESULT: dict[str, Any] = {"characters": 1_200, "lines": 14}
_DOCUMENT: dict[str, Any] = {"characters": 600, "lines": 8}


def turn(kind: TurnKind, run: SpokenRun, **content: Any) -> Turn:
    """A turn of a run, with its times and its model."""
    return Turn(
        kind=kind,
        run=run.uuid,
        name=run.name,
        started_at=run.started_at,
        latency_ms=run.latency_ms,
        model=run.model,
        **content,
    )


def said(run: SpokenRun, message: Message, index: int, mask: Mask | None = None) -> Turn | None:
    """What a message says in words; None when it holds only tool calls or results."""
    role = str(message.get("role"))
    text, reasoning = joined(message["parts"], "text"), joined(message["parts"], "reasoning")
    images = tuple(
        Image(place(run, f"messages.{index}.{number}"), is_here(part)) for number, part in parts_of(message, "image")
    )
    if not (text or reasoning or images):
        return None
    is_own = bool(run.messages)  # a message made of a run's text is found under the text's own name
    own = "output_text" if role == "assistant" else "input_text"
    return turn(
        KINDS.get(role, TurnKind.OTHER),
        run,
        speaker=_word(message.get("name") or role, mask),
        text=json_clip(text, place(run, f"messages.{index}.text" if is_own else own), mask=mask),
        reasoning=clip(reasoning, place(run, f"messages.{index}.reasoning"), mask=mask),
        images=images,
    )


def called(run: SpokenRun, part: Part, name: str, mask: Mask | None = None) -> Turn:
    """A call that a model asked for; what came of it is filled in later."""
    tool = ToolUse(
        name=_word(part.get("name") or "tool", mask),
        summary=one_line(part.get("arguments"), mask),
        arguments=_json(part.get("arguments"), place(run, name), mask),
        result=Clip(""),
        has_result=False,
        is_json=False,
    )
    return turn(TurnKind.TOOL, run, tool=tool, asked_by=run.uuid)


def tool_name(run: SpokenRun) -> str:
    """The tool that ran, as models call it where that is known."""
    kept = run.tool if isinstance(run.tool, dict) else {}
    return str(kept.get("name") or run.name or "tool")


def used(run: SpokenRun, mask: Mask | None = None) -> Turn:
    """A tool that ran."""
    kept = run.tool if isinstance(run.tool, dict) else {}
    arguments = kept.get("arguments") if kept.get("arguments") is not None else run.input_text
    result = kept.get("result") if kept.get("result") is not None else run.output_text
    tool = ToolUse(
        name=_word(tool_name(run), mask),
        summary=one_line(arguments, mask),
        arguments=_json(
            arguments, place(run, "tool.arguments" if kept.get("arguments") is not None else "input_text"), mask
        ),
        result=_json(result, place(run, "tool.result" if kept.get("result") is not None else "output_text"), mask),
        has_result=result is not None,
        is_json=not isinstance(result, str),
    )
    return turn(TurnKind.TOOL, run, tool=tool, failure=failure(run, mask))


def answered(run: SpokenRun, part: Part, name: str, mask: Mask | None = None) -> dict[str, Any]:
    """What a tool's result, as the model was told it, changes about its `ToolUse`."""
    result = part.get("result")
    return {"result": _json(result, place(run, name), mask), "has_result": True, "is_json": not isinstance(result, str)}


def retrieved(run: SpokenRun, mask: Mask | None = None) -> Turn:
    """Documents that were found, under what was asked for."""
    found = [entry for entry in run.documents if isinstance(entry, dict)]
    documents = tuple(_document(run, entry, index, mask) for index, entry in enumerate(found))
    asked = clip(run.input_text or "", place(run, "input_text"), mask=mask)
    return turn(TurnKind.DOCUMENTS, run, text=asked, documents=documents, failure=failure(run, mask))


def failed(run: SpokenRun, mask: Mask | None = None) -> Turn:
    """An error of a run that has no turn to carry it."""
    return turn(TurnKind.ERROR, run, failure=failure(run, mask))


def failure(run: SpokenRun, mask: Mask | None = None) -> Failure | None:
    """What went wrong in a run, if anything did."""
    if run.status != "error":
        return None
    message = clip(run.error_message or "", place(run, "error_message"), **_RESULT, mask=mask)
    return Failure(_word(run.error_type or "Error", mask), message)


def calls(run: SpokenRun, message: Message, index: int, mask: Mask | None = None) -> Iterator[tuple[str, Turn]]:
    """The calls that a message asks for, each with its id (empty if it has none)."""
    for number, part in parts_of(message, "tool_call"):
        yield str(part.get("id") or ""), called(run, part, f"messages.{index}.{number}", mask)


def _document(run: SpokenRun, entry: dict[str, Any], index: int, mask: Mask | None) -> Document:
    kept = entry.get("metadata")
    metadata: dict[str, Any] = kept if isinstance(kept, dict) else {}
    title = next((metadata[key] for key in ("title", "source", "url", "file") if metadata.get(key)), entry.get("id"))
    score = entry.get("score")
    return Document(
        title=_word(title or f"Document {index + 1}", mask),
        score=float(score) if isinstance(score, int | float) else None,
        text=json_clip(entry.get("content"), place(run, f"documents.{index}.content"), **_DOCUMENT, mask=mask),
    )


def _json(value: Any, where: str, mask: Mask | None) -> Clip:
    return json_clip(value, where, **_RESULT, mask=mask)


def _word(said: Any, mask: Mask | None) -> str:
    return mask.text(str(said)) if mask else str(said)
