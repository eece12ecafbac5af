"""Log records in the database: each once, however often it is sent."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet

from annotation.domain.ingest import identity
from annotation.domain.ingest.logs.events import LogEvent
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.rows import indexed
from annotation.models import LogRecord

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose records they are: a workspace, and the one project that their sender may write to, if it is bound to one."""

    workspace_id: int
    only_project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The record of a run as it is stored."""

    event: LogEvent
    only_project_id: int | None


def row_of(
    event: LogEvent, owner: Owner, digest: UUID, *, trace: UUID | None = None, about: str | None = None
) -> LogRecord:
    """A new row for an event; what it is about is given, by trace or by the id of a response, or follows from its own ids."""
    return LogRecord(
        workspace_id=owner.workspace_id,
        only_project_id=owner.only_project_id,
        digest=digest,
        trace_uuid=trace or trace_of(event),
        run_uuid=None if about else run_of(event),
        response_id=indexed(about or event.response_id),
        name=event.name,
        time_nano=event.time_ns,
        severity=event.severity,
        body=event.body,
        attributes=event.attributes,
        resource={**event.resource, "otel.scope.name": event.scope_name, "otel.scope.version": event.scope_version},
    )


def trace_of(event: LogEvent) -> UUID | None:
    """The UUID of the trace that an event names."""
    return identity.trace_uuid(event.trace_id) if event.trace_id else None


def run_of(event: LogEvent) -> UUID | None:
    """The UUID of the run that an event names."""
    return identity.run_uuid(event.trace_id, event.span_id) if event.trace_id and event.span_id else None


def event_of(row: LogRecord) -> LogEvent:
    """A stored record as an event; its ids in bytes are gone."""
    return LogEvent(
        name=row.name,
        time_ns=row.time_nano,
        body=row.body,
        attributes=row.attributes,
        severity=row.severity,
        scope_name=row.resource.get("otel.scope.name", ""),
        scope_version=row.resource.get("otel.scope.version", ""),
        resource=row.resource,
    )


def digests(events: Iterable[LogEvent]) -> Iterator[UUID]:
    """A hash of each event's content: the same whenever the same request is sent again.

    Two equal events in one request, such as two equal messages without times, are two.
    """
    seen: Counter[bytes] = Counter()
    for event in events:
        content = sha256(orjson.dumps(_content(event), option=orjson.OPT_SORT_KEYS)).digest()
        seen[content] += 1
        yield UUID(bytes=sha256(content + seen[content].to_bytes(8)).digest()[:16])


def _content(event: LogEvent) -> list[Any]:
    ids = [identifier.hex() if identifier else None for identifier in (event.trace_id, event.span_id)]
    time = event.time_ns if event.has_time else None
    return [*ids, time, event.name, event.severity, event.body, event.attributes, event.scope_name]


def keep(rows: Sequence[LogRecord]) -> None:
    """Store records; those that are there already stay as they are."""
    LogRecord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def of_runs(runs: Collection[UUID], *, workspace_id: int) -> Mapping[UUID, list[Kept]]:
    """The records of runs in their order: that of time, then of arrival."""
    return _grouped(LogRecord.objects.filter(workspace_id=workspace_id, run_uuid__in=runs))


def awaiting(runs: Sequence[RunRecord], *, workspace_id: int) -> tuple[Mapping[UUID, list[Kept]], list[LogRecord]]:
    """What came before these runs: records that name them, and those parked for their responses or as roots.

    Without the ORM, since it runs for every export of traces, and nearly always finds nothing.
    """
    responses = list({run.response_id for run in runs if run.response_id})
    roots = list({run.trace_id for run in runs if run.parent_id is None})
    with connection.cursor() as cursor:
        cursor.execute(
            _AWAITING, [workspace_id, [run.id for run in runs], workspace_id, responses, workspace_id, roots]
        )
        found = [pk for (pk,) in cursor.fetchall()]
    if not found:
        return {}, []
    rows = list(LogRecord.objects.filter(pk__in=found).order_by("time_nano", "id"))
    return _group(row for row in rows if row.run_uuid), [row for row in rows if not row.run_uuid]


_TABLE = LogRecord._meta.db_table  # noqa: SLF001 -- the only way to a table's name
_PARKED = f"SELECT id FROM {_TABLE} WHERE workspace_id = %s AND run_uuid IS NULL AND NOT is_joined"  # noqa: S608 -- our own
_AWAITING = (
    f"SELECT id FROM {_TABLE} WHERE workspace_id = %s AND run_uuid = ANY(%s) "  # noqa: S608 -- as above
    f"UNION ALL {_PARKED} AND response_id = ANY(%s) "
    f"UNION ALL {_PARKED} AND response_id IS NULL AND trace_uuid = ANY(%s)"
)


def _grouped(rows: QuerySet[LogRecord]) -> Mapping[UUID, list[Kept]]:
    return _group(rows.order_by("time_nano", "id").iterator(_BATCH))


def _group(rows: Iterable[LogRecord]) -> Mapping[UUID, list[Kept]]:
    found: dict[UUID, list[Kept]] = defaultdict(list)
    for row in rows:
        if row.run_uuid:
            found[row.run_uuid].append(Kept(event_of(row), row.only_project_id))
    return found


def pull(bodies: Mapping[str, LogRecord]) -> None:
    """The parked records with these response ids go where the given ones, which name them, have gone."""
    for response, record in bodies.items():
        LogRecord.objects.filter(
            workspace_id=record.workspace_id, response_id=response, run_uuid=None, is_joined=False,
            only_project_id=record.only_project_id,
        ).update(run_uuid=record.run_uuid, trace_uuid=record.trace_uuid)  # fmt: skip


def parked(digests: Collection[UUID], *, workspace_id: int) -> list[LogRecord]:
    """Those of the records that still look for their run."""
    if not digests:
        return []
    return list(LogRecord.objects.filter(workspace_id=workspace_id, digest__in=digests, run_uuid=None, is_joined=False))


def of_trace(trace: UUID, *, workspace_id: int, only_project_id: int | None) -> list[LogEvent]:
    """The events of a trace that has no others, by senders that may write to the same project."""
    rows = LogRecord.objects.filter(
        workspace_id=workspace_id, trace_uuid=trace, run_uuid__isnull=True, only_project_id=only_project_id
    )
    return [event_of(row) for row in rows.order_by("time_nano", "id").iterator(_BATCH)]


def mark_joined(runs: Collection[UUID], *, workspace_id: int) -> None:
    """Say that the runs have their records; always in one order, so that two who do so wait for, and never block, each other."""
    with transaction.atomic():
        rows = LogRecord.objects.select_for_update().filter(
            workspace_id=workspace_id, run_uuid__in=runs, is_joined=False
        )
        LogRecord.objects.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True))).update(is_joined=True)
