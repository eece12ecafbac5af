"""Reads a pattern, from left to right, into a tree."""

from __future__ import annotations

import re

from annotation.domain.queues.patterns.errors import PatternError
from annotation.domain.queues.patterns.nodes import Either, Node, One, Repeat, Sequence

LONGEST_PATTERN = 200

_CLASSES = "dDwWsS"
_CONTROLS = "nrt"
_SET_OPERATIONS = ("--", "&&", "~~", "||")


def read(source: str) -> Node:
    """The tree of a pattern. Raises PatternError."""
    if len(source) > LONGEST_PATTERN:
        raise PatternError(f"A pattern has at most {LONGEST_PATTERN} characters.")
    return _Reader(_without_ends(source)).all()


def _without_ends(source: str) -> str:
    body = source.removeprefix("^")
    kept = body.removesuffix("$")
    is_escaped = (len(kept) - len(kept.rstrip("\\"))) % 2 == 1
    return body if is_escaped else kept


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, source: str) -> None:
        self._source, self._at = source, 0

    def all(self) -> Node:
        """The whole pattern."""
        node = self._either()
        if self._next():
            raise PatternError("There is a “)” without its “(”.")
        return node

    def _either(self) -> Node:
        branches = [self._sequence()]
        while self._next() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated())
        return Sequence(tuple(parts))

    def _repeated(self) -> Node:
        part = self._atom()
        if self._next() not in ("*", "+", "?", "{"):
            return part
        least, most = self._bounds()
        if self._next() == "?":  # as few as possible: of a whole match the same
            self._take()
        if self._next() in ("*", "+", "?", "{"):
            raise PatternError("Two repetitions follow each other; put the first into a group.")
        return Repeat(part, least, most)

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

    def _atom(self) -> Node:
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

    def _group(self) -> Node:
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

    def _one(self, kind: str) -> One:
        try:
            return One(re.compile(kind))
        except re.error as problem:
            raise PatternError(f"“{kind}” cannot be read: {problem.msg}.") from None

    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._next()
        self._at += 1
        return sign
