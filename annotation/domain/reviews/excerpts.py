"""What items are about, in a few words each: what was asked and what was answered, for many items at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from annotation.domain.queues import subjects
from annotation.domain.queues.sight import Sight
from annotation.domain.traces.conversation import TurnKind
from annotation.domain.traces.trajectory import trajectory
from annotation.models import Item, Run, Trace


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Of an item: its trace (of a thread the last one; None: it is not there), and both texts, whole and as they came.

    `run_type` is the type of its step, where it is one, so that what reviewers may not read can be left out.
    """

    trace: Trace | None = None
    asked: str = ""
    answered: str = ""
    run_type: str = ""

    def as_seen(self, sight: Sight) -> tuple[str, str]:
        """Both texts, empty where they are hidden; personal data is not masked yet."""
        is_hidden = self.run_type and not sight.presentation.may_read(run_type=self.run_type, name="text")
        return ("", "") if is_hidden else (self.asked, self.answered)


def of(items: Sequence[Item]) -> dict[int, Excerpt]:
    """By inside id, for items of one workspace; three statements at most, and some for each trace without words of its own."""
    traces, last, runs = _traces(items), _last_of_threads(items), _runs(items)
    return {item.pk: _excerpt(item, traces, last, runs) for item in items}


def _excerpt(item: Item, traces: dict[str, Trace], last: dict[tuple[int, str], Trace], runs: dict[str, Run]) -> Excerpt:
    if item.kind == Item.Kind.THREAD:
        trace = last.get((subjects.project_id_of(item.subject) or 0, item.thread_id or ""))
    else:
        trace = traces.get(str(item.trace_uuid))
    if run := runs.get(str(item.run_uuid)):
        return Excerpt(trace, run.input_text or "", run.output_text or "", run.type)
    if trace is None:
        return Excerpt()
    if trace.input or trace.output:
        return Excerpt(trace, trace.input or "", trace.output or "")
    return _of_conversation(trace)


def _of_conversation(trace: Trace) -> Excerpt:
    """The first that a user said and the last that an assistant did, of a trace whose root tells neither."""
    turns = trajectory(trace).window.conversation.turns
    asked = (turn.text.text for turn in turns if turn.kind is TurnKind.USER and turn.text)
    answered = [turn.text.text for turn in turns if turn.kind is TurnKind.ASSISTANT and turn.text]
    return Excerpt(trace, next(asked, ""), answered[-1] if answered else "")


def _rows(items: Sequence[Item]) -> QuerySet[Trace]:
    return Trace.objects.filter(workspace=items[0].workspace_id).select_related("project")


def _traces(items: Sequence[Item]) -> dict[str, Trace]:
    wanted = {item.trace_uuid for item in items if item.trace_uuid}
    return _by_uuid(_rows(items).filter(uuid__in=wanted)) if wanted else {}


def _last_of_threads(items: Sequence[Item]) -> dict[tuple[int, str], Trace]:
    """By inside id of the project and id of the thread."""
    wanted = {item.thread_id for item in items if item.kind == Item.Kind.THREAD}
    if not wanted:
        return {}
    projects = {subjects.project_id_of(item.subject) for item in items}
    rows = _rows(items).filter(thread_id__in=wanted, project__in=projects - {None})
    last = rows.order_by("project", "thread_id", "-started_at", "-id").distinct("project", "thread_id")
    return {(trace.project_id, trace.thread_id or ""): trace for trace in last}


def _runs(items: Sequence[Item]) -> dict[str, Run]:
    wanted = {item.run_uuid for item in items if item.run_uuid}
    if not wanted:
        return {}
    rows = Run.objects.filter(workspace=items[0].workspace_id, uuid__in=wanted)
    return {str(run.uuid): run for run in rows.only("uuid", "type", "input_text", "output_text")}


def _by_uuid(rows: Iterable[Trace]) -> dict[str, Trace]:
    return {str(trace.uuid): trace for trace in rows}
