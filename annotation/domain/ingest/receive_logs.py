"""Taking an export request of logs: what belongs to runs is kept and joined, verdicts become feedback."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.domain.feedback import joining as arrivals
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.ingest import mapping, tombstones
from annotation.domain.ingest import receive as exports
from annotation.domain.ingest.langsmith import stored
from annotation.domain.ingest.logs import claude_code, decoding, joining, judging, keeping
from annotation.domain.ingest.logs.events import EVALUATION, LogEvent
from annotation.domain.ingest.logs.keeping import Owner
from annotation.domain.ingest.otlp import Encoding
from annotation.domain.ingest.receive import Sender
from annotation.domain.ingest.records import Rejections
from annotation.models import LogRecord, Workspace

NO_RUN = "the record belongs to no run: only records with a trace id and a span id are kept"
NOTHING_JUDGED = "the evaluation names nothing that it judges: give the ids of a trace and span, or gen_ai.response.id"


@dataclass(slots=True)
class _Sorted:
    """What is to be done with the events of a request."""

    rows: list[LogRecord] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    trees: set[UUID] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)


def receive(*, sender: Sender, body: bytes, encoding: Encoding, received_ns: int) -> Rejections:
    """Store the log records of an uncompressed request; on return they are committed.

    Raises MalformedPayloadError, WrongSignalError, TooManyError, ForeignProjectError, and the database's OperationalError when it is away.
    """
    exports.check(sender)
    decoded = decoding.decode(body, encoding=encoding, received_ns=received_ns, limits=exports.limits())
    now = timezone.now()
    key = sender.key
    owner = Owner(key.workspace_id, key.only_project.pk if key.only_project else None)
    found = _sorted(decoded.events, owner, now)
    with transaction.atomic():
        arrivals.wait_for_givers(workspace_id=owner.workspace_id)
        _keep(found, owner)
    joining.join({row.run_uuid for row in found.rows if row.run_uuid}, workspace_id=owner.workspace_id)
    parked = keeping.parked([row.digest for row in found.rows if not row.run_uuid], workspace_id=owner.workspace_id)
    late = judging.release(parked, workspace=key.workspace, now=now)
    grown = [_grow(trace, sender, received_ns) for trace in sorted(found.trees)]
    refused = judging.give(found.given, workspace=key.workspace, project=key.only_project, now=now)
    return exports.together([decoded.rejections, Rejections(dict(found.refused)), refused, late, *grown])


def _keep(found: _Sorted, owner: Owner) -> None:
    deleted = tombstones.among(
        {row.trace_uuid for row in found.rows if row.trace_uuid}, workspace_id=owner.workspace_id
    )
    late = [row for row in found.rows if row.trace_uuid in deleted]
    if late:
        found.refused[tombstones.REFUSED] += len(late)
        found.rows = [row for row in found.rows if row.trace_uuid not in deleted]
    keeping.keep(found.rows)


def _sorted(events: Sequence[LogEvent], owner: Owner, now: datetime) -> _Sorted:
    found = _Sorted()
    for event, digest in zip(events, keeping.digests(events), strict=True):
        if event.name == EVALUATION:
            _judge(event, keeping.row_of(event, owner, digest), now, found)
        elif claude_code.is_own(event):
            _plant(event, owner, digest, found)
        elif about := claude_code.about(event):
            found.rows.append(keeping.row_of(event, owner, digest, about=about))
        elif keeping.run_of(event) or event.response_id:
            found.rows.append(keeping.row_of(event, owner, digest))
        else:
            found.refused[NO_RUN] += 1
    return found


def _plant(event: LogEvent, owner: Owner, digest: UUID, found: _Sorted) -> None:
    row = keeping.row_of(event, owner, digest, trace=claude_code.trace_of(event))
    row.is_joined = True  # it makes its run
    found.rows.append(row)
    if row.trace_uuid:
        found.trees.add(row.trace_uuid)


def _grow(trace: UUID, sender: Sender, received_ns: int) -> Rejections:
    """Make the runs of a trace anew that consists of log events alone; one request at a time."""
    key = sender.key
    with transaction.atomic():
        stored.hold(workspace_id=key.workspace_id, ids=[trace])
        only = key.only_project.pk if key.only_project else None
        events = keeping.of_trace(trace, workspace_id=key.workspace_id, only_project_id=only)
        runs = mapping.to_runs(claude_code.spans(trace, events), received_ns=received_ns)
        if not runs:
            return Rejections()
        return exports.store_what_can_be(runs, exports.destination(sender, runs), replace=True)


def _judge(event: LogEvent, row: LogRecord, now: datetime, found: _Sorted) -> None:
    """Give the verdict if it names its run, which need not have come; else park it until that is found."""
    if row.run_uuid and event.trace_id and event.span_id:
        target = Target(run_id=row.run_uuid, trace_id=row.trace_uuid)
        about = f"{row.trace_uuid}/{event.span_id.hex()}"
        found.given.append(judging.given_by(event, target, about=about, received=now))
    elif row.trace_uuid or row.response_id:
        found.rows.append(row)
    else:
        found.refused[NOTHING_JUDGED] += 1


def sweep(*, now: datetime) -> None:
    """Join what missed its run because both came at the same moment."""
    missed = joining.missed(now=now)
    workspaces = Workspace.objects.in_bulk(missed.keys())
    for workspace_id, rows in missed.items():
        joining.join({row.run_uuid for row in rows if row.run_uuid}, workspace_id=workspace_id)
        judging.release([row for row in rows if not row.run_uuid], workspace=workspaces[workspace_id], now=now)
