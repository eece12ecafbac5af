"""Feedback rows on their way into the table: all in one statement, and once for each client id."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.domain import statements
from annotation.models import Feedback

_TABLE = Feedback._meta.db_table  # noqa: SLF001 -- the only way to a table's name
_FIELDS = [field for field in Feedback._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 -- as above
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
#: All rows travel as one JSON value, so that the statement is the same however many there are.
_INSERT = f"""
    INSERT INTO {_TABLE} ({_COLUMNS}) SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::{_TABLE}, %s::jsonb)
    ON CONFLICT (workspace_id, client_id) WHERE client_id IS NOT NULL DO NOTHING RETURNING uuid, id
"""  # noqa: S608 -- our own names


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands under each client id now, locked; `is_all_new` if all of it and all else is what was to be inserted."""

    by_client_id: Mapping[str, Feedback]
    is_all_new: bool = True


def ask_to_insert(rows: Sequence[Feedback]) -> Callable[[], Stored]:
    """Insert what is not there yet, all at once; the second step tells what is.

    In the order of the client ids, so that two givers of the same ones wait for, and never block, each other.
    """
    if not rows:
        return lambda: Stored({})
    ordered = sorted(rows, key=lambda row: row.client_id or "")
    values = [{field.column: getattr(row, field.attname) for field in _FIELDS} for row in ordered]
    ids = statements.ask(_INSERT, [json.dumps(values, default=str)])
    return lambda: _stored(ordered, dict(ids()))


def _stored(rows: Sequence[Feedback], ids: Mapping[UUID, int]) -> Stored:
    """`ids` are the primary keys by UUID of those that were not there."""
    for row in rows:
        row.pk = ids.get(row.uuid)
        row._state.adding = row.pk is None  # noqa: SLF001 -- as Django does after an insert
    stored = {row.client_id: row for row in rows if row.client_id and row.pk}
    if len(ids) == len(rows):
        return Stored(stored)
    missing = [row.client_id for row in rows if row.client_id and row.client_id not in stored]
    stored |= _known(rows[0].workspace_id, missing)
    gone = [row for row in rows if row.client_id and row.client_id not in stored]
    again = ask_to_insert(gone)()  # taken back since it stood in the way
    return Stored({**stored, **again.by_client_id}, is_all_new=False)


def _known(workspace_id: int, client_ids: Sequence[str]) -> dict[str, Feedback]:
    if not client_ids:
        return {}
    rows = Feedback.objects.select_for_update().filter(workspace=workspace_id, client_id__in=client_ids)
    return {str(row.client_id): row for row in rows.order_by("client_id")}
