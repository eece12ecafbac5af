"""Feedback rows on their way into the table: all in one statement, and once for each client id."""

from __future__ import annotations

import json
from collections.abc import Sequence
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


def insert(rows: Sequence[Feedback]) -> dict[str, Feedback]:
    """Insert what is not there yet, all at once; the feedback that stands under each client id, locked.

    In the order of the client ids, so that two givers of the same ones wait for, and never block, each other.
    """
    if not rows:
        return {}
    ordered = sorted(rows, key=lambda row: row.client_id or "")
    ids = _inserted(ordered)
    for row in ordered:
        row.pk = ids.get(row.uuid)
        row._state.adding = row.pk is None  # noqa: SLF001 -- as Django does after an insert
    stored = {row.client_id: row for row in ordered if row.client_id and row.pk}
    missing = [row.client_id for row in ordered if row.client_id and row.client_id not in stored]
    stored |= _known(rows[0].workspace_id, missing)
    gone = [row for row in ordered if row.client_id and row.client_id not in stored]
    return {**stored, **insert(gone)}  # taken back since it stood in the way


def _inserted(rows: Sequence[Feedback]) -> dict[UUID, int]:
    """The primary keys by UUID of those that were not there."""
    values = [{field.column: getattr(row, field.attname) for field in _FIELDS} for row in rows]
    with statements.prepared() as cursor:
        cursor.execute(_INSERT, [json.dumps(values, default=str)])
        return dict(cursor.fetchall())


def _known(workspace_id: int, client_ids: Sequence[str]) -> dict[str, Feedback]:
    if not client_ids:
        return {}
    rows = Feedback.objects.select_for_update().filter(workspace=workspace_id, client_id__in=client_ids)
    return {str(row.client_id): row for row in rows.order_by("client_id")}
