"""Which traces of the demo people shall read: sent to the queues with their reasons."""

from __future__ import annotations

from datetime import datetime

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import Queue, Trace, User, Workspace


def route(*, workspace: Workspace, booking: Queue, coding: Queue, by: User, now: datetime) -> None:
    """Fill both queues."""
    traces = Trace.objects.filter(workspace=workspace)
    failed = traces.filter(project__slug="booking-agent", verdict="bad").order_by("started_at")[:60]
    sample = traces.filter(project__slug="coding-agent").order_by("uuid")[:50]
    for queue, chosen in ((booking, failed), (coding, sample)):
        items.add(
            queue=queue,
            subjects=[subjects.of_trace(trace.uuid) for trace in chosen],
            reason=Reason(by=str(by)),
            by=by,
            now=now,
        )
