"""One trace for reading: the outline of all its steps, and the conversation of as many as fit on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from annotation.domain.masking import Mask
from annotation.domain.traces import conversation, tree
from annotation.domain.traces.conversation import Conversation, Frame
from annotation.domain.traces.conversation.turns import SpokenRun
from annotation.domain.traces.tree import Step
from annotation.models import Run, Trace

#: Steps whose content is read at a time. The outline always has all of them.
WINDOW = 120


class OutlineRun(NamedTuple):
    """What the outline shows of a run, so what is read for all of them; rows of a model would cost twice the time."""

    id: int
    uuid: UUID
    parent_uuid: UUID | None
    name: str
    type: str
    status: str
    error_type: str | None
    latency_ms: float | None


#: What a conversation is read from; everything else about a step is loaded when it is opened.
_SPOKEN = (
    *OutlineRun._fields, "trace_id", "started_at", "model", "error_message", "response_id", "messages", "input_text", "output_text", "tool", "tool_calls",
    "documents",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a trajectory; `before` and `after` are the steps where the neighbouring stretches begin, if any."""

    conversation: Conversation
    steps: Sequence[Step[OutlineRun]]
    before: UUID | None = None
    after: UUID | None = None
    earlier_count: int = 0
    later_count: int = 0


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A trace with all its steps, those of one window as a conversation."""

    trace: Trace
    steps: Sequence[Step[OutlineRun]]
    window: Window
    at: UUID | None = None
    judged: frozenset[UUID] = field(default_factory=frozenset)


def trajectory(trace: Trace, *, at: UUID | None = None, mask: Mask | None = None) -> Trajectory:
    """The trace with the window that holds the step `at` (its start, where that is no step of it). Three queries, four
    where tools were used just above the window.

    With a `mask` the texts of the conversation are masked, and nothing that is not shown is read for it.
    """
    steps = outline(trace)
    number = next((step.number for step in steps if step.run.uuid == at), None)
    return Trajectory(trace, steps, window(trace, steps, start=_start(number or 1), mask=mask), at if number else None)


def without_content(trace: Trace) -> Trajectory:
    """The trace with its steps alone. One query."""
    return Trajectory(trace, outline(trace), Window(Conversation((), {}), ()))


def outline(trace: Trace) -> list[Step[OutlineRun]]:
    """All steps in reading order, light enough for thousands."""
    rows = Run.objects.filter(trace=trace).order_by("start_nano", "id").values_list(*OutlineRun._fields)
    return tree.steps(OutlineRun._make(row) for row in rows)


def window(trace: Trace, steps: Sequence[Step[OutlineRun]], *, start: int, mask: Mask | None = None) -> Window:
    """The stretch of steps that begins at the index `start`."""
    stretch = steps[start : start + WINDOW]
    spoken = _with_content(trace, stretch)
    said, used = _told_above(trace, steps[:start])
    frame = Frame(
        said=said,
        used=used,
        asked=trace.input,
        answered=trace.output,
        is_first=start == 0,
        is_last=start + WINDOW >= len(steps),
    )
    return Window(
        conversation.build(cast("list[Step[SpokenRun]]", spoken), frame, mask),  # rows are such runs by their columns
        stretch,
        before=steps[max(start - WINDOW, 0)].run.uuid if start else None,
        after=steps[start + WINDOW].run.uuid if start + WINDOW < len(steps) else None,
        earlier_count=start,
        later_count=max(len(steps) - start - WINDOW, 0),
    )


def _start(number: int) -> int:
    return (number - 1) // WINDOW * WINDOW


def _with_content(trace: Trace, stretch: Sequence[Step[OutlineRun]]) -> list[Step[Run]]:
    rows = _spoken(trace).in_bulk([step.run.id for step in stretch])
    return [
        Step(rows[step.run.id], step.number, step.depth, step.last, step.is_orphan)
        for step in stretch
        if step.run.id in rows
    ]


def _told_above(
    trace: Trace, steps: Sequence[Step[OutlineRun]]
) -> tuple[Sequence[conversation.Message], Sequence[str]]:
    """The messages of the last model call above, which had been given everything that was said until then; the tools used since."""
    at = next((index for index in reversed(range(len(steps))) if steps[index].run.type == Run.Type.LLM), None)
    if at is None:
        return (), ()
    since = [step.run.id for step in steps[at + 1 :] if step.run.type == Run.Type.TOOL]
    return conversation.messages_of(_spoken(trace).get(pk=steps[at].run.id)), _tool_names(trace, since)


def _tool_names(trace: Trace, runs: Sequence[int]) -> list[str]:
    """Without the arguments and results, which may be long."""
    rows = Run.objects.filter(trace=trace, pk__in=runs).order_by("start_nano", "id")
    named = rows.values_list(KeyTextTransform("name", "tool"), "name") if runs else ()
    return [called or name or "tool" for called, name in named]


def _spoken(trace: Trace) -> QuerySet[Run]:
    return Run.objects.filter(trace=trace).only(*_SPOKEN)
