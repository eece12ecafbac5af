"""The least that storing spans costs: decode the protobuf, and write the same rows by binary COPY.

The rows are prepared beforehand: no mapping, no Python for each row, no HTTP. One process writes them into tables that are like
ours, with all their indexes and constraints, in one transaction with fsync for each request.
"""

import time
from collections.abc import Sequence
from itertools import chain

from django.db import connection, transaction
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from annotation.domain.ingest import identity
from annotation.models import Run, Trace

Rows = list[tuple[str, bytes]]

_RUN, _TRACE = Run._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- Django's way to a table's name


def prepare(bodies: Sequence[bytes]) -> list[Rows]:
    """The rows that each of the requests became, as PostgreSQL's binary COPY: the traces that it began, and its runs."""
    seen: set[bytes] = set()
    prepared = []
    for body in bodies:
        spans = ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans
        new = {span.trace_id for span in spans} - seen
        seen |= new
        runs = [identity.run_uuid(span.trace_id, span.span_id) for span in spans]
        columns = ", ".join(str(field.column) for field in Trace._meta.concrete_fields if not field.generated)  # noqa: SLF001
        prepared.append(
            [
                (f"floor_{_TRACE} ({columns})", _binary(columns, _TRACE, [one.hex() for one in new])),
                (f"floor_{_RUN}", _binary("*", _RUN, [str(run) for run in runs])),
            ]
        )
    return prepared


def _binary(columns: str, table: str, uuids: Sequence[str]) -> bytes:
    listed = ",".join(f"'{uuid}'" for uuid in uuids)
    where = f"WHERE uuid IN ({listed})" if uuids else "WHERE false"
    selected = f"SELECT {columns} FROM {table} {where}"  # noqa: S608 -- our own names and ids
    with connection.cursor() as cursor, cursor.copy(f"COPY ({selected}) TO STDOUT (FORMAT BINARY)") as copy:
        return b"".join(bytes(part) for part in copy)


def write(bodies: Sequence[bytes], prepared: Sequence[Rows]) -> float:
    """Seconds for the least that must be done with these requests, into tables that are empty at first."""
    with connection.cursor() as cursor:
        for table in (_TRACE, _RUN):
            cursor.execute(
                f"DROP TABLE IF EXISTS floor_{table}; CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)"
            )
    began = time.perf_counter()
    for body, tables in zip(bodies, prepared, strict=True):
        ExportTraceServiceRequest.FromString(body)
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in tables:
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(rows)
    return time.perf_counter() - began


def size() -> int:
    """Bytes of the rows that the floor wrote last, with their indexes."""
    names = list(chain(("floor_" + _RUN,), ("floor_" + _TRACE,)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s) AS name", [names])
        return int(cursor.fetchone()[0])
