"""Handing verdicts to the one writer of feedback, at once or when what they judge has come."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from annotation.domain.feedback import giving
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.ingest.logs import joining, keeping, verdicts
from annotation.domain.ingest.logs.events import EVALUATION, LogEvent
from annotation.domain.ingest.records import Rejections
from annotation.models import LogRecord, Project, Workspace


def give(given: Sequence[Given], *, workspace: Workspace, project: Project | None, now: datetime) -> Rejections:
    """Store verdicts; those that cannot be taken are counted with what is wrong with them."""
    if not given:
        return Rejections()
    refused: Counter[str] = Counter()
    for outcome in giving.give_many(workspace=workspace, given=given, now=now, project=project):
        if outcome.feedback is None:
            words = " ".join(f"{name}: {' '.join(words)}" for name, words in sorted(outcome.problems.items()))
            refused[f"the evaluation cannot be kept: {words}"] += 1
    return Rejections(dict(refused))


def target_of(event: LogEvent, *, workspace_id: int, only_project_id: int | None) -> Target | None:
    """What an evaluation judges: the run that it names, else the one with its response, else the trace's root.

    None if that has not come yet; a run named by its own ids need not have come.
    """
    trace, run = keeping.trace_of(event), keeping.run_of(event)
    if run:
        return Target(run_id=run, trace_id=trace)
    return _found(trace, event.response_id, workspace_id, only_project_id)


def _found(trace: UUID | None, response_id: str | None, workspace_id: int, project_id: int | None) -> Target | None:
    if response_id:
        run = joining.run_by_response(response_id, workspace_id=workspace_id, trace=trace, project_id=project_id)
        return Target(run_id=run.uuid, trace_id=run.trace.uuid) if run else None
    root = joining.root_of(trace, workspace_id=workspace_id) if trace else None
    return Target(run_id=root, trace_id=trace) if root else None


def given_by(event: LogEvent, target: Target, *, trace: UUID | None, received: datetime) -> Given:
    """The feedback that an evaluation in the logs is, given what it judges."""
    about = f"{trace or ''}/{event.span_id.hex() if event.span_id else event.response_id}"
    return verdicts.from_event(
        event.attributes,
        target=target,
        about=about,
        time_ns=event.time_ns if event.has_time else None,
        scope=event.scope_name,
        received=received,
    )


def release(rows: Sequence[LogRecord], *, workspace_id: int, now: datetime) -> None:
    """Try again to find what parked records are about."""
    if not rows:
        return
    workspace = Workspace.objects.get(pk=workspace_id)
    for row in rows:
        target = _found(row.trace_uuid, row.response_id, workspace_id, row.only_project_id)
        if target is None:
            continue
        if row.name == EVALUATION:
            project = Project.objects.filter(pk=row.only_project_id).first() if row.only_project_id else None
            given = given_by(keeping.event_of(row), target, trace=row.trace_uuid, received=row.created_at)
            give([given], workspace=workspace, project=project, now=now)
            LogRecord.objects.filter(pk=row.pk).update(is_joined=True)
        else:
            LogRecord.objects.filter(pk=row.pk).update(run_uuid=target.run_id, trace_uuid=target.trace_id)
            joining.join([target.run_id] if target.run_id else [], workspace_id=workspace_id)
