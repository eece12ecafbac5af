"""Log events with any values: decoded, read, filled in and judged without an error, and storable."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import problems
from annotation.domain.ingest import mapping, rows, values
from annotation.domain.ingest.logs import claude_code, decoding, filling, keeping, reading, verdicts
from annotation.domain.ingest.logs.events import DETAILS, LogEvent
from annotation.domain.ingest.mapping import LAST_NS
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.otlp_errors import MalformedPayloadError
from annotation.domain.ingest.scores import langfuse, phoenix
from annotation.domain.ingest.scores.reading import BadScoreError
from tests.domain.ingest import strategies
from tests.fixtures.logs import log_request, record

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TRACE = UUID(int=7)
BODY = log_request(
    [record("gen_ai.user.message", span=1, body={"content": "é"}), record("x", attributes={"a": [1, 2.5]})]
)

clean = strategies.json_values.map(values.clean)
names = st.sampled_from(
    ["gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice",
     DETAILS, "user_prompt", "assistant_response", "api_request", "api_error", "tool_result", "tool_decision", "other"]
)  # fmt: skip
keys = st.sampled_from(
    ["content", "role", "tool_calls", "message", "finish_reason", "gen_ai.input.messages", "gen_ai.output.messages",
     "gen_ai.usage.input_tokens", "gen_ai.response.id", "session.id", "prompt.id", "prompt", "response", "request_id",
     "duration_ms", "cost_usd", "event.sequence", "tool_name", "tool_use_id", "success", "error", "decision", "tool_input"]
)  # fmt: skip
events = st.builds(
    LogEvent,
    name=names,
    time_ns=st.integers(1, LAST_NS),
    body=clean,
    attributes=st.dictionaries(keys, clean, max_size=8),
    scope_name=st.sampled_from(["", "com.anthropic.claude_code.events"]),
)


def storable(run: Any) -> None:
    """What PostgreSQL takes: JSON without NUL and lone surrogates."""
    row = rows.run_row(run, workspace_id=1, trace_pk=1)
    text = orjson.dumps(row, default=str).decode()
    assert "\\u0000" not in text.replace("\\\\", "")


@given(st.binary(max_size=200), st.integers(0, len(BODY) - 1), st.binary(min_size=1, max_size=4))
def test_any_bytes_are_events_or_malformed(noise: bytes, place: int, damage: bytes) -> None:
    for body in (noise, BODY[:place], BODY[:place] + damage + BODY[place + len(damage) :]):
        for encoding in Encoding:
            try:
                found = decoding.decode(body, encoding=encoding, received_ns=1)
            except MalformedPayloadError:
                continue
            assert len(list(keeping.digests(found.events))) == len(found.events)
            assert all(0 < event.time_ns <= LAST_NS for event in found.events)


@settings(max_examples=50)
@given(st.lists(events, max_size=6), strategies.spans)
def test_any_events_fill_any_run_once(listed: list[LogEvent], one: Any) -> None:
    run = mapping.to_run(one, received_ns=1)
    partial = reading.read(listed)
    filled = filling.filled(run, partial)
    assert filling.filled(filled, partial) == filled
    own = filling.emptied(run)
    for name in ("inputs", "outputs"):
        if getattr(own, name):
            assert getattr(filled, name) == getattr(own, name)


@settings(max_examples=50)
@given(st.lists(events, min_size=1, max_size=6))
def test_any_events_of_claude_code_are_one_tree(listed: list[LogEvent]) -> None:
    listed = [*listed, LogEvent("claude_code.user_prompt", 1)]
    spans = claude_code.spans(TRACE, listed)
    assert [span.parent_id for span in spans].count(None) == 1
    assert {span.parent_id for span in spans[1:]} <= {spans[0].span_id}
    for run in mapping.to_runs(spans, received_ns=1):
        storable(run)
    assert claude_code.spans(TRACE, listed[::-1])[0].start_ns == spans[0].start_ns


VERDICT = ["gen_ai.evaluation.name", "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label", "error.type",
           "gen_ai.evaluation.explanation", "other"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(VERDICT), clean), st.integers(1, LAST_NS) | st.none())
def test_any_evaluation_is_feedback_that_may_be_checked(attributes: dict[str, Any], time: int | None) -> None:
    target = Target(trace_id=TRACE)
    read = [
        verdicts.from_event(attributes, target=target, about="x", time_ns=time, scope="s", received=NOW)
        for _ in range(2)
    ]
    assert repr(read[0]) == repr(read[1])  # NaN, also one that was sent as text, is not even itself
    assert isinstance(problems(read[0].content, None, failed=read[0].error is not None), dict)
    orjson.dumps([read[0].metadata, read[0].content.value])


SCORE = ["id", "traceId", "observationId", "sessionId", "name", "value", "comment", "dataType", "metadata", "timestamp",
         "span_id", "trace_id", "session_id", "result", "annotator_kind", "identifier", "note"]  # fmt: skip
plausible = clean | st.sampled_from(
    ["0af7651916cd43dd8448eb211c80319c", "00000000000000aa", "NUMERIC", "BOOLEAN", "HUMAN"]
)


@given(st.dictionaries(st.sampled_from(SCORE), plausible) | clean)
def test_any_score_is_feedback_or_refused_with_a_reason(entry: Any) -> None:
    readers = [langfuse.score, phoenix.note, *(lambda one, kind=kind: phoenix.annotation(one, kind) for kind in
               ("span", "document", "trace", "session"))]  # fmt: skip
    for read in readers:
        try:
            given_by = read(entry)
        except BadScoreError:
            continue
        assert isinstance(problems(given_by.content, None), dict)
