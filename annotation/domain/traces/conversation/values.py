"""JSON as a person reads it: members by name, texts as they are, lists of like objects as tables; pure.

Senders decide how deep and how long it is, so it is bounded, and says what was left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from annotation.domain.masking import Mask

MOST_NODES = 200
DEEPEST = 10
LONGEST_TEXT = 2_000
LONGEST_CELL = 120
MOST_COLUMNS = 8
LARGEST_PARSED = 1_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `left_out` is how many characters of it are."""

    text: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, true, false, null, or something empty, as JSON writes it."""

    word: str


@dataclass(frozen=True, slots=True)
class Members:
    """An object; `left_out` is how many members are."""

    entries: tuple[tuple[str, Shape], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Entries:
    """A list; `left_out` is how many entries are."""

    entries: tuple[Shape, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A list of objects with the same members, all of them short; `left_out` is how many rows are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


Shape: TypeAlias = Text | Plain | Members | Entries | Table


def shape(value: Any, mask: Mask | None = None) -> Shape:
    """The value for showing; JSON that came as text counts as what it says. What is shown of it is masked."""
    return _Shaper(mask).of(value, 0)


def as_json(text: str) -> Any:
    """The object or list that a text holds as JSON; None for any other text, and for one that is too long to look."""
    if not (1 < len(text) <= LARGEST_PARSED and text.lstrip()[:1] in ("{", "[")):
        return None
    try:
        return json.loads(text)  # whole numbers of any size, which orjson would round
    except (ValueError, RecursionError):
        return None


def is_cut(shape: Shape) -> bool:
    """Whether anything in it was left out."""
    match shape:
        case Plain():
            return False
        case Members(entries, left_out):
            return bool(left_out) or any(is_cut(entry) for _, entry in entries)
        case Entries(listed, left_out):
            return bool(left_out) or any(is_cut(entry) for entry in listed)
        case Text(left_out=left_out) | Table(left_out=left_out):
            return bool(left_out)


def weight(shape: Shape) -> int:
    """How many lines it takes, about."""
    match shape:
        case Members(entries):
            return sum(1 + weight(entry) for _, entry in entries)
        case Entries(listed):
            return sum(1 + weight(entry) for entry in listed)
        case Table(rows=rows):
            return len(rows) + 1
        case Text(text):
            return text.count("\n") + len(text) // 100
        case _:
            return 0


class _Shaper:
    """Goes down a value as long as there is something left of what may be shown."""

    def __init__(self, mask: Mask | None) -> None:
        self._left, self._mask = MOST_NODES, mask

    def of(self, value: Any, depth: int, name: str = "") -> Shape:
        """The value of a member `name`, if it is one."""
        self._left -= 1
        match value:
            case str():
                return self._text(value, depth, name)
            case dict() if value:
                return self._members(value, depth)
            case list() if value:
                return self._table(value) or self._entries(value, depth, name)
            case _:
                return Plain(self._word(value, name))

    def _text(self, text: str, depth: int, name: str) -> Shape:
        inner = as_json(text) if depth < DEEPEST else None
        if inner:
            return self.of(inner, depth + 1)
        return Text(self._cut(text, name), max(len(text) - LONGEST_TEXT, 0))

    def _cut(self, text: str, name: str) -> str:
        return self._mask.cut(text, LONGEST_TEXT, behind=name) if self._mask else text[:LONGEST_TEXT]

    def _members(self, value: dict[str, Any], depth: int) -> Shape:
        kept = [] if depth >= DEEPEST else self._some(list(value.items()))
        entries = tuple((self._name(key), self.of(entry, depth + 1, str(key))) for key, entry in kept)
        return Members(entries, len(value) - len(kept))

    def _name(self, key: Any) -> str:
        return self._mask.text(str(key)) if self._mask else str(key)

    def _word(self, value: Any, name: str) -> str:
        return str(self._mask.json(value, behind=name)) if self._mask and _is_whole(value) else _word(value)

    def _entries(self, value: list[Any], depth: int, name: str) -> Shape:
        kept = [] if depth >= DEEPEST else self._some(value)
        return Entries(tuple(self.of(entry, depth + 1, name) for entry in kept), len(value) - len(kept))

    def _some(self, entries: Sequence[Any]) -> Sequence[Any]:
        return entries[: max(self._left, 0)]

    def _table(self, value: list[Any]) -> Table | None:
        """Where two rows or more have the same few members, and none of them holds more than a line."""
        first = value[0]
        if len(value) < 2 or not isinstance(first, dict) or not 1 < len(first) <= MOST_COLUMNS:
            return None
        rows = list(islice(value, max(self._left // len(first), 2)))
        if not all(isinstance(row, dict) and row.keys() == first.keys() for row in rows):
            return None
        cells = [[self._cell(row[name], name) for name in first] for row in rows]
        if any(cell is None for row in cells for cell in row):
            return None
        self._left -= len(rows) * len(first)
        words = tuple(tuple(cell or "" for cell in row) for row in cells)
        return Table(tuple(self._name(name) for name in first), words, len(value) - len(rows))

    def _cell(self, value: Any, name: str) -> str | None:
        """What stands in a cell; None for what does not fit into one."""
        if isinstance(value, str):
            return self._cut(value, name) if len(value) <= LONGEST_CELL and "\n" not in value else None
        return None if isinstance(value, dict | list) and value else self._word(value, name)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _word(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return f"{value:.1f}"
        case _:
            return str(value)
