"""Traces that were deleted: what still arrives for them is turned away."""

from collections.abc import Collection
from uuid import UUID

from annotation.models import DeletedTrace

REFUSED = "the trace was deleted, and what arrives for it later is not stored"


def among(traces: Collection[UUID], *, workspace_id: int) -> set[UUID]:
    """Those of the traces that were deleted.

    To be asked inside the storing transaction, after `joining.wait_for_givers`: whoever deletes writes the rows under the
    same lock, so nothing can slip in between.
    """
    rows = DeletedTrace.objects.filter(workspace_id=workspace_id, trace_uuid__in=traces)
    return set(rows.values_list("trace_uuid", flat=True))
