"""What to do with a protobuf body that does not parse: find out what it is, and save the members that do.

Protobuf refuses a whole message for one byte of broken UTF-8 in one name. Reading the outer levels by hand
(field numbers of `trace_service.proto` and `trace.proto`) confines the damage to the span or log record that has it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from annotation.domain.ingest import identity
from annotation.domain.ingest.otlp_errors import MalformedPayloadError, WrongSignalError
from annotation.domain.ingest.otlp_signals import LOGS, TRACES, Signal

_Header = TypeVar("_Header", Resource, InstrumentationScope)

_RESOURCES, _HEADER, _MEMBERS = 1, 1, 2
_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10


def refuse_other_signals(body: bytes, signal: Signal = TRACES) -> None:
    """Raise WrongSignalError if the body makes sense as another signal."""
    wanted = "logs" if signal is LOGS else "spans"
    spans = _parsed(ExportTraceServiceRequest(), body) if signal is LOGS else None
    if isinstance(spans, ExportTraceServiceRequest) and _has_spans(spans):
        raise WrongSignalError("spans", wanted)
    logs = _parsed(ExportLogsServiceRequest(), body) if signal is TRACES else None
    if isinstance(logs, ExportLogsServiceRequest) and _has_log_records(logs):
        raise WrongSignalError("logs", wanted)
    metrics = _parsed(ExportMetricsServiceRequest(), body)
    if isinstance(metrics, ExportMetricsServiceRequest) and _has_metrics(metrics):
        raise WrongSignalError("metrics", wanted)


def _parsed(message: Message, body: bytes) -> Message | None:
    try:
        message.ParseFromString(body)
    except DecodeError:
        return None
    return message


def _has_spans(request: ExportTraceServiceRequest) -> bool:
    return any(
        identity.is_valid(span.span_id, identity.SPAN_ID_LENGTH) and span.name
        for resource_spans in request.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    )


def _has_log_records(request: ExportLogsServiceRequest) -> bool:
    return any(
        record.HasField("body") or record.observed_time_unix_nano or record.severity_number or record.event_name
        for resource_logs in request.resource_logs
        for scope_logs in resource_logs.scope_logs
        for record in scope_logs.log_records
    )


def _has_metrics(request: ExportMetricsServiceRequest) -> bool:
    return any(
        metric.name and metric.WhichOneof("data")
        for resource_metrics in request.resource_metrics
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
    )


def parse_one_by_one(body: bytes, signal: Signal = TRACES) -> tuple[Any, Counter[str]]:
    """The readable part of a damaged request, and how many members could not be read. Raises MalformedPayloadError."""
    request, unreadable = signal.request(), Counter[str]()
    try:
        for number, content in _fields(body):
            if number == _RESOURCES:
                _read_resource(content, getattr(request, signal.resources).add(), signal, unreadable)
    except DecodeError as error:
        raise MalformedPayloadError(f"the body is not {signal.noun} in protobuf: {error}") from error
    return request, unreadable


def _read_resource(body: bytes, target: Any, signal: Signal, unreadable: Counter[str]) -> None:
    for number, content in _fields(body):
        if number == _HEADER:
            target.resource.CopyFrom(_or_empty(Resource(), content))
        elif number == _MEMBERS:
            _read_scope(content, getattr(target, signal.scopes).add(), signal, unreadable)


def _read_scope(body: bytes, target: Any, signal: Signal, unreadable: Counter[str]) -> None:
    for number, content in _fields(body):
        if number == _HEADER:
            target.scope.CopyFrom(_or_empty(InstrumentationScope(), content))
        elif number == _MEMBERS:
            member = _parsed(signal.part(), content)
            if member is None:
                unreadable[f"the {signal.member} is not valid protobuf, such as broken UTF-8 in a text"] += 1
            else:
                signal.members_of(target).append(member)


def _or_empty(message: _Header, body: bytes) -> _Header:
    if _parsed(message, body) is None:
        message.Clear()
    return message


def _fields(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The length-delimited fields of a protobuf message as (number, content); others are stepped over."""
    position = 0
    while position < len(body):
        tag, position = _varint(body, position)
        number, kind = tag >> 3, tag & 7
        if kind == _LENGTH_DELIMITED:
            length, position = _varint(body, position)
            if length > len(body) - position:
                raise DecodeError("a field is longer than the body")
            yield number, body[position : position + length]
            position += length
        else:
            position = _step_over(body, position, kind)


def _step_over(body: bytes, position: int, kind: int) -> int:
    if kind == _VARINT:
        return _varint(body, position)[1]
    if kind not in (_FIXED64, _FIXED32):
        raise DecodeError("unknown wire type")
    return position + (8 if kind == _FIXED64 else 4)


def _varint(body: bytes, position: int) -> tuple[int, int]:
    number = 0
    for index, byte in enumerate(body[position : position + _MAX_VARINT_BYTES]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, position + index + 1
    raise DecodeError("truncated number")
