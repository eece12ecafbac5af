"""Long text, cut where reading stops being useful; the whole stays one request away; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import orjson

from annotation.domain.masking import Mask
from annotation.domain.traces.conversation import values
from annotation.domain.traces.conversation.values import Shape

CHARACTERS = 2_400
LINES = 40
SHORT_LINES = 12


@dataclass(frozen=True, slots=True)
class Clip:
    """The beginning of a text. `place` says where the whole of it is (see `places`), `size` how long that is in bytes.

    `shape` is set where the text is JSON with something in it, for showing it as lists and tables.
    """

    text: str
    place: str = ""
    size: int = 0
    is_cut: bool = False
    shape: Shape | None = None

    @property
    def is_shape_cut(self) -> bool:
        """Whether the shape leaves anything out."""
        return self.shape is not None and values.is_cut(self.shape)

    @property
    def is_short(self) -> bool:
        """Whether it may stand open on a page of many."""
        lines = values.weight(self.shape) if self.shape else self.size // 50
        return not (self.is_shape_cut if self.shape else self.is_cut) and lines <= SHORT_LINES

    def __bool__(self) -> bool:
        return bool(self.text)


def clip(text: str, place: str, *, characters: int = CHARACTERS, lines: int = LINES, mask: Mask | None = None) -> Clip:
    """The text, cut after so many lines or characters, and what is shown of it masked."""
    end = min(characters, _end_of_line(text, lines))
    if len(text) <= end + characters // 10:  # a few words more are not worth a click
        return Clip(mask.text(text) if mask else text, place, len(text))
    shown = mask.cut(text, end) if mask else text[:end]
    return Clip(_whole_words(shown), place, len(text.encode(errors="replace")), is_cut=True)


def json_clip(
    value: Any, place: str, *, characters: int = CHARACTERS, lines: int = LINES, mask: Mask | None = None
) -> Clip:
    """A JSON value, or a text that may hold one, cut as a text and shaped for reading."""
    data = values.as_json(value) if isinstance(value, str) else value
    shape = values.shape(data, mask) if isinstance(data, dict | list) and data else None
    return replace(clip(written(value), place, characters=characters, lines=lines, mask=mask), shape=shape)


def written(value: Any) -> str:
    """A JSON value as a person reads it: text as it is, anything else as indented JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _indented(value)


def _indented(value: Any) -> str:
    """As `json` would write it, at a twentieth of the time."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # half a character, a number beyond 64 bits, deeper than it goes
        return json.dumps(value, ensure_ascii=False, indent=2)


def _end_of_line(text: str, lines: int) -> int:
    end = -1
    for _ in range(lines):
        end = text.find("\n", end + 1)
        if end < 0:
            return len(text)
    return end


def _whole_words(text: str) -> str:
    space = max(text.rfind(" "), text.rfind("\n"))
    return text[:space] if space > len(text) * 0.9 else text
