"""One trace with everything in it: its runs in start order and what was said about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from annotation.domain.traces import tree
from annotation.models import Feedback, Run, Trace


@dataclass(frozen=True, slots=True)
class WholeTrace:
    """A trace, its runs in start order and its feedback in order of arrival."""

    trace: Trace
    runs: list[Run]
    feedback: list[Feedback]


def whole(trace: Trace, *, feedback: QuerySet[Feedback]) -> WholeTrace:
    """The trace with its runs, and those of `feedback` (what the asker may see) that are about it."""
    return WholeTrace(trace, _in_order(runs_of(trace)), list(feedback_of(trace, feedback=feedback)))


def runs_of(trace: Trace) -> QuerySet[Run]:
    """The runs of a trace in start order."""
    return trace.runs.order_by("start_nano", "id")


def _in_order(runs: Iterable[Run]) -> list[Run]:
    """By start; of those that began at once a run stands before what it called, though that often arrives first."""
    numbers = {step.run.uuid: step.number for step in tree.steps(runs)}
    return sorted(runs, key=lambda run: (run.start_nano, numbers[run.uuid]))


def feedback_of(trace: Trace, *, feedback: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """What was said about the trace, any of its runs, or the thread that it belongs to.

    Conversations of two projects may have the same id; words that name no project are about either.
    """
    about = Q(trace_uuid=trace.uuid)
    if trace.thread_id:
        here = Q(project=None) | Q(project=trace.project_id)
        about |= here & Q(target=Feedback.Target.THREAD, thread_id=trace.thread_id)
    return feedback.filter(about, workspace=trace.workspace_id).order_by("created_at", "id")
