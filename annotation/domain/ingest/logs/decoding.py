"""OTLP log exports (protobuf or JSON bytes) as log events.

Format: `opentelemetry/proto/collector/logs/v1/logs_service.proto`; an event is a log record with a name, which older
senders write as the attribute `event.name`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from annotation.domain.ingest import identity, otlp_json, otlp_repair
from annotation.domain.ingest.logs.events import LogEvent
from annotation.domain.ingest.mapping import LAST_NS
from annotation.domain.ingest.otlp import NO_LIMITS, Encoding
from annotation.domain.ingest.otlp_limits import Limits, check_count, too_large
from annotation.domain.ingest.otlp_signals import LOGS
from annotation.domain.ingest.records import Rejections
from annotation.domain.ingest.values import clean_text, decode_attributes, decode_value


@dataclass(frozen=True, slots=True)
class DecodedLogs:
    """What an export request held: log events in their order, and a count of the records that cannot be read."""

    events: list[LogEvent]
    rejections: Rejections


def decode(body: bytes, *, encoding: Encoding, received_ns: int, limits: Limits = NO_LIMITS) -> DecodedLogs:
    """The events of an uncompressed export request. `received_ns` stands in for a time that is missing or absurd.

    Raises MalformedPayloadError, WrongSignalError for spans and metrics, or TooManyError.
    """
    request, unreadable = _request(body, encoding)
    check_count(request, LOGS, limits)
    events = list(_events(request, received_ns, unreadable, limits if len(body) > limits.attribute_bytes else None))
    if encoding is Encoding.PROTOBUF and not any(event.name or event.trace_id for event in events):
        otlp_repair.refuse_other_signals(body, LOGS)
    return DecodedLogs(events, Rejections(dict(unreadable)))


def _request(body: bytes, encoding: Encoding) -> tuple[Any, Counter[str]]:
    if encoding is Encoding.JSON:
        return otlp_json.parse(body, LOGS)
    try:
        return ExportLogsServiceRequest.FromString(body), Counter()
    except DecodeError:
        otlp_repair.refuse_other_signals(body, LOGS)
        return otlp_repair.parse_one_by_one(body, LOGS)


def _events(
    request: ExportLogsServiceRequest, received_ns: int, rejected: Counter[str], limits: Limits | None
) -> Iterator[LogEvent]:
    for resource_logs in request.resource_logs:
        resource = decode_attributes(resource_logs.resource.attributes)
        for scope_logs in resource_logs.scope_logs:
            scope = clean_text(scope_logs.scope.name), clean_text(scope_logs.scope.version)
            for record in scope_logs.log_records:
                if limits and (reason := too_large(record, limits)):
                    rejected[reason] += 1
                else:
                    yield _event(record, resource, scope, received_ns)


def _event(record: LogRecord, resource: dict[str, Any], scope: tuple[str, str], received_ns: int) -> LogEvent:
    attributes = decode_attributes(record.attributes)
    name = record.event_name or attributes.get("event.name")
    return LogEvent(
        name=clean_text(name) if isinstance(name, str) else "",
        time_ns=_time(record) or received_ns,
        has_time=_time(record) is not None,
        trace_id=record.trace_id if identity.is_valid(record.trace_id, identity.TRACE_ID_LENGTH) else None,
        span_id=record.span_id if identity.is_valid(record.span_id, identity.SPAN_ID_LENGTH) else None,
        body=decode_value(record.body),
        attributes=attributes,
        severity=record.severity_number,
        scope_name=scope[0],
        scope_version=scope[1],
        resource=resource,
    )


def _time(record: LogRecord) -> int | None:
    """When it happened, else when it was first seen by a collector."""
    times = (record.time_unix_nano, record.observed_time_unix_nano)
    return next((time for time in times if 0 < time <= LAST_NS), None)
