"""Matches a text against a pattern, all ways through it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from annotation.domain.queues.patterns.errors import PatternError
from annotation.domain.queues.patterns.nodes import Either, Node, One, Repeat, Sequence

LONGEST_TEXT = 1_000
"""Characters of an answer that is held against a pattern; a longer one does not match."""

_MOST_STEPS = 500


@dataclass(slots=True)
class _Step:
    """Where to go on: after a character of the kind, or, without one, at once."""

    kind: re.Pattern[str] | None
    to: list[int]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a pattern that takes one character of a kind, and the places that may take the next one; `END`: a match may end."""

    kind: re.Pattern[str]
    then: frozenset[int]


END = -1


class Pattern:
    """A pattern that can be matched."""

    def __init__(self, node: Node) -> None:
        self._steps: list[_Step] = []
        self._add(node)
        self._steps.append(_Step(None, []))

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says."""
        if len(text) > LONGEST_TEXT:
            return False
        places = self._reached([0])
        for character in text:
            steps = [self._steps[place] for place in places]
            places = self._reached(one.to[0] for one in steps if one.kind and one.kind.fullmatch(character))
        return len(self._steps) - 1 in places

    def places(self) -> tuple[list[Place], frozenset[int]]:
        """All places that take a character, and those of them (by their numbers) that take the first: Glushkov (1961)."""
        taking = [at for at, step in enumerate(self._steps) if step.kind is not None]
        number = {at: place for place, at in enumerate(taking)} | {len(self._steps) - 1: END}

        def reached(at: int) -> frozenset[int]:
            return frozenset(number[one] for one in self._reached([at]) if one in number)

        found = [(step.kind, step.to[0]) for step in self._steps if step.kind is not None]
        return [Place(kind, reached(to)) for kind, to in found], reached(0)

    def _reached(self, starts: Iterable[int]) -> set[int]:
        """The places that are reached without another character."""
        found: set[int] = set()
        waiting = list(starts)
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                if self._steps[place].kind is None:
                    waiting += self._steps[place].to
        return found

    def _add(self, node: Node) -> None:
        match node:
            case One():
                self._step(node.kind).to.append(len(self._steps))
            case Sequence():
                for part in node.parts:
                    self._add(part)
            case Either():
                self._add_either(node.branches)
            case Repeat():
                self._add_repeat(node)

    def _add_either(self, branches: tuple[Node, ...]) -> None:
        fork, ends = self._step(), []
        for branch in branches:
            fork.to.append(len(self._steps))
            self._add(branch)
            ends.append(self._step())
        for end in ends:
            end.to.append(len(self._steps))

    def _add_repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._add(node.part)
        if node.most is None:
            again = len(self._steps)
            fork = self._step()
            fork.to.append(len(self._steps))
            self._add(node.part)
            self._step().to.append(again)
            fork.to.append(len(self._steps))
            return
        forks = []
        for _ in range(node.most - node.least):
            fork = self._step()
            fork.to.append(len(self._steps))
            self._add(node.part)
            forks.append(fork)
        for fork in forks:
            fork.to.append(len(self._steps))

    def _step(self, kind: re.Pattern[str] | None = None) -> _Step:
        if len(self._steps) >= _MOST_STEPS:
            raise PatternError("The pattern repeats too much; ask for fewer repetitions.")
        step = _Step(kind, [])
        self._steps.append(step)
        return step
