"""The tools that were asked for above the steps at hand, and which of them have answered; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotation.domain.traces.conversation.messages import Message, parts_of


@dataclass(frozen=True, slots=True)
class Above:
    """By its id, each call that stood above: `answered` where its answer stands too, else it `waits`, with the name of its tool."""

    answered: set[str]
    waits: dict[str, str]

    def use(self, name: str) -> None:
        """A tool of this name has run: that was the earliest call of it that waits, if any does."""
        call = next((call for call, wanted in self.waits.items() if wanted == name), None)
        if call is not None:
            del self.waits[call]
            self.answered.add(call)


def above(messages: Sequence[Message], used: Iterable[str]) -> Above:
    """What `messages` said, and the tools that ran after them."""
    answered = {str(part["id"]) for part in _parts(messages, "tool_result")}
    asked = {str(part["id"]): str(part.get("name") or "tool") for part in _parts(messages, "tool_call")}
    told = Above(answered, {call: name for call, name in asked.items() if call not in answered})
    for name in used:
        told.use(name)
    return told


def _parts(messages: Iterable[Message], kind: str) -> Iterable[dict[str, object]]:
    return (dict(part) for message in messages for _, part in parts_of(message, kind) if part.get("id"))
