"""What an item can be about, named in text: a trace, one run of it, a thread, or a pair of traces. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from annotation.domain.queues.reasons import Reason


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to review; made by `of_trace`, `of_run`, `of_thread` or `of_pair`.

    `decision_id` and `reason`, when set, stand in for those given to `items.add` for all subjects.
    """

    kind: str
    text: str
    trace_uuid: UUID | None = None
    run_uuid: UUID | None = None
    thread_id: str | None = None
    other_trace_uuid: UUID | None = None
    decision_id: int | None = None
    reason: Reason | None = None

    def because(self, reason: Reason, *, decision_id: int | None = None) -> Subject:
        """The same thing with a reason (and a rule's decision) of its own."""
        return replace(self, reason=reason, decision_id=decision_id)


def of_trace(trace_uuid: UUID) -> Subject:
    """A whole trace."""
    return Subject(kind="trace", text=f"trace:{trace_uuid}", trace_uuid=trace_uuid)


def of_run(trace_uuid: UUID, run_uuid: UUID) -> Subject:
    """One run, shown within its trace."""
    return Subject(kind="run", text=f"run:{run_uuid}", trace_uuid=trace_uuid, run_uuid=run_uuid)


def of_thread(project_id: int, thread_id: str) -> Subject:
    """All traces of one conversation of a project (its inside id), in order."""
    return Subject(kind="thread", text=f"thread:{project_id}:{thread_id}", thread_id=thread_id)


def of_pair(one: UUID, other: UUID) -> Subject:
    """Two traces to be compared, in whichever order they are named: they are one pair. ValueError for one trace twice."""
    if one == other:
        raise ValueError("A pair is of two traces.")
    first, second = sorted((one, other))
    return Subject(kind="pair", text=f"pair:{first}:{second}", trace_uuid=first, other_trace_uuid=second)


def project_id_of(text: str) -> int | None:
    """The project (inside id) that a thread's text names; None for other kinds, which reach it by their trace."""
    kind, _, rest = text.partition(":")
    return int(rest.partition(":")[0]) if kind == "thread" else None
