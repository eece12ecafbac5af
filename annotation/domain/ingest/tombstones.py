"""Traces that were deleted: what still arrives for them is turned away."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from annotation.models import DeletedTrace

_TABLE = DeletedTrace._meta.db_table  # noqa: SLF001 -- the only way to a table's name
REFUSED = "the trace was deleted, and what arrives for it later is not stored"


def among(traces: Collection[UUID], *, workspace_id: int) -> set[UUID]:
    """Those of the traces that were deleted.

    To be asked inside the storing transaction, after `joining.wait_for_givers`: whoever deletes writes the rows under the
    same lock, so nothing can slip in between.
    """
    if not traces:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT trace_uuid FROM {_TABLE} WHERE workspace_id = %s AND trace_uuid = ANY(%s)",  # noqa: S608 -- our own
            [workspace_id, list(traces)],
        )
        return {uuid for (uuid,) in cursor.fetchall()}
