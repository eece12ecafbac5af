"""What a person changed in JSON, along its structure: members by name, entries of lists by place. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from annotation.domain.reviews import diff
from annotation.domain.reviews.diff import Kind, Piece


@dataclass(frozen=True, slots=True)
class Whole:
    """A value that stayed, went or came as a whole."""

    kind: Kind
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value that became another one; `pieces` where both are texts."""

    before: JsonValue
    after: JsonValue
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Members:
    """An object on both sides; what went stands where it was, what came stands last."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A list on both sides."""

    entries: tuple[Node, ...]


Node: TypeAlias = Whole | Replaced | Members | Entries


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show: `depth` in steps of indentation, the words that stand before, the value in pieces, a comma."""

    depth: int
    kind: Kind
    pieces: tuple[Piece, ...]


def structure(before: JsonValue, after: JsonValue) -> Node:
    """How `before` became `after`."""
    if _is_same(before, after):
        return Whole(Kind.SAME, before)
    if isinstance(before, dict) and isinstance(after, dict):
        return Members(tuple(_members(before, after)))
    if isinstance(before, list) and isinstance(after, list):
        return Entries(tuple(_entries(before, after)))
    if isinstance(before, str) and isinstance(after, str):
        return Replaced(before, after, diff.words(before, after))
    return Replaced(before, after)


def before(node: Node) -> JsonValue:
    """The value that the structure came from."""
    return _side(node, Kind.NEW)


def after(node: Node) -> JsonValue:
    """The value that the structure makes."""
    return _side(node, Kind.GONE)


def lines(node: Node) -> tuple[Line, ...]:
    """The structure as lines of JSON, what stayed folded to one line, for showing."""
    return tuple(_lines(node, "", 0))


def _is_same(before: JsonValue, after: JsonValue) -> bool:
    """Equal also in type: Python takes 1, 1.0 and True for the same."""
    return before == after and json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _members(before: dict[str, JsonValue], after: dict[str, JsonValue]) -> Iterator[tuple[str, Node]]:
    for name, value in before.items():
        yield name, structure(value, after[name]) if name in after else Whole(Kind.GONE, value)
    for name, value in after.items():
        if name not in before:
            yield name, Whole(Kind.NEW, value)


def _entries(before: list[JsonValue], after: list[JsonValue]) -> Iterator[Node]:
    """What begins and ends alike is left alone; between, entries are held against each other by place."""
    longest = min(len(before), len(after))
    head = next((at for at in range(longest) if not _is_same(before[at], after[at])), longest)
    tail = next((at for at in range(longest - head) if not _is_same(before[-1 - at], after[-1 - at])), longest - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    both = min(len(old), len(new))
    yield from (Whole(Kind.SAME, value) for value in before[:head])
    yield from (structure(one, other) for one, other in zip(old, new, strict=False))
    yield from (Whole(Kind.GONE, value) for value in old[both:])
    yield from (Whole(Kind.NEW, value) for value in new[both:])
    yield from (Whole(Kind.SAME, value) for value in before[len(before) - tail :])


def _side(node: Node, left_out: Kind) -> JsonValue:
    match node:
        case Whole(_, value):
            return value
        case Replaced(old, new):
            return old if left_out is Kind.NEW else new
        case Members(entries):
            return {name: _side(entry, left_out) for name, entry in entries if not _is_only(entry, left_out)}
        case Entries(listed):
            return [_side(entry, left_out) for entry in listed if not _is_only(entry, left_out)]


def _is_only(node: Node, kind: Kind) -> bool:
    return isinstance(node, Whole) and node.kind is kind


def _lines(node: Node, name: str, depth: int) -> Iterator[Line]:
    match node:
        case Whole(kind, value):
            yield _line(depth, kind, name, value)
        case Replaced(_, _, pieces) if pieces:
            yield Line(depth, Kind.SAME, (Piece(Kind.SAME, name), *diff.shortened(pieces)))
        case Replaced(old, new):
            yield _line(depth, Kind.GONE, name, old)
            yield _line(depth, Kind.NEW, name, new)
        case Members(entries):
            yield Line(depth, Kind.SAME, (Piece(Kind.SAME, name + "{"),))
            for key, entry in entries:
                yield from _lines(entry, f"{key}: ", depth + 1)
            yield Line(depth, Kind.SAME, (Piece(Kind.SAME, "}"),))
        case Entries(listed):
            yield Line(depth, Kind.SAME, (Piece(Kind.SAME, name + "["),))
            for entry in listed:
                yield from _lines(entry, "", depth + 1)
            yield Line(depth, Kind.SAME, (Piece(Kind.SAME, "]"),))


def _line(depth: int, kind: Kind, name: str, value: JsonValue) -> Line:
    text = json.dumps(value, ensure_ascii=False)
    if kind is Kind.SAME and len(text) > 80:
        text = text[:76] + " …" + text[-1]
    return Line(depth, kind, (Piece(kind, name + text),))
