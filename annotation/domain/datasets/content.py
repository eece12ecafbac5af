"""What a row of a dataset holds, and the one spelling of it as JSON. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.domain.datasets.problems import InvalidRowError

LONGEST_SPLIT = 60
LARGEST_ROW_BYTES = 4_000_000
DEEPEST_NESTING = 100
TOO_DEEP = (
    f"This is nested too deeply: at most {DEEPEST_NESTING} lists and objects may stand inside each other. "
    "Take some away, or leave it empty."
)

_SPEAKING = ("messages", "parts", "content", "text", "input", "output", "question", "answer")
"""Members of an object that hold what it says, the outermost first."""


@dataclass(frozen=True, slots=True)
class RowContent:
    """Inputs and reference outputs (any JSON; None: no reference), free metadata, and the split it belongs to."""

    inputs: Any
    outputs: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    split: str = ""

    def is_same(self, other: RowContent) -> bool:
        """Equal as JSON, where 1, 1.0 and true are three values; to Python they are one."""
        return canonical(self.parts()) == canonical(other.parts())

    def parts(self) -> list[Any]:
        """All of it, as one JSON value."""
        return [self.inputs, self.outputs, dict(self.metadata), self.split]


def canonical(value: Any) -> str:
    """The one spelling of a JSON value: keys sorted, no blanks, text as it is. Equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def pretty(value: Any) -> str:
    """JSON for people to read and edit."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def parsed(text: str) -> Any:
    """JSON that a person typed. Raises ValueError that says where it cannot be read, and what JSON does not know."""
    try:
        return json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as problem:
        raise ValueError(f"Line {problem.lineno}, column {problem.colno}: {problem.msg}.") from problem
    except RecursionError as problem:
        raise ValueError("This is nested too deeply.") from problem


def _refused(word: str) -> None:
    raise ValueError(f"{word} is not a JSON value; use null or a text.")


def checked(content: RowContent) -> RowContent:
    """The content as it can be kept. Raises InvalidRowError for what JSON in PostgreSQL cannot hold."""
    problems = {
        name: problem
        for name, value in (
            ("inputs", content.inputs), ("outputs", content.outputs), ("metadata", dict(content.metadata))
        )
        if (problem := _problem(value))
    }  # fmt: skip
    if content.inputs is None:
        problems["inputs"] = "A row needs inputs."
    if len(content.split.strip()) > LONGEST_SPLIT or "\0" in content.split:
        problems["split"] = f"The name of a split is a text of at most {LONGEST_SPLIT} characters."
    if problems:
        raise InvalidRowError(problems)
    return RowContent(content.inputs, content.outputs, dict(content.metadata), content.split.strip())


def is_too_deep(value: Any) -> bool:
    """Whether a row could not hold it; level by level, as Python's own stack ends before JSON does."""
    level = [value]
    for _depth in range(DEEPEST_NESTING):
        level = [inner for outer in level for inner in _inside(outer)]
    return any(isinstance(one, list | dict) for one in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _problem(value: Any) -> str:
    if not _fits(value, DEEPEST_NESTING):
        return "A text has a NUL character, a number is not finite, or it is nested more than 100 deep."
    if len(canonical(value).encode(errors="replace")) > LARGEST_ROW_BYTES:
        return "This is larger than 4 MB."
    return ""


def _fits(value: Any, depth: int) -> bool:
    match value:
        case str():
            return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
        case float():
            return math.isfinite(value)
        case list() | tuple():
            return depth > 0 and all(_fits(entry, depth - 1) for entry in value)
        case dict():
            return depth > 0 and all(_fits(key, 1) and _fits(entry, depth - 1) for key, entry in value.items())
        case _:
            return value is None or isinstance(value, bool | int)


def gist(value: Any, length: int = 300) -> str:
    """What a person recognises a value by: its text, the last message in it, or the JSON itself; one line, cut."""
    text = _text_in(value, 6)
    line = " ".join((canonical(value) if text is None else text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _is_of_tool(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "tool"


def _text_in(value: Any, depth: int) -> str | None:
    match value:
        case str():
            return value
        case [*_, last] if depth:
            said = (_text_in(one, depth - 1) for one in reversed(value) if not _is_of_tool(one))
            return next(filter(None, said), None) or _text_in(last, depth - 1)
        case dict() if depth:
            named = next((value[name] for name in _SPEAKING if value.get(name)), None)
            only = next(iter(value.values())) if len(value) == 1 else None
            return _text_in(only if named is None else named, depth - 1)
        case _:
            return None
