"""Langfuse's scores: `POST /api/public/scores`, one or a list, and the events `score-create` of its batches.

Source: Langfuse's API reference, and what its Python SDK 3 and 5 send. A score has the id that its sender gives it; sent again
under the same id it is brought up to date.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.ingest.scores import reading
from annotation.domain.ingest.scores.reading import BadScoreError
from annotation.domain.ingest.values import as_text
from annotation.models import Feedback

SCORE = "score-create"
_TEXTS = ("CATEGORICAL", "TEXT")
_KEPT = ("dataType", "configId", "queueId", "environment", "authorUserId")


def score(entry: Any) -> Given:
    """The feedback that a score is. Raises BadScoreError."""
    if not isinstance(entry, dict):
        raise BadScoreError("a score has to be a JSON object")
    number, value = _value(entry)
    metadata = entry.get("metadata")
    rest = {key: entry[key] for key in _KEPT if entry.get(key) is not None}
    return Given(
        target=_target(entry),
        content=Content(
            key=reading.member(entry, "name"), score=number, value=value, comment=as_text(entry.get("comment"))
        ),
        source=Feedback.Source.API,
        client_id=f"langfuse:{id_of(entry)}"[:200],
        metadata=(metadata if isinstance(metadata, dict) else {}) | rest,
        created_at=reading.time_of(entry.get("timestamp")),
    )


def with_id(entry: Any) -> Any:
    """A score with an id of ours, if its sender gave none."""
    return {**entry, "id": str(uuid4())} if isinstance(entry, dict) and not as_text(entry.get("id")) else entry


def id_of(entry: Mapping[str, Any]) -> str:
    """The id of a score."""
    return as_text(entry.get("id")) or ""


def _target(entry: Mapping[str, Any]) -> Target:
    trace_id, run = as_text(entry.get("traceId")), as_text(entry.get("observationId"))
    session = as_text(entry.get("sessionId"))
    if run:
        return reading.run_of(run, reading.trace_of(trace_id) if trace_id else None)
    if trace_id:
        return Target(trace_id=reading.trace_of(trace_id))
    if session:
        return reading.thread_of(session)
    raise BadScoreError("the score names nothing: give traceId, observationId or sessionId")


def _value(entry: Mapping[str, Any]) -> tuple[float | None, Any]:
    """(score, value): numbers are scores, texts are values."""
    value, kind = entry.get("value"), entry.get("dataType")
    if isinstance(value, bool | int | float) and kind not in _TEXTS:
        return float(value), None
    if isinstance(value, str):
        if kind not in ("NUMERIC", "BOOLEAN"):
            return None, value
        try:
            return float(value), None
        except ValueError as error:
            raise BadScoreError(f"value has to be a number for dataType {kind}") from error
    raise BadScoreError("value has to be a number or a text")
