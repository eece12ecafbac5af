"""An OpenTelemetry span as it was sent, in Python values, before any convention is read into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STATUS_ERROR = 2

SPAN_KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened during a span, such as an exception."""

    name: str
    time_ns: int
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SpanLink:
    """A pointer from a span to another; ids in hex."""

    trace_id: str
    span_id: str
    attributes: Mapping[str, Any]


@dataclass(slots=True)
class Span:
    """One span; nobody changes one (as of `RunRecord`). Ids are raw bytes of the right length; times are nanoseconds since 1970 exactly as sent."""

    trace_id: bytes
    span_id: bytes
    parent_id: bytes | None
    name: str
    start_ns: int
    end_ns: int
    attributes: Mapping[str, Any]
    kind: int = 0
    status_code: int = 0
    status_message: str = ""
    events: Sequence[SpanEvent] = ()
    links: Sequence[SpanLink] = ()
    trace_state: str = ""
    scope_name: str = ""
    scope_version: str = ""
    resource: Mapping[str, Any] = field(default_factory=dict)
