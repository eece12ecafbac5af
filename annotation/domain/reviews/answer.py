"""The one answer of an item, as exports and programs take it: what settled it, else what all its reviews say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from annotation.domain.queues import state


class Word(Protocol):
    """What a review says, and whether it settles its item."""

    @property
    def answers(self) -> dict[str, Any]:
        """By question key."""

    @property
    def is_authoritative(self) -> bool:
        """Whether an editor or the majority took it."""

    @property
    def is_adjudication(self) -> bool:
        """Whether an editor wrote it; overtaken unless authoritative."""


def of(item_state: str, words: Sequence[Word]) -> dict[str, Any]:
    """The answers by question key, of an item in this state with these reviews; nothing while it is open or in dispute.

    Of an item that nobody had to settle: what all who answered a question say; what they say differently is left out.
    """
    settling = next((word for word in words if word.is_authoritative), None)
    if settling is not None:
        return dict(settling.answers)
    given = [word.answers for word in words if not word.is_adjudication]
    if item_state != state.DONE:
        return {}
    keys = dict.fromkeys(key for answers in given for key in answers)
    said = {key: [answers[key] for answers in given if key in answers] for key in keys}
    return {key: values[0] for key, values in said.items() if all(value == values[0] for value in values)}
