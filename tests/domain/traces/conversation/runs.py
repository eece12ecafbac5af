"""Runs for tests of pure modules: no database, every field with a default."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


@dataclass
class AnyRun:
    uuid: UUID
    parent_uuid: UUID | None = None
    name: str = ""
    type: str = "other"
    status: str = "ok"
    error_type: str | None = None
    error_message: str | None = None
    error_stack: str | None = None
    started_at: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    latency_ms: float | None = None
    model: str | None = None
    response_id: str | None = None
    messages: list[Any] = field(default_factory=list)
    input_text: str | None = None
    output_text: str | None = None
    tool: Any = None
    tool_calls: list[Any] = field(default_factory=list)
    documents: list[Any] = field(default_factory=list)


def run(number: int, parent: int | None = None, **fields: Any) -> AnyRun:
    return AnyRun(UUID(int=number), None if parent is None else UUID(int=parent), **fields)


def text(role: str, words: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "text": words}]}


def call(identity: str, name: str, **arguments: Any) -> dict[str, Any]:
    part = {"type": "tool_call", "id": identity, "name": name, "arguments": arguments}
    return {"role": "assistant", "parts": [part]}


def result(identity: str, value: Any) -> dict[str, Any]:
    return {"role": "tool", "parts": [{"type": "tool_result", "id": identity, "result": value}]}


def llm(number: int, parent: int | None, *messages: dict[str, Any], **fields: Any) -> AnyRun:
    last = messages[-1]
    answer = next((part["text"] for part in last["parts"] if part["type"] == "text"), None)
    calls = [part for part in last["parts"] if part["type"] == "tool_call"]
    kept = {"output_text": answer, "tool_calls": calls} | fields
    return run(number, parent, type="llm", messages=list(messages), **kept)
