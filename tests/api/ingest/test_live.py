"""Ingestion through a real server: a real exporter, chunked bodies. `tests/e2e/test_kill.py` kills one."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import zstandard
from django.db import connection
from django.test import Client
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from annotation.models import LogRecord, Run, Trace
from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.processes import free_port
from tests.fixtures.spans import call, request, span

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_a_real_exporter(live: str, people: People, compression: Compression) -> None:
    exporter = OTLPSpanExporter(
        f"{live}/v1/traces", headers={"x-api-key": people.token("ingest")}, compression=compression
    )
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("shop")
    with tracer.start_as_current_span("agent", attributes={"gen_ai.operation.name": "invoke_agent"}) as root:
        with tracer.start_as_current_span("tool", attributes={"gen_ai.operation.name": "execute_tool"}) as tool:
            tool.record_exception(ValueError("no such flight"))
            tool.set_status(Status(StatusCode.ERROR, "no such flight"))
        trace_id = f"{root.get_span_context().trace_id:032x}"
    provider.shutdown()
    trace = Trace.objects.get()
    assert (trace.uuid.hex, trace.project.name, trace.status, trace.run_count) == (trace_id, "shop", "ok", 2)
    tool_run = Run.objects.get(type="tool")
    assert (tool_run.error_type, tool_run.error_message) == ("ValueError", "no such flight")
    assert "ValueError: no such flight" in (tool_run.error_stack or "")


def chunked(live: str, token: str, pieces: Iterator[bytes]) -> tuple[int, bytes]:
    """POST without a length, as JavaScript exporters do."""
    connection = http.client.HTTPConnection(urlsplit(live).netloc, timeout=20)
    headers = {"x-api-key": token, "Content-Type": "application/x-protobuf"}
    connection.request("POST", "/v1/traces", body=pieces, headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    content = answer.status, answer.read()
    connection.close()
    return content


def test_a_chunked_body_arrives(live: str, people: People) -> None:
    body = request([call(number) for number in range(1, 200)])
    pieces = iter([body[:1000], body[1000:]])
    assert chunked(live, people.token("ingest"), pieces) == (200, b"")
    assert Run.objects.count() == 199


@pytest.mark.parametrize("signal_name", ["traces", "logs"])
def test_a_key_in_a_header_with_an_underscore_and_a_packed_chunked_body(
    live: str, people: People, signal_name: str
) -> None:
    """As Phoenix's clients name the key, as collectors pack, and as JavaScript frames; servers drop such headers."""
    body = request([call(1)]) if signal_name == "traces" else log_request([record("gen_ai.user.message", span=1)])
    packed = zstandard.compress(body)
    connection = http.client.HTTPConnection(urlsplit(live).netloc, timeout=20)
    headers = {
        "api_key": people.token("ingest"),
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "zstd",
    }
    pieces = iter([packed[:50], packed[50:]])
    connection.request("POST", f"/v1/{signal_name}", body=pieces, headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()
    assert (Run.objects.count(), LogRecord.objects.count()) == ((1, 0) if signal_name == "traces" else (0, 1))


def test_a_chunked_body_over_the_limit_is_refused_in_its_encoding(live: str, people: People) -> None:
    status, content = chunked(live, people.token("ingest"), (b"\0" * 1_000_000 for _ in range(70)))
    assert status == 413
    assert content.startswith(b"\x08\x0b\x12")


def test_a_server_without_its_database_tells_senders_to_come_again(people: People) -> None:
    """Nobody listens where the database should be, as when it is being started again."""
    client = Client(headers={"x-api-key": people.token("ingest")})
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", str(free_port()))
        refused = client.post("/v1/traces", request([span(1)]), "application/x-protobuf")
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert refused["Content-Type"] == "application/x-protobuf"
    assert b"try again" in refused.content
    assert Run.objects.count() == 0
