"""Phoenix's annotations: `POST /v1/span_annotations` and its likes for traces, sessions and documents, and notes on spans.

Source: Phoenix's REST reference, and what `arize-phoenix-client` sends. An annotation is the same if what it is about, its name,
its annotator's kind and its identifier are: sent again it is brought up to date.
"""

from collections.abc import Callable, Mapping
from typing import Any

from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.ingest.logs import verdicts
from annotation.domain.ingest.scores import reading
from annotation.domain.ingest.scores.reading import BadScoreError
from annotation.domain.ingest.values import as_text
from annotation.models import Feedback

#: How what is judged is named, by kind of annotation.
_TARGETS: Mapping[str, Callable[[Mapping[str, Any]], Target]] = {
    "span": lambda entry: reading.run_of(reading.member(entry, "span_id"), None),
    "document": lambda entry: reading.run_of(reading.member(entry, "span_id"), None),
    "trace": lambda entry: Target(trace_id=reading.trace_of(reading.member(entry, "trace_id"))),
    "session": lambda entry: reading.thread_of(reading.member(entry, "session_id")),
}


def annotation(entry: Any, kind: str) -> Given:
    """The feedback that an annotation of a span, document, trace or session is. Raises BadScoreError."""
    if not isinstance(entry, dict):
        raise BadScoreError("an annotation has to be a JSON object")
    target, name = _TARGETS[kind](entry), reading.member(entry, "name")
    given = entry.get("result")
    result: Mapping[str, Any] = given if isinstance(given, dict) else {}
    annotator, identifier = as_text(entry.get("annotator_kind")), as_text(entry.get("identifier"))
    metadata = entry.get("metadata")
    rest = {
        key: entry[key]
        for key in ("annotator_kind", "identifier", "document_position")
        if entry.get(key) not in (None, "")
    }
    return Given(
        target=target,
        content=Content(
            key=name,
            score=verdicts.number(result.get("score")),
            value=as_text(result.get("label")),
            comment=as_text(result.get("explanation")),
        ),
        source=verdicts.source_of(annotator),
        client_id=f"phoenix:{reading.name_of(*_about(target), name, annotator, identifier, entry.get('document_position'))}",
        metadata=(metadata if isinstance(metadata, dict) else {}) | rest,
    )


def note(entry: Any) -> Given:
    """The feedback that a note on a span is. Raises BadScoreError."""
    if not isinstance(entry, dict):
        raise BadScoreError("a note has to be a JSON object")
    return Given(
        target=reading.run_of(reading.member(entry, "span_id"), None),
        content=Content(key="note", comment=reading.member(entry, "note")),
        source=Feedback.Source.USER,
    )


def _about(target: Target) -> tuple[Any, ...]:
    return target.run_external_id, target.trace_id, target.thread_id
