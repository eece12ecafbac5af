"""Handing verdicts to the one writer of feedback, at once or when what they judge has come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from annotation.domain.feedback import giving
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.ingest.logs import claude_code, joining, keeping, verdicts
from annotation.domain.ingest.logs.events import EVALUATION, LogEvent
from annotation.domain.ingest.logs.joining import Found, Wanted
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


def given_by(event: LogEvent, target: Target, *, about: str, received: datetime) -> Given:
    """The feedback that an evaluation in the logs is, given what it judges; `about` is how its sender names that."""
    return verdicts.from_event(
        event.attributes,
        target=target,
        about=about,
        time_ns=event.time_ns if event.has_time else None,
        scope=event.scope_name,
        received=received,
    )


def release(rows: Sequence[LogRecord], *, workspace: Workspace, now: datetime) -> Rejections:
    """Find what parked records are about, as far as it has come: verdicts are given, other events join their runs."""
    found = joining.find([_wanted(row) for row in rows], workspace_id=workspace.pk)
    ready = [row for row in rows if _wanted(row) in found]
    if not ready:
        return Rejections()
    refused = _give_parked([row for row in ready if row.name == EVALUATION], found, workspace, now)
    others = [row for row in ready if row.name != EVALUATION]
    for row in others:
        row.run_uuid, row.trace_uuid = found[_wanted(row)].run, found[_wanted(row)].trace
    LogRecord.objects.bulk_update(others, ["run_uuid", "trace_uuid"])
    keeping.pull({body: row for row in others if (body := claude_code.body_of(keeping.event_of(row)))})
    joining.join({row.run_uuid for row in others if row.run_uuid}, workspace_id=workspace.pk)
    return refused


def _wanted(row: LogRecord) -> Wanted:
    """By which ids; what Claude Code writes in a trace may be about a call that is a trace of its own."""
    is_elsewhere = claude_code.about(keeping.event_of(row)) is not None
    return Wanted(None if is_elsewhere else row.trace_uuid, row.response_id, row.only_project_id)


def _give_parked(
    rows: Sequence[LogRecord], found: Mapping[Wanted, Found], workspace: Workspace, now: datetime
) -> Rejections:
    """Give verdicts, those of each project's keys for themselves."""
    refused: Counter[str] = Counter()
    projects = Project.objects.in_bulk({row.only_project_id for row in rows if row.only_project_id})
    for project_id in {row.only_project_id for row in rows}:
        own = [row for row in rows if row.only_project_id == project_id]
        given = [_given(row, found[_wanted(row)], now) for row in own]
        refused.update(give(given, workspace=workspace, project=projects.get(project_id or 0), now=now).reasons)
    LogRecord.objects.filter(pk__in=[row.pk for row in rows]).update(is_joined=True)
    return Rejections(dict(refused))


def _given(row: LogRecord, place: Found, now: datetime) -> Given:
    target = Target(run_id=place.run, trace_id=place.trace)
    return given_by(keeping.event_of(row), target, about=f"{row.trace_uuid or ''}/{row.response_id}", received=now)
