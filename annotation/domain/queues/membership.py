"""In which queues a trace is."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from annotation.domain.queues import subjects
from annotation.models import Item, Trace

LIMIT = 50
"""As many items are named; a trace with a hundred steps in queues is a rarity."""


def of_trace(trace: Trace, *, items: QuerySet[Item]) -> list[Item]:
    """Those of `items` (what the asker may see) that are about the trace, one of its steps, its thread, or a pair with it.

    With their queues, by the queues' names; without those that were removed; the first LIMIT.
    """
    about = Q(trace_uuid=trace.uuid) | Q(other_trace_uuid=trace.uuid)
    if trace.thread_id:
        thread = subjects.of_thread(trace.project_id, trace.thread_id)
        about |= Q(thread_id=thread.thread_id, subject=thread.text)
    there = items.filter(about, workspace=trace.workspace_id).exclude(state=Item.State.REMOVED)
    return list(there.select_related("queue").order_by("queue__name", "queue_id", "number")[:LIMIT])
