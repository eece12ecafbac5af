"""Ingestion through a real server: a real exporter, chunked bodies, and a process that is killed."""

import http.client
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import zstandard
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
from tests.fixtures.processes import free_port, running, wait_until_alive
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


def post(address: str, token: str, body: bytes) -> None:
    """Raises unless the answer is 200."""
    headers = {"x-api-key": token, "Content-Type": "application/x-protobuf"}
    urllib.request.urlopen(
        urllib.request.Request(f"{address}/v1/traces", body, headers),
        timeout=10,
    ).close()


def batch(*numbers: int) -> bytes:
    """Whole traces of eleven spans."""
    traces = [number.to_bytes(16) for number in numbers]
    roots = [span(1, trace=trace) for trace in traces]
    return request([*roots, *(call(child, parent=1, trace=trace) for trace in traces for child in range(2, 12))])


def test_a_server_without_its_database_tells_senders_to_come_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
    address, log = f"127.0.0.1:{free_port()}", tmp_path / "log"
    command = ["-m", "gunicorn", "traceapp.wsgi:application", "-b", address, "-k", "gthread"]
    with running(*command, log=log) as process:
        wait_until_alive(f"http://{address}", process, log)
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(f"http://{address}", "ta_any", request([span(1)]))
    assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "5")
    assert refused.value.headers["Content-Type"] == "application/x-protobuf"
    assert b"try again" in refused.value.read()


class Sender(threading.Thread):
    """Sends one trace after the other until the server is gone."""

    def __init__(self, address: str, token: str, numbers: Iterator[int]) -> None:
        super().__init__()
        self.address, self.token, self.numbers = address, token, numbers
        self.sent: set[int] = set()
        self.acknowledged: set[int] = set()

    def run(self) -> None:
        """Send."""
        with suppress(OSError, http.client.HTTPException):
            for number in self.numbers:
                self.sent.add(number)
                post(self.address, self.token, batch(number))
                self.acknowledged.add(number)


def test_kill_in_the_middle_loses_nothing_and_doubles_nothing(
    transactional_db: None, people: People, tmp_path: Path
) -> None:
    """A killed server: what was acknowledged is there, what was not may be sent again."""
    token, log, numbers = people.token("ingest"), tmp_path / "log", count(1)
    senders: list[Sender] = []
    for _ in range(2):
        address = f"127.0.0.1:{free_port()}"
        command = ["-m", "gunicorn", "traceapp.wsgi:application", "-b", address, "--threads", "4", "-k", "gthread"]
        with running(*command, log=log) as process:
            wait_until_alive(f"http://{address}", process, log)
            starting = [Sender(f"http://{address}", token, numbers) for _ in range(4)]
            for sender in starting:
                sender.start()
            time.sleep(0.7)
            kill_with_children(process.pid)
            for sender in starting:
                sender.join(20)
            senders += starting
    sent = set().union(*(sender.sent for sender in senders))
    check_what_is_there(sent, set().union(*(sender.acknowledged for sender in senders)))
    check_sending_again(sent, people)


def check_what_is_there(sent: set[int], acknowledged: set[int]) -> None:
    assert len(acknowledged) > 10
    stored = dict(Trace.objects.values_list("uuid", "run_count"))
    assert {number for number in sent if UUID(int=number) in stored} >= acknowledged
    assert set(stored.values()) == {11}
    assert Run.objects.count() == 11 * len(stored)


def kill_with_children(pid: int) -> None:
    """SIGKILL to a process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for victim in (pid, *map(int, children)):
        os.kill(victim, signal.SIGKILL)


def check_sending_again(sent: set[int], people: People) -> None:
    client = Client(headers={"x-api-key": people.token("ingest")})
    answer = client.post("/v1/traces", batch(*sent), content_type="application/x-protobuf")
    assert (answer.status_code, answer.content) == (200, b"")
    assert Trace.objects.count() == len(sent)
    assert Run.objects.count() == 11 * len(sent)
    assert set(Trace.objects.values_list("input_tokens", flat=True)) == {100}
