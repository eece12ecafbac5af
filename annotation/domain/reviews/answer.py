"""The one answer of an item, as exports and programs take it: what settled it, else what all its reviews say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Protocol

from annotation.domain.queues import disputes, state
from annotation.domain.queues.disputes import Answers


class Word(Protocol):
    """What a review says, and whether it settles its item."""

    @property
    def answers(self) -> dict[str, Any]:
        """By question key."""

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What it says of single steps, as a review keeps it."""

    @property
    def is_authoritative(self) -> bool:
        """Whether an editor or the majority took it."""

    @property
    def is_adjudication(self) -> bool:
        """Whether an editor wrote it; overtaken unless authoritative."""


def points(item_state: str, words: Sequence[Word]) -> Answers:
    """The answers by point, of an item in this state with these reviews; nothing while it is open or in dispute.

    Of an item that nobody had to settle: what all who answered a question say; what they say differently is left out.
    """
    settling = next((word for word in words if word.is_authoritative), None)
    if settling is not None:
        return disputes.answers(settling.answers, settling.steps)
    if item_state != state.DONE:
        return {}
    given = [disputes.answers(word.answers, word.steps) for word in words if not word.is_adjudication]
    said = {point: [one[point] for one in given if point in one] for point in dict.fromkeys(chain.from_iterable(given))}
    return {point: values[0] for point, values in said.items() if all(value == values[0] for value in values)}


def whole(answers: Answers) -> dict[str, Any]:
    """Of these answers those about the whole, by question key."""
    return {key: value for (key, step), value in answers.items() if step == disputes.WHOLE}


def by_step(answers: Answers) -> dict[str, dict[str, Any]]:
    """Of these answers those about steps: by question key, by the step's outside id."""
    found: dict[str, dict[str, Any]] = {}
    for (key, step), value in answers.items():
        if step != disputes.WHOLE:
            found.setdefault(key, {})[step] = value
    return found
