"""Feedback rows on their way into the table: all in one statement, and once for each client id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.domain import rows, statements
from annotation.models import Feedback

_INSERT = f"""
    {rows.insertion(Feedback)}
    ON CONFLICT (workspace_id, client_id) WHERE client_id IS NOT NULL DO NOTHING RETURNING uuid, id
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands under each client id now, locked; `is_all_new` if all of it and all else is what was to be inserted."""

    by_client_id: Mapping[str, Feedback]
    is_all_new: bool = True


def ask_to_insert(given: Sequence[Feedback]) -> Callable[[], Stored]:
    """Insert what is not there yet, all at once; the second step tells what is.

    In the order of the client ids, so that two givers of the same ones wait for, and never block, each other.
    """
    if not given:
        return lambda: Stored({})
    ordered = sorted(given, key=lambda row: row.client_id or "")
    ids = statements.ask(_INSERT, [rows.document(ordered)])
    return lambda: _stored(ordered, dict(ids()))


def _stored(given: Sequence[Feedback], ids: Mapping[UUID, int]) -> Stored:
    """`ids` are the primary keys by UUID of those that were not there."""
    for row in given:
        row.pk = ids.get(row.uuid)
        row._state.adding = row.pk is None  # noqa: SLF001 -- as Django does after an insert
    stored = {row.client_id: row for row in given if row.client_id and row.pk}
    if len(ids) == len(given):
        return Stored(stored)
    missing = [row.client_id for row in given if row.client_id and row.client_id not in stored]
    stored |= _known(given[0].workspace_id, missing)
    gone = [row for row in given if row.client_id and row.client_id not in stored]
    again = ask_to_insert(gone)()  # taken back since it stood in the way
    return Stored({**stored, **again.by_client_id}, is_all_new=False)


def _known(workspace_id: int, client_ids: Sequence[str]) -> dict[str, Feedback]:
    if not client_ids:
        return {}
    found = Feedback.objects.select_for_update().filter(workspace=workspace_id, client_id__in=client_ids)
    return {str(row.client_id): row for row in found.order_by("client_id")}
