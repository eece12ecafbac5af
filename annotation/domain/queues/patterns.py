r"""Regular expressions for typed answers, matched in time that grows with pattern times text: none can hang a worker.

The whole answer has to match. Known are characters, `.`, classes such as `[a-z]`, `\d \w \s` and their opposites, groups,
`|` and the repetitions `* + ? {2} {2,} {2,4}`; `^` at the beginning and `$` at the end say nothing new. What needs going
back over the text (references, looking around) is refused. All ways through the pattern are followed at once: Thompson,
"Regular Expression Search Algorithm" (1968). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

LONGEST_PATTERN = 200
LONGEST_TEXT = 1_000
"""Characters of an answer that is held against a pattern; a longer one does not match."""

_MOST_STEPS = 500
_CLASSES = "dDwWsS"
_CONTROLS = "nrt"
_SET_OPERATIONS = ("--", "&&", "~~", "||")


class PatternError(ValueError):
    """The pattern cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _One:
    """One character of a kind."""

    kind: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    branches: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: _Node
    least: int
    most: int | None


_Node: TypeAlias = _One | _Sequence | _Either | _Repeat


@dataclass(slots=True)
class _Step:
    """Where to go on: after a character of the kind, or, without one, at once."""

    kind: re.Pattern[str] | None
    to: list[int]


class Pattern:
    """A pattern that can be matched."""

    def __init__(self, node: _Node) -> None:
        self._steps: list[_Step] = []
        self._add(node)
        self._steps.append(_Step(None, []))

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says."""
        if len(text) > LONGEST_TEXT:
            return False
        places = self.start
        for character in text:
            places = self.after(places, character)
        return self.is_end(places)

    @property
    def start(self) -> frozenset[int]:
        """The places that are reached before any character."""
        return frozenset(self._reached([0]))

    def after(self, places: Iterable[int], character: str) -> frozenset[int]:
        """The places that are reached from these by one character."""
        steps = [self._steps[place] for place in places]
        return frozenset(self._reached(one.to[0] for one in steps if one.kind and one.kind.fullmatch(character)))

    def is_end(self, places: Iterable[int]) -> bool:
        """Whether a match may end at one of these places."""
        return len(self._steps) - 1 in places

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

    def _add(self, node: _Node) -> None:
        match node:
            case _One():
                self._step(node.kind).to.append(len(self._steps))
            case _Sequence():
                for part in node.parts:
                    self._add(part)
            case _Either():
                self._add_either(node.branches)
            case _Repeat():
                self._add_repeat(node)

    def _add_either(self, branches: tuple[_Node, ...]) -> None:
        fork, ends = self._step(), []
        for branch in branches:
            fork.to.append(len(self._steps))
            self._add(branch)
            ends.append(self._step())
        for end in ends:
            end.to.append(len(self._steps))

    def _add_repeat(self, node: _Repeat) -> None:
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


@lru_cache(maxsize=256)
def compiled(source: str) -> Pattern:
    """The pattern, ready to match. Raises PatternError."""
    return Pattern(_read(source))


@lru_cache(maxsize=256)
def backwards(source: str) -> Pattern:
    """The pattern of the same texts read from their end. Raises PatternError."""
    return Pattern(_mirrored(_read(source)))


def _read(source: str) -> _Node:
    if len(source) > LONGEST_PATTERN:
        raise PatternError(f"A pattern has at most {LONGEST_PATTERN} characters.")
    return _Reader(_without_ends(source)).all()


def beginning(source: str) -> str:
    """The plain text that every match begins with; empty where none does. Raises PatternError."""
    node, found = _read(source), ""
    for part in node.parts if isinstance(node, _Sequence) else (node,):
        kind = part.kind.pattern if isinstance(part, _One) else "."
        sign = re.sub(r"^\\(?=\W)", "", kind)
        if len(sign) != 1 or kind == ".":
            break
        found += sign
    return found


def _mirrored(node: _Node) -> _Node:
    match node:
        case _Sequence(parts):
            return _Sequence(tuple(_mirrored(part) for part in reversed(parts)))
        case _Either(branches):
            return _Either(tuple(_mirrored(branch) for branch in branches))
        case _Repeat(part, least, most):
            return _Repeat(_mirrored(part), least, most)
        case _:
            return node


def _without_ends(source: str) -> str:
    body = source.removeprefix("^")
    kept = body.removesuffix("$")
    is_escaped = (len(kept) - len(kept.rstrip("\\"))) % 2 == 1
    return body if is_escaped else kept


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, source: str) -> None:
        self._source, self._at = source, 0

    def all(self) -> _Node:
        """The whole pattern."""
        node = self._either()
        if self._next():
            raise PatternError("There is a “)” without its “(”.")
        return node

    def _either(self) -> _Node:
        branches = [self._sequence()]
        while self._next() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Either(tuple(branches))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated())
        return _Sequence(tuple(parts))

    def _repeated(self) -> _Node:
        part = self._atom()
        if self._next() not in ("*", "+", "?", "{"):
            return part
        least, most = self._bounds()
        if self._next() == "?":  # as few as possible: of a whole match the same
            self._take()
        if self._next() in ("*", "+", "?", "{"):
            raise PatternError("Two repetitions follow each other; put the first into a group.")
        return _Repeat(part, least, most)

    def _bounds(self) -> tuple[int, int | None]:
        sign = self._take()
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = re.compile(r"(\d{1,3})(,?)(\d{0,3})\}", re.ASCII).match(self._source, self._at)
        if found is None or (found[3] and not found[2]):
            raise PatternError("After “{” comes how often, as in {2}, {2,} or {2,4}; write \\{ for the character.")
        self._at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if most is not None and most < least:
            raise PatternError("The smaller number of repetitions comes first.")
        return least, most

    def _atom(self) -> _Node:
        sign = self._take()
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._one(self._set())
            case "\\":
                return self._one(self._escaped())
            case "*" | "+" | "?" | "{" | "^" | "$":
                raise PatternError(f"“{sign}” cannot stand here; write \\{sign} for the character.")
            case ".":
                return self._one(".")
            case _:
                return self._one(re.escape(sign))

    def _group(self) -> _Node:
        if self._source.startswith("?:", self._at):
            self._at += 2
        elif self._next() == "?":
            raise PatternError("Only plain groups are known: (…) and (?:…).")
        node = self._either()
        if self._take() != ")":
            raise PatternError("There is a “(” without its “)”.")
        return node

    def _set(self) -> str:
        start = self._at
        self._at += self._next() == "^"
        self._at += self._next() == "]"  # first, it is a character
        while (sign := self._take()) != "]":
            if not sign:
                raise PatternError("There is a “[” without its “]”.")
            if sign == "\\":
                self._escaped()
        body = self._source[start : self._at - 1]
        if "[" in body.replace("\\[", "") or any(sign in body for sign in _SET_OPERATIONS):
            raise PatternError("Put \\ before [, -, &, ~ and | in a class.")
        return f"[{body}]"

    def _escaped(self) -> str:
        sign = self._take()
        if not sign:
            raise PatternError("A “\\” stands at the end; write \\\\ for the character.")
        if sign.isalnum() and sign not in _CLASSES + _CONTROLS:
            raise PatternError(f"\\{sign} is not known; there are \\d, \\w, \\s, \\D, \\W, \\S, \\n, \\r and \\t.")
        return f"\\{sign}" if sign.isalnum() else re.escape(sign)

    def _one(self, kind: str) -> _One:
        try:
            return _One(re.compile(kind))
        except re.error as problem:
            raise PatternError(f"“{kind}” cannot be read: {problem.msg}.") from None

    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._next()
        self._at += 1
        return sign
