"""What a row of a dataset holds, and the one spelling of it as JSON. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.domain.datasets.problems import InvalidRowError

LONGEST_SPLIT = 60
LARGEST_ROW_BYTES = 4_000_000
DEEPEST_NESTING = 100


@dataclass(frozen=True, slots=True)
class RowContent:
    """Inputs and reference outputs (any JSON; None: no reference), free metadata, and the split it belongs to."""

    inputs: Any
    outputs: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    split: str = ""


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
