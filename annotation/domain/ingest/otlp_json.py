"""OTLP/JSON as the same protobuf message that the binary encoding gives.

OTLP/JSON differs from the generic JSON form of protobuf in one thing: ids are hex, not base64, and reading them as
base64 gives ids of the wrong length without any error. So they are rewritten first; all else (64-bit integers as
text or number, integer enumerations, unknown fields) protobuf's own reader does right.
"""

from base64 import b64encode
from binascii import Error as BinasciiError
from binascii import unhexlify
from collections import Counter
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from annotation.domain.ingest.otlp_errors import MalformedPayloadError, WrongSignalError
from annotation.domain.ingest.values import loads

UNREADABLE_SPAN = "the span is not valid OTLP/JSON"

_SPAN_IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")
_OTHER_SIGNALS = {"resourceLogs": "logs", "resourceMetrics": "metrics"}


def parse(body: bytes) -> tuple[ExportTraceServiceRequest, Counter[str]]:
    """The request in a JSON body, and how many of its spans could not be read, by reason."""
    document = _document(body)
    _rewrite_ids(document)
    unreadable: Counter[str] = Counter()
    try:
        return _message(document), unreadable
    except ParseError:
        unreadable[UNREADABLE_SPAN] = _drop_unreadable_spans(document)
    try:
        return _message(document), unreadable
    except ParseError as error:
        raise MalformedPayloadError(f"the body is not an OTLP trace export: {error}") from error


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedPayloadError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedPayloadError("the body is not a JSON object with resourceSpans")
    for key, signal in _OTHER_SIGNALS.items():
        if key in document and "resourceSpans" not in document:
            raise WrongSignalError(signal)
    return document


def _message(document: dict[str, Any]) -> ExportTraceServiceRequest:
    return ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=True)


def _members(parent: Any, *keys: str) -> Iterator[dict[str, Any]]:
    for key in keys:
        members = parent.get(key)
        if isinstance(members, list):
            yield from (member for member in members if isinstance(member, dict))


def _scopes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource_spans in _members(document, "resourceSpans", "resource_spans"):
        yield from _members(resource_spans, "scopeSpans", "scope_spans")


def _rewrite_ids(document: dict[str, Any]) -> None:
    for scope_spans in _scopes(document):
        for span in _members(scope_spans, "spans"):
            _rewrite(span)
            for link in _members(span, "links"):
                _rewrite(link)


def _rewrite(holder: dict[str, Any]) -> None:
    for key in _SPAN_IDS:
        if key in holder:
            holder[key] = _base64(holder[key])


def _base64(identifier: Any) -> str:
    """Hex of any case as base64; what is not hex becomes empty, which is then refused as missing."""
    if not isinstance(identifier, str):
        return ""
    try:
        return b64encode(unhexlify(identifier)).decode()
    except (BinasciiError, ValueError):
        return ""


def _drop_unreadable_spans(document: dict[str, Any]) -> int:
    dropped = 0
    for scope_spans in _scopes(document):
        spans = scope_spans.get("spans")
        if isinstance(spans, list):
            scope_spans["spans"] = [span for span in spans if _is_readable(span)]
            dropped += len(spans) - len(scope_spans["spans"])
    return dropped


def _is_readable(span: Any) -> bool:
    try:
        ParseDict(span, Span(), ignore_unknown_fields=True)
    except (ParseError, AttributeError, TypeError, ValueError):
        return False
    return True
