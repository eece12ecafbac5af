"""Reading single attributes: the first of several spellings that holds something of the right kind."""

import ast
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from annotation.domain.ingest.values import MAX_DEPTH, as_count, as_text, loads, parsed

#: What the database keeps of a cost: numeric(20, 10).
_MAX_COST = Decimal(10) ** 10
#: Longest text that is read as Python prints a value, in characters.
_MAX_LITERAL = 20_000


def first_text(attributes: Mapping[str, Any], *keys: str) -> str | None:
    """The first of the attributes that holds some text or number, as text."""
    for key in keys:
        if key in attributes:
            text = as_text(attributes[key])
            if text:
                return text
    return None


def first_count(attributes: Mapping[str, Any], *keys: str) -> int | None:
    """The first of the attributes that holds a count: one source, never a sum over spellings."""
    for key in keys:
        if key in attributes:
            count = as_count(attributes[key])
            if count is not None:
                return count
    return None


def first_value(attributes: Mapping[str, Any], *keys: str) -> tuple[Any, tuple[str, ...]]:
    """The first of the attributes that says anything, JSON in a text parsed, and its key; (None, ()) without one."""
    for key in keys:
        if key in attributes:
            value = parsed(attributes[key])
            if value is not None and value not in ("", [], {}):
                return value, (key,)
    return None, ()


def decoded(value: Any) -> Any:
    """The JSON value of any kind in a text, for senders that encode every value; a text that is not JSON stays."""
    if not isinstance(value, str):
        return value
    try:
        return loads(value)
    except (ValueError, RecursionError):
        return value


def unquoted(value: Any) -> Any:
    """A text that was written as JSON, with its quotes; objects and lists are parsed; anything else unchanged."""
    if value is None:
        return None
    value = parsed(value)
    is_quoted = isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"'
    return decoded(value) if is_quoted else value


def literal(value: Any) -> Any:
    """The object or list in a text, written as JSON or the way Python prints it (`{'city': 'Oslo'}`); else the text.

    Only constants are read, nothing is evaluated; a text that is long or nests deeply stays as it is.
    """
    value = unquoted(value)
    if not isinstance(value, str) or value[:1] not in ("{", "[", "(") or len(value) > _MAX_LITERAL:
        return value
    if sum(map(value.count, "{[(")) > MAX_DEPTH:
        return value
    try:
        return loads(json.dumps(ast.literal_eval(value)))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return value


def below(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The attributes whose names begin with the prefix, named by what follows it."""
    length = len(prefix)
    return {key[length:]: value for key, value in attributes.items() if key.startswith(prefix) and len(key) > length}


def texts(value: Any, *, separator: str | None = None) -> list[str]:
    """A list of texts, which may come as JSON, or as one text with separators."""
    value = parsed(value)
    if isinstance(value, str):
        value = value.split(separator) if separator else [value]
    return [text for entry in value if (text := as_text(entry))] if isinstance(value, list) else []


def decimal(attributes: Mapping[str, Any], *keys: str) -> Decimal | None:
    """The first of the attributes that holds an amount of money."""
    for key in keys:
        if key in attributes:
            amount = as_amount(attributes[key])
            if amount is not None:
                return amount
    return None


def as_amount(value: Any) -> Decimal | None:
    """An amount of money that may come as number or text; None for anything else, negative or absurd."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _MAX_COST else None


def seconds_as_ms(attributes: Mapping[str, Any], key: str) -> float | None:
    """A duration in seconds as milliseconds."""
    value = attributes.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return value * 1000
