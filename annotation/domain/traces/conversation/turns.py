"""What a trajectory is made of, as it is read: who said what, which tool was called, what came back; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from annotation.domain.traces.conversation.clip import Clip
from annotation.domain.traces.conversation.images import Image


class TurnKind(StrEnum):
    """What a turn is; templates choose by it."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    DOCUMENTS = "documents"
    ERROR = "error"
    OTHER = "other"  # a message of a role that is none of ours


class SpokenRun(Protocol):
    """A run, as far as a conversation can be read from it; a row of `models.Run` is one."""

    uuid: UUID
    parent_uuid: UUID | None
    name: str
    type: str
    status: str
    error_type: str | None
    error_message: str | None
    started_at: datetime
    latency_ms: float | None
    model: str | None
    response_id: str | None
    messages: Any
    input_text: str | None
    output_text: str | None
    tool: Any
    tool_calls: Any
    documents: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """An error where it happened."""

    type: str
    message: Clip


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool and what came back; `summary` are the arguments on one line."""

    name: str
    summary: str
    arguments: Clip
    result: Clip
    has_result: bool
    is_json: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A piece of text that was retrieved."""

    title: str
    score: float | None
    text: Clip


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened, in the order of the trace.

    `run` is the step it belongs to, `asked_by` the model call that asked for a tool. `carried` says how many earlier
    messages that model call had been given again, which are not repeated here. `is_earlier` marks what had been said
    before this trace began, as far as its first model call was told.
    """

    kind: TurnKind
    run: UUID
    name: str
    started_at: datetime
    latency_ms: float | None = None
    speaker: str = ""
    model: str | None = None
    text: Clip = field(default_factory=lambda: Clip(""))
    reasoning: Clip = field(default_factory=lambda: Clip(""))
    images: tuple[Image, ...] = ()
    tool: ToolUse | None = None
    documents: tuple[Document, ...] = ()
    failure: Failure | None = None
    asked_by: UUID | None = None
    carried: int = 0
    is_final: bool = False
    is_earlier: bool = False
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of a trace, and for every run the index of the turn to show when somebody goes to its step."""

    turns: tuple[Turn, ...]
    anchors: dict[UUID, int]
