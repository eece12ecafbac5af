"""When a question is asked, while somebody edits it: check boxes for the answers of the questions above.

A box's value is `key=answer`, or `key=` for any answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotation.domain.queues.conditions import Condition


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question above, and its answers in words by stored form."""

    key: str
    label: str
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """An answer to tick."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Boxes:
    """A question above with a box for each of its answers, and one for any."""

    label: str
    boxes: tuple[Box, ...]


def picked(condition: Condition | None) -> tuple[str, ...]:
    """The boxes that show a condition."""
    if condition is None:
        return ()
    return tuple(f"{condition.question}={value}" for value in condition.any_of or ("",))


def read(boxes: Iterable[str]) -> Condition | None:
    """The condition that the ticked boxes make. Raises ValueError where they speak of several questions."""
    pairs = [box.partition("=") for box in boxes if "=" in box]
    keys = {key for key, _, _ in pairs}
    if not keys:
        return None
    if len(keys) > 1:
        raise ValueError("A question can depend on one question above it; tick answers of one only.")
    values = tuple(value for _, _, value in pairs if value)
    is_any = any(not value for _, _, value in pairs)
    return Condition(question=keys.pop(), any_of=() if is_any else values)


def boxes(earlier: Sequence[Earlier], ticked: Sequence[str]) -> tuple[Boxes, ...]:
    """What is offered; a tick for an answer that is offered no more is shown, so that it can be taken away."""
    on = set(ticked)
    rows = []
    for one in earlier:
        known = {f"{one.key}={value}": label for value, label in {**one.answers, "": "any answer"}.items()}
        gone = {
            box: f"“{box.partition('=')[2]}”" for box in ticked if box.startswith(f"{one.key}=") and box not in known
        }
        offered = {**known, **gone}
        rows.append(Boxes(one.label, tuple(Box(value, label, value in on) for value, label in offered.items())))
    return tuple(rows)
