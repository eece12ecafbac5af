"""Operations and attributes that the conventions for generative AI learned since their move, and streams told chunk by chunk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotation.domain.ingest import mapping, messages
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.spans import Span

TRACE, SPAN = bytes([1] * 16), bytes([1] * 8)
ADK = "gcp.vertex.agent"


def run(operation: str, scope: str = "", **attributes: Any) -> RunRecord:
    sent = {"gen_ai.operation.name": operation} | {f"gen_ai.{key}": value for key, value in attributes.items()}
    span = Span(
        trace_id=TRACE,
        span_id=SPAN,
        parent_id=None,
        name=operation,
        start_ns=1,
        end_ns=2,
        attributes=sent,
        scope_name=scope,
    )
    [found] = mapping.to_runs([span], received_ns=1)
    return found


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("realtime_inference", "llm"),
        ("user_speech", "chain"),
        ("fetch_response", "chain"),
        ("create_memory_store", "tool"),
    ],
)
def test_newer_operations_have_a_type(operation: str, kind: str) -> None:
    assert run(operation).type == kind


def test_turns_of_speech_belong_to_their_live_session() -> None:
    assert run("realtime_inference", **{"live_session.id": "s"}).thread_id == "s"
    assert run("realtime_inference", **{"live_session.id": "s", "conversation.id": "c"}).thread_id == "c"


def test_a_memory_is_searched_and_written() -> None:
    records: Any = [{"id": "m1", "content": "Likes trains", "score": 0.9}]
    searched = run("search_memory", **{"memory.query.text": "likes", "memory.records": json.dumps(records)})
    assert (searched.inputs, searched.outputs) == ("likes", {"records": records})
    assert [(one["id"], one["content"], one["score"]) for one in searched.documents] == [("m1", "Likes trains", 0.9)]
    written = run("upsert_memory", **{"memory.records": records})
    assert (written.type, written.inputs, written.outputs) == ("tool", {"records": records}, None)


def said(text: str, finish_reason: str = "", kind: str = "text") -> dict[str, Any]:
    return {"role": "assistant", "parts": [{"type": kind, "content": text}], "finish_reason": finish_reason}


def test_chunks_of_a_stream_are_one_answer_and_choices_are_several() -> None:
    chunks = [said("Let me see", kind="reasoning"), said("It is "), said("sun"), said("ny.", "stop")]
    streamed = run("generate_content", ADK, **{"output.messages": json.dumps(chunks)})
    assert streamed.output_text == "It is sunny."
    assert [part["type"] for message in streamed.messages for part in message["parts"]] == ["reasoning", "text"]
    choices = run("generate_content", ADK, **{"output.messages": json.dumps([said("A", "stop"), said("B", "stop")])})
    assert [messages.text_of(message) for message in choices.messages] == ["A", "B"]
    other = run("chat", "another", **{"output.messages": json.dumps([said("A"), said("B")])})
    assert [messages.text_of(message) for message in other.messages] == ["A", "B"]


class Counted(dict[str, Any]):
    """A part that counts how often its type is asked for."""

    count = 0

    def __getitem__(self, key: str) -> Any:
        Counted.count += key == "type"
        return super().__getitem__(key)


def test_however_many_chunks_each_is_looked_at_once_and_none_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counted, "count", 0)
    kinds = ["text", "reasoning"] * 10_000
    sent = [messages.message("assistant", [Counted(type=kind, text="a")]) for kind in kinds]
    [told] = messages.of_stream(sent)
    assert [part["type"] for part in told["parts"]] == kinds
    assert Counted.count <= 3 * len(sent)
    assert all(len(entry["parts"]) == 1 for entry in sent)


class Piece(str):
    """A text that counts how often it, or what it grew to, is copied to add another one."""

    __slots__ = ()
    copies = 0

    def __add__(self, other: str) -> Piece:
        Piece.copies += 1
        return Piece(str(self) + other)


def test_the_text_of_many_chunks_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Piece, "copies", 0)
    sent = [messages.message("assistant", [{"type": "text", "text": Piece("a" * 20)}]) for _ in range(1_000)]
    [told] = messages.of_stream(sent)
    assert Piece.copies == 0
    assert told["parts"] == [{"type": "text", "text": "a" * 20_000}]
    assert sent[0]["parts"] == [{"type": "text", "text": "a" * 20}]
