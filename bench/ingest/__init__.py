"""How many spans a second one process acknowledges, beside the least that any process must do.

The floor decodes the same protobuf and writes the same rows by binary COPY, prepared beforehand, in one transaction for
each request: no mapping, no Python for each row, no HTTP. Both write to the same tables with the same indexes, in a
database of their own, from one process bound to one core; PostgreSQL may use another.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from annotation.domain.ingest import mapping, otlp
from annotation.domain.projects import keys
from annotation.models import Run, Trace, User, Workspace
from bench import Figure
from bench.ingest.agents import Agents
from traceapp import embedded

REQUESTS = 20
DATABASE = "bench_ingest"

Copied = list[tuple[str, bytes]]


def run() -> Iterator[Figure]:
    """Spans per second: the floor, ours, the ratio; and where our time goes."""
    logging.disable(logging.WARNING)  # a line for each request would be measured, too
    bodies = list(Agents().requests(REQUESTS + 1))
    counts = [len(otlp.decode(body, encoding=otlp.Encoding.PROTOBUF).spans) for body in bodies]
    spans, size = sum(counts[1:]), sum(map(len, bodies[1:]))
    with _one_core(), _database():
        client = Client(headers={"x-api-key": _token()})
        _post_all(client, bodies[:1])
        ours = _seconds(lambda: _post_all(client, bodies[1:]))
        floor = _floor(bodies)
        again = _seconds(lambda: _post_all(client, bodies[1:]))
    about = f"{REQUESTS} requests of {spans // REQUESTS} spans, {size / REQUESTS / 1e6:.2f} MB each"
    yield Figure("spans acknowledged", spans / ours, "spans/s", about)
    yield Figure("floor: decode and binary COPY", spans / floor, "spans/s")
    yield Figure("times the floor", ours / floor, "x")
    yield Figure("bytes acknowledged", size / ours / 1e6, "MB/s")
    yield Figure("spans acknowledged when sent again", spans / again, "spans/s")
    yield from _parts(bodies[1:], spans)


def _parts(bodies: list[bytes], spans: int) -> Iterator[Figure]:
    """What the pure parts alone would allow."""
    decoded = [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF).spans for body in bodies]
    decoding = _seconds(lambda: [otlp.decode(body, encoding=otlp.Encoding.PROTOBUF) for body in bodies])
    mapped = _seconds(lambda: [mapping.to_runs(found, received_ns=1) for found in decoded])
    yield Figure("decoding alone", spans / decoding, "spans/s")
    yield Figure("mapping alone", spans / mapped, "spans/s")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _post_all(client: Client, bodies: list[bytes]) -> None:
    for body in bodies:
        answer = client.post("/v1/traces", body, content_type=otlp.Encoding.PROTOBUF.value)
        if answer.status_code != 200 or answer.content:
            raise RuntimeError(f"{answer.status_code}: {answer.content!r}")


def _floor(bodies: list[bytes]) -> float:
    """Seconds for the least that must be done with the same requests, after the rows were emptied."""
    copied = [_rows_of(body) for body in bodies]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Trace._meta.db_table} CASCADE")  # noqa: SLF001 -- Django's way to a table's name
    _store_all(bodies[:1], copied[:1])
    return _seconds(lambda: _store_all(bodies[1:], copied[1:]))


def _store_all(bodies: list[bytes], copied: list[Copied]) -> None:
    for body, tables in zip(bodies, copied, strict=True):
        ExportTraceServiceRequest.FromString(body)
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in tables:
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(rows)


def _rows_of(body: bytes) -> Copied:
    """The rows that a request became, as PostgreSQL's binary COPY."""
    request = ExportTraceServiceRequest.FromString(body)
    spans = request.resource_spans[0].scope_spans[0].spans
    uuids = ",".join(f"'{trace_id.hex()}'::uuid" for trace_id in {span.trace_id for span in spans})
    trace, run = Trace._meta.db_table, Run._meta.db_table  # noqa: SLF001 -- as above
    columns = ", ".join(str(field.column) for field in Trace._meta.concrete_fields if not field.generated)  # noqa: SLF001
    return [
        (f"{trace} ({columns})", _binary(f"{columns} FROM {trace} WHERE uuid IN ({uuids})")),
        (run, _binary(f"r.* FROM {run} r JOIN {trace} t ON t.id = r.trace_id WHERE t.uuid IN ({uuids})")),
    ]


def _binary(selected: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT {selected}) TO STDOUT (FORMAT BINARY)") as copy:
        return b"".join(bytes(part) for part in copy)


def _token() -> str:
    workspace = Workspace.objects.create(slug="bench", name="Bench")
    person = User.objects.create_user("bench@example.org")
    made = keys.create(workspace=workspace, name="bench", scopes=["ingest"], by=person, now=timezone.now())
    return made.token


@contextmanager
def _database() -> Iterator[None]:
    """A database of its own, gone afterwards."""
    embedded.join()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    connection.settings_dict["TEST"]["NAME"] = DATABASE
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def _one_core() -> Iterator[None]:
    """This process on one core, where the system can do so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
