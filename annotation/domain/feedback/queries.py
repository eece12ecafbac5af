"""Lists of feedback."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from annotation.models import Feedback


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback is asked for; None: any."""

    run_id: str | None = None
    trace_id: UUID | None = None
    thread_id: str | None = None
    key: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def listed(rows: QuerySet[Feedback], wanted: Wanted) -> QuerySet[Feedback]:
    """Those of `rows` that are wanted; `since` included, `until` not."""
    exact = {
        "trace_uuid": wanted.trace_id,
        "thread_id": wanted.thread_id,
        "key": wanted.key,
        "source": wanted.source,
        "created_at__gte": wanted.since,
        "created_at__lt": wanted.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    return rows.filter(_of_run(wanted.run_id)) if wanted.run_id else rows


def _of_run(identifier: str) -> Q:
    try:
        return Q(run_uuid=UUID(identifier)) | Q(run_external_id=identifier)
    except ValueError:
        return Q(run_external_id=identifier)
