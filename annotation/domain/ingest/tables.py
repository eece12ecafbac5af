"""The SQL of storing: whole sets of rows in one statement each.

Rows travel as one JSON document per statement (`json_populate_recordset` gives every column its own type), or by
COPY where no conflict is possible.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q

from annotation.domain.ingest import rows
from annotation.domain.ingest.rollup import RunSummary, TraceSummary
from annotation.models import Run, Trace

Row = dict[str, Any]

_RUN, _TRACE = Run._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name
#: The database's own clock at the moment of writing; all of a transaction's `now()` would be its start.
_NOW = "clock_timestamp()"


@dataclass(frozen=True, slots=True)
class LockedTrace:
    """A trace that nobody else can write until the transaction ends."""

    pk: int
    project_id: int


def insert_traces(new: Iterable[Row]) -> dict[UUID, int]:
    """Insert the traces that do not exist yet, in the order given; primary keys by UUID of those inserted."""
    listed = list(new)
    columns = _columns(listed[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TRACE} ({columns}) "  # noqa: S608 -- names of our own columns
            f"SELECT {columns} FROM json_populate_recordset(NULL::{_TRACE}, %s::json) ORDER BY uuid "
            "ON CONFLICT (workspace_id, uuid) DO NOTHING RETURNING uuid, id",
            [_document(listed)],
        )
        return dict(cursor.fetchall())


def lock_traces(workspace_id: int, uuids: Sequence[UUID]) -> dict[UUID, LockedTrace]:
    """Lock existing traces against other writers, in the order of their UUIDs."""
    found = (
        Trace.objects.select_for_update(no_key=True)
        .filter(workspace_id=workspace_id, uuid__in=uuids)
        .order_by("uuid")
        .values_list("uuid", "id", "project_id")
    )
    return {uuid: LockedTrace(pk, project_id) for uuid, pk, project_id in found}


def copy_runs(new: Iterable[Row]) -> None:
    """Add runs of traces that this transaction inserted: nothing can be there already."""
    listed = iter(new)
    first = next(listed, None)
    if first is None:
        return
    documents = [index for index, name in enumerate(first) if name in rows.JSON_COLUMNS]
    with connection.cursor() as cursor, cursor.copy(f"COPY {_RUN} ({_columns(first)}) FROM STDIN") as copy:
        for row in chain((first,), listed):
            values = list(row.values())
            for index in documents:
                if values[index] is not None:
                    values[index] = orjson.dumps(values[index]).decode()
            copy.write_row(values)


def upsert_runs(new: Iterable[Row]) -> set[int]:
    """Add runs, or replace those that ended earlier than what comes now; primary keys of the traces that changed."""
    listed = sorted(new, key=lambda row: row["uuid"])
    if not listed:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_upsert_statement(tuple(listed[0])), [_document(listed)])
        return {trace_pk for (trace_pk,) in cursor.fetchall()}


@cache
def _upsert_statement(names: tuple[str, ...]) -> str:
    columns = ", ".join(names)
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in ("workspace_id", "uuid"))
    return (
        f"INSERT INTO {_RUN} AS run ({columns}) "  # noqa: S608 -- names of our own columns
        f"SELECT {columns} FROM json_populate_recordset(NULL::{_RUN}, %s::json) ORDER BY uuid "
        f"ON CONFLICT (workspace_id, uuid) DO UPDATE SET {changes} WHERE "
        "EXCLUDED.ended_at > run.ended_at OR run.ended_at IS NULL AND EXCLUDED.ended_at IS NOT NULL "
        "RETURNING trace_id"
    )


def _columns(row: Row) -> str:
    return ", ".join(row)


def _document(listed: Sequence[Row]) -> str:
    return orjson.dumps(listed, default=_as_json).decode()


def _as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


_SUMMARY_FIELDS = (
    "trace_id", "uuid", "parent_uuid", "name", "type", "status", "error_message", "start_nano", "ended_at", "model",
    "response_id", "input_tokens", "output_tokens", "total_tokens", "cost", "price_uuid", "thread_id", "user_id", "tags", "metadata",
)  # fmt: skip


def run_summaries(trace_pks: Sequence[int]) -> dict[int, list[RunSummary]]:
    """What the summaries of traces need of their runs, without the contents."""
    found = Run.objects.filter(trace_id__in=trace_pks).annotate(
        has_input=_said("input_text"), has_output=_said("output_text")
    )
    grouped: dict[int, list[RunSummary]] = defaultdict(list)
    for row in found.values_list(*_SUMMARY_FIELDS, "has_input", "has_output", named=True).iterator(1000):
        grouped[row.trace_id].append(_summary(row))
    return grouped


def _said(column: str) -> Q:
    return Q((f"{column}__isnull", False)) & ~Q((column, ""))


def _summary(row: Any) -> RunSummary:
    has_usage = row.input_tokens is not None
    return RunSummary(
        id=row.uuid,
        parent_id=row.parent_uuid,
        name=row.name,
        type=row.type,
        status=row.status,
        error=row.error_message,
        started_ns=row.start_nano,
        ended_ns=rows.nanoseconds(row.ended_at),
        model=row.model,
        response_id=row.response_id,
        tokens=(row.input_tokens, row.output_tokens, row.total_tokens) if has_usage else None,
        cost=row.cost,
        is_cost_computed=row.price_uuid is not None,
        thread_id=row.thread_id,
        user_id=row.user_id,
        tags=row.tags,
        metadata=row.metadata,
        has_input=row.has_input,
        has_output=row.has_output,
    )


def texts_of(summaries: Mapping[int, TraceSummary]) -> dict[UUID, tuple[str | None, str | None]]:
    """(input, output) of the runs that speak for the traces."""
    speakers = [uuid for summary in summaries.values() for uuid in (summary.input_run, summary.output_run) if uuid]
    found = Run.objects.filter(trace_id__in=summaries.keys(), uuid__in=speakers)
    return {uuid: (asked, said) for uuid, asked, said in found.values_list("uuid", "input_text", "output_text")}


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
