"""What the tests of logs send with, and how they read the answer."""

from collections.abc import Callable
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.fixtures.spans import span

PROTOBUF = "application/x-protobuf"
OTHER_TRACE = bytes.fromhex("1af7651916cd43dd8448eb211c80319c")

Send = Callable[[str, bytes], Any]


def partial(answer: Any) -> tuple[int, str]:
    success = ExportLogsServiceResponse.FromString(answer.content).partial_success
    return success.rejected_log_records, success.error_message


def bare(number: int, **fields: Any) -> Span:
    """A model call whose span says nothing of its content."""
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "small"}
    return span(number, attributes=attributes | fields.pop("attributes", {}), **fields)
