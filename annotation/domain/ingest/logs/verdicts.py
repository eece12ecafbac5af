"""The verdicts of evaluators, in the forms in which OpenTelemetry carries them, as feedback.

* `gen_ai.evaluation.result` (semantic conventions 1.38 and later), as an event of a span or as a log record.
* `annotations.N.annotation.*` and `evaluations.N.evaluation.*` of OpenInference, on the span that is judged, or on a span
  of their own that points at it by its one link; the prefixes `trace.` and `session.` widen what is judged.

A verdict keeps its identity when it is sent again; a score of 0 is a score; an evaluation that failed is kept with its
error, and is no error of the run.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.ingest import identity
from annotation.domain.ingest.dialects import indexed
from annotation.domain.ingest.logs.events import EVALUATION
from annotation.domain.ingest.rows import timestamp
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import as_text, parsed
from annotation.models import Feedback

_NAME, _SCORE = "gen_ai.evaluation.name", "gen_ai.evaluation.score.value"
_LABEL, _EXPLANATION = "gen_ai.evaluation.score.label", "gen_ai.evaluation.explanation"
_KNOWN = frozenset({_NAME, _SCORE, _LABEL, _EXPLANATION, "error.type", "event.name"})

_FORMS = tuple(
    (scope, f"{scope}{plural}.", singular)
    for scope in ("", "trace.", "session.")
    for plural, singular in (("annotations", "annotation"), ("evaluations", "evaluation"))
)
#: The attribute that every list of them has: its numbers begin at 0, and a name is required.
_FIRST_NAMES = tuple(f"{prefix}0.{singular}.name" for _, prefix, singular in _FORMS)

_SOURCES = {"HUMAN": Feedback.Source.USER, "LLM": Feedback.Source.JUDGE, "CODE": Feedback.Source.RULE}


def from_event(
    attributes: Mapping[str, Any], *, target: Target, about: str, time_ns: int | None, scope: str, received: datetime
) -> Given:
    """The feedback that an event `gen_ai.evaluation.result` is. `about` names what is judged, as its sender does."""
    error = as_text(attributes.get("error.type"))
    score, value = number(attributes.get(_SCORE)), attributes.get(_LABEL)
    name = as_text(attributes.get(_NAME)) or ""
    others = {key: member for key, member in attributes.items() if key not in _KNOWN}
    return Given(
        target=target,
        content=Content(
            key=name,
            score=None if error else score,
            value=value if score is not None or value is not None else attributes.get(_SCORE),
            comment=as_text(attributes.get(_EXPLANATION)),
        ),
        source=Feedback.Source.JUDGE,
        client_id=_identity(about, name, time_ns, scope, score, value),
        metadata=others | ({"otel.scope.name": scope} if scope else {}),
        error=error,
        created_at=timestamp(time_ns) or received,
    )


def number(value: Any) -> float | None:
    """A score as number; yes and no are 1 and 0, and some senders write numbers as text."""
    try:
        return float(value) if isinstance(value, bool | int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _identity(*parts: Any) -> str:
    return "otel:" + sha256(orjson.dumps(parts)).hexdigest()[:40]


def of_spans(spans: Iterable[Span], *, received: datetime) -> list[Given]:
    """All verdicts that spans carry."""
    return [given for span in spans for given in _of_span(span, received)]


def _of_span(span: Span, received: datetime) -> Iterator[Given]:
    for event in span.events:
        if event.name == EVALUATION:
            about = f"{span.trace_id.hex()}/{span.span_id.hex()}"
            yield from_event(
                event.attributes,
                target=_run(span.trace_id, span.span_id),
                about=about,
                time_ns=event.time_ns or None,
                scope=span.scope_name,
                received=received,
            )
    if any(name in span.attributes for name in _FIRST_NAMES):
        yield from _annotations(span)


def _annotations(span: Span) -> Iterator[Given]:
    for scope, prefix, singular in _FORMS:
        entries, _ = indexed.entries(span.attributes, prefix)
        for entry in entries:
            fields = {
                key.removeprefix(f"{singular}."): value
                for key, value in entry.items()
                if key.startswith(f"{singular}.")
            }
            if fields.get("name") and (target := _target(span, scope)):
                yield _annotation(fields, target, span)


def _target(span: Span, scope: str) -> Target | None:
    trace_id, span_id = _judged(span)
    if scope == "session.":
        session = as_text(span.attributes.get("session.id"))
        return Target(thread_id=session) if session else None
    return Target(trace_id=identity.trace_uuid(trace_id)) if scope == "trace." else _run(trace_id, span_id)


def _judged(span: Span) -> tuple[bytes, bytes]:
    """The ids of what is judged: the span that the one link points at, else the span itself."""
    if len(span.links) == 1:
        trace_id, span_id = bytes.fromhex(span.links[0].trace_id), bytes.fromhex(span.links[0].span_id)
        if identity.is_valid(trace_id, identity.TRACE_ID_LENGTH) and identity.is_valid(
            span_id, identity.SPAN_ID_LENGTH
        ):
            return trace_id, span_id
    return span.trace_id, span.span_id


def _run(trace_id: bytes, span_id: bytes) -> Target:
    return Target(run_id=identity.run_uuid(trace_id, span_id), trace_id=identity.trace_uuid(trace_id))


def _annotation(fields: Mapping[str, Any], target: Target, span: Span) -> Given:
    """One annotation; with an identifier it may change, without one it is what it says."""
    name, identifier = str(fields["name"]), as_text(fields.get("identifier"))
    score, label, explanation = number(fields.get("score")), fields.get("label"), as_text(fields.get("explanation"))
    kind, metadata = as_text(fields.get("annotator_kind")), parsed(fields.get("metadata"))
    about = [str(part) for part in (target.run_id, target.trace_id, target.thread_id)]
    said = [identifier] if identifier else [score, label, explanation, span.span_id.hex()]
    rest = {"annotator_kind": kind, "identifier": identifier}
    return Given(
        target=target,
        content=Content(key=name, score=score, value=label, comment=explanation),
        source=source_of(kind),
        client_id=_identity(*about, name, kind, *said),
        metadata=(metadata if isinstance(metadata, dict) else {})
        | {key: value for key, value in rest.items() if value},
        created_at=timestamp(span.end_ns or None),
    )


def source_of(kind: str | None) -> str:
    """Who says so, by OpenInference's kinds of annotators."""
    return _SOURCES.get((kind or "").upper(), Feedback.Source.API)
