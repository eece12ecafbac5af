"""OTLP trace exports (protobuf or JSON bytes) as spans.

Format: `opentelemetry/proto/collector/trace/v1/trace_service.proto` and the OTLP specification's section on HTTP.
Both encodings become one protobuf message first (see `otlp_json`), so that there is one path to read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

from annotation.domain.ingest import identity, otlp_json, otlp_repair
from annotation.domain.ingest.otlp_errors import MalformedPayloadError, WrongSignalError
from annotation.domain.ingest.otlp_limits import Limits, check_count, too_large
from annotation.domain.ingest.otlp_signals import TRACES
from annotation.domain.ingest.records import Rejections
from annotation.domain.ingest.spans import Span, SpanEvent, SpanLink
from annotation.domain.ingest.values import clean_text, decode_attributes

NO_LIMITS = Limits()
NO_TRACE_ID = "the trace id is missing, all zero or not 16 bytes"
NO_SPAN_ID = "the span id is missing, all zero or not 8 bytes"


class Encoding(StrEnum):
    """The two encodings of OTLP over HTTP, by media type."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an export request held: spans that can be identified, and a count of those that cannot."""

    spans: list[Span]
    rejections: Rejections


def decode(body: bytes, *, encoding: Encoding, limits: Limits = NO_LIMITS) -> Decoded:
    """The spans of an uncompressed export request.

    Raises MalformedPayloadError, WrongSignalError for logs and metrics, or TooManyError.
    """
    request, unreadable = _request(body, encoding)
    check_count(request, TRACES, limits)
    rejected = Counter(unreadable)
    spans = list(_spans(request, rejected, limits if len(body) > limits.attribute_bytes else None))
    if not spans and rejected and encoding is Encoding.PROTOBUF:
        otlp_repair.refuse_other_signals(body)
    return Decoded(spans, Rejections(dict(rejected)))


def _request(body: bytes, encoding: Encoding) -> tuple[ExportTraceServiceRequest, Counter[str]]:
    if encoding is Encoding.JSON:
        return otlp_json.parse(body)
    try:
        return ExportTraceServiceRequest.FromString(body), Counter()
    except DecodeError:
        otlp_repair.refuse_other_signals(body)
        return otlp_repair.parse_one_by_one(body)


def _spans(request: ExportTraceServiceRequest, rejected: Counter[str], limits: Limits | None) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = decode_attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            scope = clean_text(scope_spans.scope.name), clean_text(scope_spans.scope.version)
            for message in scope_spans.spans:
                if reason := _unidentified(message) or (too_large(message, limits) if limits else None):
                    rejected[reason] += 1
                else:
                    yield _span(message, resource, scope)


def _unidentified(message: trace_pb2.Span) -> str | None:
    if not identity.is_valid(message.trace_id, identity.TRACE_ID_LENGTH):
        return NO_TRACE_ID
    if not identity.is_valid(message.span_id, identity.SPAN_ID_LENGTH):
        return NO_SPAN_ID
    return None


def _span(message: trace_pb2.Span, resource: dict[str, Any], scope: tuple[str, str]) -> Span:
    return Span(
        trace_id=message.trace_id,
        span_id=message.span_id,
        parent_id=_parent(message),
        name=clean_text(message.name),
        start_ns=message.start_time_unix_nano,
        end_ns=message.end_time_unix_nano,
        attributes=decode_attributes(message.attributes),
        kind=message.kind,
        status_code=message.status.code,
        status_message=clean_text(message.status.message),
        events=_events(message.events),
        links=_links(message.links),
        trace_state=clean_text(message.trace_state),
        scope_name=scope[0],
        scope_version=scope[1],
        resource=resource,
    )


def _parent(message: trace_pb2.Span) -> bytes | None:
    parent = message.parent_span_id
    is_parent = identity.is_valid(parent, identity.SPAN_ID_LENGTH) and parent != message.span_id
    return parent if is_parent else None


def _events(messages: Iterable[trace_pb2.Span.Event]) -> tuple[SpanEvent, ...]:
    return tuple(
        SpanEvent(clean_text(event.name), event.time_unix_nano, decode_attributes(event.attributes))
        for event in messages
    )


def _links(messages: Iterable[trace_pb2.Span.Link]) -> tuple[SpanLink, ...]:
    return tuple(
        SpanLink(link.trace_id.hex(), link.span_id.hex(), decode_attributes(link.attributes)) for link in messages
    )


__all__ = ["Decoded", "Encoding", "MalformedPayloadError", "WrongSignalError", "decode"]
