"""The SQL of storing: whole sets of rows in one statement each.

New runs, which are nearly all that comes, travel by binary COPY; what is inserted or changed conditionally travels as one
JSON document per statement, in which `json_populate_recordset` gives every column its own type. No ORM here: this runs for
every request.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from annotation.domain import statements
from annotation.domain.ingest import binary, months, rows
from annotation.domain.ingest.rollup import RunSummary, TraceSummary
from annotation.domain.ingest.values import json_bytes
from annotation.models import Run, Trace

Row = dict[str, Any]

_RUN, _TRACE = Run._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name
#: The database's own clock at the moment of writing; all of a transaction's `now()` would be its start.
_NOW = "clock_timestamp()"
_RUN_KEY = ("workspace_id", "uuid", "trace_id")


@dataclass(frozen=True, slots=True)
class LockedTrace:
    """A trace that nobody else can write until the transaction ends."""

    pk: int
    project_id: int
    run_count: int


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A stored run: the trace it belongs to, and when it ended, in nanoseconds since 1970."""

    trace_pk: int
    ended_ns: int | None


def insert_traces(new: Iterable[Row]) -> dict[UUID, int]:
    """Insert the traces that do not exist yet, in the order given; primary keys by UUID of those inserted."""
    listed = list(new)
    columns = _columns(listed[0])
    with statements.prepared() as cursor:
        cursor.execute(
            f"INSERT INTO {_TRACE} ({columns}) "  # noqa: S608 -- names of our own columns
            f"SELECT {columns} FROM json_populate_recordset(NULL::{_TRACE}, %s::json) ORDER BY uuid "
            "ON CONFLICT (workspace_id, uuid) DO NOTHING RETURNING uuid, id",
            [_document(listed)],
        )
        return dict(cursor.fetchall())


def lock_traces(workspace_id: int, uuids: Sequence[UUID]) -> dict[UUID, LockedTrace]:
    """Lock existing traces against other writers, in the order of their UUIDs."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT uuid, id, project_id, run_count FROM {_TRACE} "  # noqa: S608 -- as above
            "WHERE workspace_id = %s AND uuid = ANY(%s) ORDER BY uuid FOR NO KEY UPDATE",
            [workspace_id, list(uuids)],
        )
        return {uuid: LockedTrace(*row) for uuid, *row in cursor.fetchall()}


def known_runs(
    workspace_id: int, uuids: Sequence[UUID], *, in_months_of: Collection[int] | None = None
) -> dict[UUID, KnownRun]:
    """Those of the runs that are stored already; `in_months_of` traces with these primary keys, if given."""
    low, end = months.around(in_months_of) if in_months_of else (0, 0)
    # Without months there is nothing to narrow, and a range that holds all keys looks small to a planner without statistics:
    # it would read the whole table in the order of traces.
    within, values = ("AND trace_id >= %s AND trace_id < %s", [low, end]) if low else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT uuid, trace_id, ended_at FROM {_RUN} WHERE workspace_id = %s AND uuid = ANY(%s) {within}",  # noqa: S608 -- as above
            [workspace_id, list(uuids), *values],
        )
        return {uuid: KnownRun(trace_pk, rows.nanoseconds(ended_at)) for uuid, trace_pk, ended_at in cursor.fetchall()}


def copy_runs(new: Iterable[Row]) -> None:
    """Add runs that are not stored yet. Raises IntegrityError when somebody stored one of them meanwhile."""
    listed = iter(new)
    first = next(listed, None)
    if first is None:
        return
    encoders = _run_encoders(tuple(first))
    statement = f"COPY {_RUN} ({_columns(first)}) FROM STDIN (FORMAT BINARY)"
    # Django translates what `execute` raises; of COPY it knows nothing, so a full disk would pass for a fault of ours.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in chain((first,), listed):
            values = list(row.values())
            for place, encode in encoders:
                values[place] = encode(values[place])
            copy.write_row(values)


@cache
def _run_encoders(names: tuple[str, ...]) -> list[tuple[int, binary.Encoder]]:
    return binary.encoders(Run, names)


def replace_runs(newer: Iterable[Row], *, moving: bool = False) -> None:
    """Write later versions of stored runs over them; with `moving` even in another trace, which gives them away."""
    listed = list(newer)
    if listed:
        with connection.cursor() as cursor:
            cursor.execute(_replacement(tuple(listed[0]), _RUN_KEY[:2] if moving else _RUN_KEY), [_document(listed)])


@cache
def _replacement(names: tuple[str, ...], key: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = new.{name}" for name in names if name not in key)
    return (
        f"UPDATE {_RUN} AS run SET {changes} "  # noqa: S608 -- names of our own columns
        f"FROM json_populate_recordset(NULL::{_RUN}, %s::json) AS new WHERE "
        + " AND ".join(f"run.{name} = new.{name}" for name in key)
    )


def _columns(row: Row) -> str:
    return ", ".join(row)


def _document(listed: Sequence[Row]) -> str:
    return json_bytes(listed, default=_as_json).decode()


def _as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


_SUMMARY_COLUMNS = (
    "trace_id, uuid, parent_uuid, name, type, status, error_message, start_nano, ended_at, model, response_id, "
    "input_tokens, output_tokens, total_tokens, cost, price_uuid IS NOT NULL, thread_id, user_id, tags, metadata::text, "
    "coalesce(input_text, '') <> '', coalesce(output_text, '') <> ''"
)


def run_summaries(trace_pks: Sequence[int]) -> dict[int, list[RunSummary]]:
    """What the summaries of traces need of their runs, without the contents."""
    grouped: dict[int, list[RunSummary]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SUMMARY_COLUMNS} FROM {_RUN} WHERE trace_id = ANY(%s)", [list(trace_pks)])  # noqa: S608 -- as above
        for trace_pk, *columns in cursor:
            grouped[trace_pk].append(_summary(columns))
    return grouped


def _summary(columns: Sequence[Any]) -> RunSummary:
    """One run; `columns` are those above, without the trace."""
    tokens, metadata = columns[10:13], columns[18]
    return RunSummary(
        id=columns[0],
        parent_id=columns[1],
        name=columns[2],
        type=columns[3],
        status=columns[4],
        error=columns[5],
        started_ns=columns[6],
        ended_ns=rows.nanoseconds(columns[7]),
        model=columns[8],
        response_id=columns[9],
        tokens=None if tokens[0] is None else (tokens[0], tokens[1], tokens[2]),
        cost=columns[13],
        is_cost_computed=columns[14],
        thread_id=columns[15],
        user_id=columns[16],
        tags=columns[17],
        metadata={} if metadata == "{}" else orjson.loads(metadata),
        has_input=columns[19],
        has_output=columns[20],
    )


def texts_of(summaries: Mapping[int, TraceSummary]) -> dict[UUID, tuple[str | None, str | None]]:
    """(input, output) of the runs that speak for the traces."""
    speakers = [uuid for summary in summaries.values() for uuid in (summary.input_run, summary.output_run) if uuid]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT uuid, input_text, output_text FROM {_RUN} WHERE trace_id = ANY(%s) AND uuid = ANY(%s)",  # noqa: S608 -- as above
            [list(summaries), speakers],
        )
        return {uuid: (asked, said) for uuid, asked, said in cursor.fetchall()}


def update_traces(changed: Iterable[Row]) -> None:
    """Write the summaries of existing traces; they have changed now, and are not settled."""
    listed = list(changed)
    names = [name for name in listed[0] if name != "id"]
    changes = ", ".join(f"{name} = new.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_TRACE} AS trace SET {changes}, changed_at = {_NOW}, settled_at = NULL "  # noqa: S608 -- as above
            f"FROM json_populate_recordset(NULL::{_TRACE}, %s::json) AS new WHERE trace.id = new.id",
            [_document(listed)],
        )
