"""Feedback and its traces find each other, whichever came first; the only writer of a trace's verdict."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from annotation.domain.feedback import verdict
from annotation.models import Feedback, FeedbackConfig, Run, Trace


class Arrived(Protocol):
    """A run that has just been stored."""

    @property
    def id(self) -> UUID:
        """Its UUID."""

    @property
    def trace_id(self) -> UUID:
        """The UUID of its trace."""

    @property
    def external_id(self) -> str:
        """The client's id of it."""


@dataclass(frozen=True, slots=True)
class Located:
    """A stored run's ids."""

    id: UUID
    trace_id: UUID
    external_id: str


_FEEDBACK = Feedback._meta.db_table  # noqa: SLF001 -- the only way to a table's name

#: The first half of the advisory lock between those who store runs (shared) and those whose feedback waits for one.
_LOCK = 0x7A_FB


def wait_for_givers(*, workspace_id: int) -> None:
    """To be called first by whoever stores runs: feedback that comes early and its trace cannot miss each other."""
    _lock("pg_advisory_xact_lock_shared", workspace_id)


def wait_for_arrivals(*, workspace_id: int) -> None:
    """To be called before giving feedback on something that is not there: afterwards nothing is on its way."""
    _lock("pg_advisory_xact_lock", workspace_id)


def _lock(function: str, workspace_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK, workspace_id])


def hold(*, workspace_id: int, traces: Iterable[UUID]) -> None:
    """To be called before writing feedback on these traces: whoever stores runs takes the trace first, its feedback then.

    Who took them the other way round would wait for that writer while that writer waits for them.
    """
    rows = Trace.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, uuid__in=list(traces))
    list(rows.order_by("uuid").values_list("pk"))


def join(*, workspace_id: int, traces: Mapping[UUID, int], runs: Sequence[Arrived]) -> None:
    """Give feedback that was waiting for these runs its trace, and bring the verdicts of the traces up to date."""
    arrived = [run for run in runs if run.trace_id in traces]
    if not _is_any_about(workspace_id, list(traces), arrived):
        return
    _name_runs(workspace_id, arrived)
    judged = Feedback.objects.filter(workspace_id=workspace_id, trace_uuid__in=traces.keys())
    judged.filter(project__isnull=True).update(project=_project_of_trace())
    recompute(workspace_id=workspace_id, traces={uuid for (uuid,) in judged.values_list("trace_uuid") if uuid})


def _is_any_about(workspace_id: int, traces: Sequence[UUID], runs: Sequence[Arrived]) -> bool:
    """Whether there is any feedback to join: asked for every request that stores runs, and mostly answered with no."""
    conditions = ("trace_uuid = ANY(%s)", "run_uuid = ANY(%s)", "run_external_id = ANY(%s)")
    found = (f"EXISTS (SELECT FROM {_FEEDBACK} WHERE workspace_id = %s AND {one})" for one in conditions)
    ids = (list(traces), [run.id for run in runs], [run.external_id for run in runs])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(found)}", [part for one in ids for part in (workspace_id, one)])
        return bool(cursor.fetchone()[0])


def _project_of_trace() -> Subquery:
    traces = Trace.objects.filter(workspace_id=OuterRef("workspace_id"), uuid=OuterRef("trace_uuid"))
    return Subquery(traces.values("project_id")[:1])


def _name_runs(workspace_id: int, runs: Sequence[Arrived]) -> None:
    """Complete the ids of feedback that named one of the runs before it came."""
    waiting = Feedback.objects.select_for_update().filter(
        Q(run_uuid__in=[run.id for run in runs]) | Q(run_external_id__in=[run.external_id for run in runs]),
        workspace_id=workspace_id,
        target=Feedback.Target.RUN,
    )
    found = [(feedback, run) for feedback in waiting for run in runs if _is_about(feedback, run)]
    for feedback, run in found:
        feedback.run_uuid, feedback.run_external_id, feedback.trace_uuid = run.id, run.external_id, run.trace_id
    Feedback.objects.bulk_update([feedback for feedback, _ in found], ["run_uuid", "run_external_id", "trace_uuid"])


def _is_about(feedback: Feedback, run: Arrived) -> bool:
    if feedback.trace_uuid not in (None, run.trace_id):
        return False
    return feedback.run_uuid == run.id or feedback.run_external_id == run.external_id


def follow(*, workspace_id: int, trace: UUID, project_id: int) -> None:
    """A trace has moved to another project: what was said about it goes with it."""
    Feedback.objects.filter(workspace_id=workspace_id, trace_uuid=trace).update(project_id=project_id)


def recompute(*, workspace_id: int, traces: Collection[UUID]) -> None:
    """Derive the verdicts of the workspace's traces with these UUIDs anew; those that differ have changed now."""
    if not traces:
        return
    rows = list(
        Trace.objects.select_for_update(no_key=True)
        .filter(workspace_id=workspace_id, uuid__in=traces)
        .order_by("uuid")
        .only("id", "uuid", "project_id", "verdict", "verdict_source", "verdict_feedback_uuid")
    )
    words, meanings = _words(workspace_id, rows), meanings_of(workspace_id)
    for row in rows:
        _write(row, verdict.decide(words[row.uuid], meanings))


def _write(trace: Trace, decision: verdict.Decision | None) -> None:
    new = (decision.verdict, decision.source, decision.feedback_id) if decision else (None, None, None)
    if new != (trace.verdict, trace.verdict_source, trace.verdict_feedback_uuid):
        Trace.objects.filter(pk=trace.pk).update(verdict=new[0], verdict_source=new[1], verdict_feedback_uuid=new[2])


def _words(workspace_id: int, traces: Sequence[Trace]) -> dict[UUID, list[verdict.Word]]:
    """What was said about each trace and its runs; words on a whole thread are not words on one trace.

    A key that is bound to another project has no say here, even if it knew the trace's id before it came.
    """
    found = Feedback.objects.filter(
        workspace_id=workspace_id, trace_uuid__in=[trace.uuid for trace in traces], error__isnull=True
    ).exclude(target=Feedback.Target.THREAD)
    projects = {trace.uuid: trace.project_id for trace in traces}
    words: dict[UUID, list[verdict.Word]] = defaultdict(list)
    fields = ("trace_uuid", "project_id", "uuid", "key", "source", "is_adjudicated", "score", "value", "created_at")
    for trace, project, *word in found.values_list(*fields):
        if project in (None, projects[trace]):
            words[trace].append(verdict.Word(*word))
    return words


def meanings_of(workspace_id: int) -> dict[str, verdict.Meaning]:
    """What the workspace's feedback keys mean."""
    configs = FeedbackConfig.objects.filter(workspace_id=workspace_id)
    return {config.key: meaning_of(config) for config in configs}


def meaning_of(config: FeedbackConfig) -> verdict.Meaning:
    """What the values of one configured key mean."""
    categories = {
        str(entry["value"]): entry.get("verdict")
        for entry in config.categories
        if isinstance(entry, dict) and "value" in entry
    }
    return verdict.Meaning(config.kind, config.good_from, config.bad_below, categories)


def touch(*, workspace_id: int, traces: Collection[UUID]) -> None:
    """Say that feedback of these traces changed: rules that look at feedback see them again."""
    Trace.objects.filter(workspace_id=workspace_id, uuid__in=traces).update(changed_at=Now(), settled_at=None)


def locate(*, workspace_id: int, run_uuids: Collection[UUID], external_ids: Collection[str]) -> list[Located]:
    """Runs that exist, by UUID or by the client's id."""
    found = (
        Run.objects.filter(Q(uuid__in=run_uuids) | Q(external_id__in=external_ids), workspace_id=workspace_id)
        .select_related("trace")
        .only("uuid", "external_id", "trace__uuid")
    )
    return [Located(run.uuid, run.trace.uuid, run.external_id) for run in found]
