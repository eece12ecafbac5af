"""A pair of traces for reading side by side: their conversations, stretch by stretch, with steps of a kind in one row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from annotation.domain.queues import pairs
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import presented
from annotation.domain.traces import trajectory
from annotation.domain.traces.alignment import Row, align
from annotation.domain.traces.conversation import Turn
from annotation.domain.traces.conversation.clip import Clip
from annotation.domain.traces.trajectory import WINDOW, Trajectory
from annotation.models import Item, Trace, User


@dataclass(frozen=True, slots=True)
class Compared:
    """One stretch of a pair: `left` is A. A side whose trace is not there is None.

    `part` counts stretches of WINDOW steps from 0; `is_last` when neither side has steps after it.
    """

    left: Trajectory | None
    right: Trajectory | None
    rows: list[Row[Turn]]
    part: int
    is_last: bool


def compared(item: Item, person: User, traces: Iterable[Trace], *, part: int = 0, sight: Sight = WHOLE) -> Compared:
    """The pair, whose stored `traces` these are, with its sides as this person has and sees them.

    At most three statements a side.
    """
    sides = [uuid for uuid in (item.trace_uuid, item.other_trace_uuid) if uuid]
    if pairs.is_swapped(item.uuid, person.uuid):
        sides.reverse()
    found = {trace.uuid: trace for trace in traces}
    left, right = (_stretch(found[side], part, sight) if side in found else None for side in sides)
    return Compared(
        left,
        right,
        align(_turns(left), _turns(right), key=_kind, content=_said),
        part,
        is_last=all(side is None or side.window.after is None for side in (left, right)),
    )


def _stretch(trace: Trace, part: int, sight: Sight) -> Trajectory:
    steps = trajectory.outline(trace)
    around = trajectory.window(trace, steps, start=part * WINDOW, mask=sight.mask)
    return presented.trajectory(Trajectory(trace, steps, around), sight)


def _turns(side: Trajectory | None) -> tuple[Turn, ...]:
    return side.window.conversation.turns if side else ()


def _kind(turn: Turn) -> Hashable:
    """Type and name: tools by what they are called, speakers by their role, whatever the step around them is called."""
    name = turn.tool.name if turn.tool else turn.speaker
    return turn.kind, name, turn.is_earlier, turn.is_final


def _said(turn: Turn) -> Hashable:
    """All that a reader sees of it, without times."""
    tool, failure = turn.tool, turn.failure
    return (
        _words(turn.text),
        _words(turn.reasoning),
        len(turn.images),
        (_words(tool.arguments), _words(tool.result), tool.has_result) if tool else None,
        tuple((document.title, _words(document.text)) for document in turn.documents),
        (failure.type, _words(failure.message)) if failure else None,
    )


def _words(clip: Clip) -> Hashable:
    return clip.text, clip.size
