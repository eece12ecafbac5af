"""Operations and attributes that the conventions for generative AI learned since their move, and streams told chunk by chunk."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from annotation.domain.ingest import mapping, messages
from annotation.domain.ingest.logs import filling, reading
from annotation.domain.ingest.logs.events import LogEvent
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


def test_the_text_of_many_chunks_is_put_together_once() -> None:
    sent = [messages.message("assistant", [{"type": "text", "text": "a" * 2_000}]) for _ in range(10_000)]
    began = process_time()
    [told] = messages.of_stream(sent)
    assert process_time() - began < 2  # seconds; 50 if each chunk copies what came before it
    assert told["parts"] == [{"type": "text", "text": "a" * 20_000_000}]
    assert sent[0]["parts"] == [{"type": "text", "text": "a" * 2_000}]


def choice(text: Any, **more: Any) -> LogEvent:
    content = text if text == "<elided>" else {"parts": [{"text": text}], "role": "model"}
    body = {"index": 0, "content": content, **more}
    return LogEvent("gen_ai.choice", 1, trace_id=TRACE, span_id=SPAN, body=body, scope_name=ADK)


def test_choices_of_a_stream_in_logs_are_one_answer() -> None:
    plain = run("generate_content", ADK)
    found = filling.filled(plain, reading.read([choice("It is "), choice("sunny.", finish_reason="STOP")]))
    assert found.output_text == "It is sunny."
    assert len(found.messages) == 1


def test_what_the_kit_keeps_back_is_nothing_that_was_said() -> None:
    asked = LogEvent(
        "gen_ai.user.message", 1, trace_id=TRACE, span_id=SPAN, body={"content": "<elided>"}, scope_name=ADK
    )
    found = filling.filled(run("generate_content", ADK), reading.read([asked, choice("<elided>")]))
    assert (found.messages, found.inputs, found.outputs) == ([], None, None)


def test_an_image_in_the_kit_s_words_is_an_image() -> None:
    asked = [{"role": "user", "parts": [{"type": "blob", "mime_type": "image/png", "data": "aGk="}]}]
    found = run("generate_content", ADK, **{"input.messages": json.dumps(asked)})
    assert found.messages[0]["parts"] == [{"type": "image", "mime_type": "image/png", "data": "aGk="}]
