"""The signals that are taken, and what their export requests are called on each level.

Traces and logs have the same outer shape, down to the field numbers: resources, in them scopes, in them members.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True, slots=True)
class Signal:
    """What one signal's requests consist of: the names of the levels in protobuf, and what to call things."""

    name: str
    member: str
    resources: str
    scopes: str
    members: str
    request: type[Message]
    part: type[Message]
    response: type[Message]

    @property
    def noun(self) -> str:
        """What an export request of it is called."""
        return f"an OTLP {self.name} export"

    def members_of(self, scope: Any) -> Any:
        """The members below one scope of a request."""
        return getattr(scope, self.members)


TRACES = Signal(
    "trace",
    "span",
    "resource_spans",
    "scope_spans",
    "spans",
    request=ExportTraceServiceRequest,
    part=Span,
    response=ExportTraceServiceResponse,
)
LOGS = Signal(
    "log",
    "log record",
    "resource_logs",
    "scope_logs",
    "log_records",
    request=ExportLogsServiceRequest,
    part=LogRecord,
    response=ExportLogsServiceResponse,
)


def camel(name: str) -> str:
    """A field's name as JSON has it: `scope_spans` is `scopeSpans`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
