"""What is asked of a pair of traces: which of the two is better. Which one stands left is drawn by lot, per reviewer. Pure."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric

PREFERENCE = "preference"
"""The key of the question, and of the feedback on both traces."""


class Preferred(StrEnum):
    """The answers, in terms of the item's `trace_uuid` (first) and `other_trace_uuid`: sides are for the eye only."""

    FIRST = "first"
    OTHER = "other"
    BOTH = "both"
    NEITHER = "neither"


SCORES: dict[str, tuple[float, float]] = {
    Preferred.FIRST: (1.0, 0.0),
    Preferred.OTHER: (0.0, 1.0),
    Preferred.BOTH: (0.5, 0.5),
    Preferred.NEITHER: (0.5, 0.5),
}
"""What an answer is worth to the first trace and to the other; a tie is half a win of each."""


def outcomes(preferred: str) -> tuple[str, str]:
    """What the answer says of the first trace and of the other: won, lost, both or neither."""
    match preferred:
        case Preferred.FIRST:
            return "won", "lost"
        case Preferred.OTHER:
            return "lost", "won"
        case _:
            return preferred, preferred


def is_swapped(item: UUID, reviewer: UUID) -> bool:
    """Whether this reviewer sees the item's other trace left, as A: the same every time, half of the time either way."""
    return sha256(item.bytes + reviewer.bytes).digest()[0] % 2 == 1


def question(*, is_swapped: bool) -> Question:
    """Which is better, as somebody is asked who has the traces on these sides."""
    left, right = (Preferred.OTHER, Preferred.FIRST) if is_swapped else (Preferred.FIRST, Preferred.OTHER)
    named = ((left, "A"), (right, "B"), (Preferred.BOTH, "Both alike"), (Preferred.NEITHER, "Neither"))
    options = tuple(Option(key=key.value, label=label) for key, label in named)
    return Question(
        key=PREFERENCE, kind=QuestionKind.CHOICE, label="Which is better?", is_required=True, options=options
    )


def asked(rubric: Rubric, *, is_swapped: bool) -> Rubric:
    """What is asked of a pair in a queue with this rubric, whose questions are about one trace: the preference and a note."""
    parts = Parts(labels=False, layer=False, first_failing_step=False, correction=False, note=rubric.parts.note)
    return Rubric(questions=(question(is_swapped=is_swapped),), parts=parts)
