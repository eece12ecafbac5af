"""Spans as runs: what the dialects read, completed with what OpenTelemetry itself says."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from annotation.domain.ingest import dialects, identity, messages, readable
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.records import ErrorRecord, RunRecord, ToolRecord
from annotation.domain.ingest.spans import SPAN_KINDS, STATUS_ERROR, Span, SpanEvent

#: Nanoseconds at the end of 2261, the last year that fits into 64 bits; later times are a sender's mistake.
LAST_NS = 9_214_646_400_000_000_000

_SPAN_ID = re.compile("[0-9a-fA-F]{16}")
_TRACEBACK = re.compile(r"\n*Traceback \(most recent call last\)")


def to_run(span: Span, *, received_ns: int) -> RunRecord:
    """The run that a span describes. `received_ns` stands in for a start time that is missing or absurd."""
    partial, taken, dialect = dialects.read(span)
    started, ended = _times(span, received_ns)
    return RunRecord(
        trace_id=identity.trace_uuid(span.trace_id),
        id=identity.run_uuid(span.trace_id, span.span_id),
        external_id=span.span_id.hex(),
        parent_id=identity.run_uuid(span.trace_id, span.parent_id) if span.parent_id else None,
        parent_external_id=span.parent_id.hex() if span.parent_id else None,
        name=partial.name or span.name,
        type=partial.type or "chain",
        status=_status(span, partial, ended),
        started_ns=started,
        ended_ns=ended,
        error=_error(span, partial),
        provider=partial.provider.lower() if partial.provider else None,
        model=partial.model or partial.model_requested,
        model_requested=partial.model_requested,
        response_id=partial.response_id,
        inputs=_content(partial.inputs, messages=partial.input_messages),
        outputs=_content(partial.outputs, messages=partial.output_messages, documents=partial.documents),
        messages=[*partial.input_messages, *partial.output_messages],
        input_text=_input_text(partial),
        output_text=_output_text(partial),
        tool=_tool(span, partial),
        tool_calls=messages.tool_calls(partial.output_messages),
        documents=partial.documents,
        usage=partial.usage,
        cost=_cost(partial),
        thread_id=partial.thread_id,
        user_id=partial.user_id,
        tags=partial.tags,
        metadata=partial.metadata,
        attributes=_attributes(span, taken),
        resource=_resource(span),
        events=[_event(event) for event in span.events],
        first_token_ms=partial.first_token_ms,
        dialect=dialect,
        project=project_name(span),
    )


def project_name(span: Span) -> str | None:
    """The project that a span names, if any: by OpenInference's own attribute of its resource, LangSmith's of the span,
    else the service.
    """
    resource = span.resource
    name = (
        _name(resource.get("openinference.project.name"))
        or _name(span.attributes.get("langsmith.trace.session_name"))
        or _name(resource.get("service.name"))
    )
    return None if name and name.startswith("unknown_service") else name


def _name(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _times(span: Span, received_ns: int) -> tuple[int, int | None]:
    ended = span.end_ns if 0 < span.end_ns <= LAST_NS else None
    if 0 < span.start_ns <= LAST_NS:
        return span.start_ns, ended
    return ended or received_ns, ended


def _status(span: Span, partial: Partial, ended: int | None) -> str:
    if span.status_code == STATUS_ERROR or partial.failed:
        return "error"
    return "pending" if ended is None else "ok"


def _error(span: Span, partial: Partial) -> ErrorRecord | None:
    if span.status_code != STATUS_ERROR and not partial.failed:
        return None
    raised = next((event.attributes for event in reversed(span.events) if event.name == "exception"), {})
    message, trace = _split_traceback(
        _text(raised.get("exception.message")) or partial.error_message or span.status_message
    )
    kind = _text(raised.get("exception.type")) or partial.error_type
    stack = _text(raised.get("exception.stacktrace")) or trace
    return ErrorRecord(kind, message or kind, stack)


def _split_traceback(message: str) -> tuple[str | None, str | None]:
    """Some senders put the whole traceback into the message; a person wants the message."""
    found = _TRACEBACK.search(message)
    if not found:
        return message.strip() or None, None
    head = message[: found.start()].strip()
    return head or message.strip().rpartition("\n")[2], message[found.start() :].strip()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _content(value: Any, **parts: Sequence[dict[str, Any]]) -> Any:
    """An input or output as it was sent; if it came in parts only, the first kind of parts that there is."""
    if not is_absent(value):
        return value
    return next(({name: list(part)} for name, part in parts.items() if part), value)


def _input_text(partial: Partial) -> str | None:
    asked = partial.input_messages
    if asked:
        return messages.last_text(asked, "user") or readable.input_text(partial.inputs)
    return readable.input_text(partial.inputs)


def _output_text(partial: Partial) -> str | None:
    if partial.output_messages:
        return messages.last_text(partial.output_messages, "assistant")
    if partial.documents:
        return "\n\n".join(str(document["content"]) for document in partial.documents if document["content"]) or None
    return None if partial.type == "embedding" else readable.output_text(partial.outputs)


def _cost(partial: Partial) -> Decimal | None:
    """What the sender says it cost. A zero where tokens were counted says that it knew no price, which is no cost."""
    is_counted = partial.usage is not None and partial.usage.total > 0
    return None if is_counted and partial.cost == 0 else partial.cost


def _tool(span: Span, partial: Partial) -> ToolRecord | None:
    if partial.type != "tool":
        return None
    return ToolRecord(partial.tool_name or span.name, partial.tool_arguments, partial.tool_result)


def _attributes(span: Span, taken: frozenset[str]) -> dict[str, Any]:
    """Everything that was not taken over whole, and what OpenTelemetry keeps outside of the attributes."""
    kept = {key: value for key, value in span.attributes.items() if key not in taken}
    if span.kind in SPAN_KINDS:
        kept["otel.span.kind"] = SPAN_KINDS[span.kind]
    if span.links:
        kept["otel.links"] = [
            {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": dict(link.attributes)}
            for link in span.links
        ]
    if span.trace_state:
        kept["otel.trace_state"] = span.trace_state
    return kept


def _resource(span: Span) -> dict[str, Any]:
    scope = {"otel.scope.name": span.scope_name, "otel.scope.version": span.scope_version}
    return {**span.resource, **{key: value for key, value in scope.items() if value}}


def _event(event: SpanEvent) -> dict[str, Any]:
    return {"name": event.name, "time_unix_nano": str(event.time_ns), "attributes": event.attributes}


def to_runs(spans: Sequence[Span], *, received_ns: int) -> list[RunRecord]:
    """The runs that spans describe, in the same order."""
    return [to_run(_as_it_stands(span), received_ns=received_ns) for span in spans]


def _as_it_stands(span: Span) -> Span:
    """A placeholder of Logfire's, sent when a span begins, as that span while it runs: the placeholder has an id of its
    own and the span as its parent. Any other span as it is.
    """
    if span.attributes.get("logfire.span_type") != "pending_span" or span.parent_id is None:
        return span
    above = str(span.attributes.get("logfire.pending_parent_id", ""))
    parent = bytes.fromhex(above) if _SPAN_ID.fullmatch(above) else None
    return replace(span, span_id=span.parent_id, parent_id=parent if parent and any(parent) else None, end_ns=0)
