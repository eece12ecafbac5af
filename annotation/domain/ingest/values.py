"""Values from the wire as clean JSON values.

PostgreSQL's text and jsonb refuse NUL characters, lone surrogates and numbers that are not finite, so none
leaves this module: a NUL or surrogate becomes U+FFFD, NaN, the infinities and integers beyond 64 bits become text.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

import orjson
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

#: How deep a JSON document inside a text attribute may nest before it is left as text.
MAX_DEPTH = 64

#: Counts from here on are mistakes; sums of those below fit into 64 bits.
MAX_COUNT = 2**40

#: What the JSON writer takes; larger integers become text.
_FIRST_INTEGER, _LAST_INTEGER = -(2**63), 2**64 - 1

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def clean_text(text: str) -> str:
    """`text` with everything that PostgreSQL cannot store replaced by U+FFFD."""
    if text.isascii():
        return text.replace("\x00", _REPLACEMENT) if "\x00" in text else text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def clean(value: Any) -> Any:
    """A JSON value with every text and number in it storable. Raises RecursionError on absurd nesting."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [clean(member) for member in value]
    if isinstance(value, float) and not isfinite(value):
        return _named(value)
    if isinstance(value, int) and not _FIRST_INTEGER <= value <= _LAST_INTEGER:
        return str(value)
    return value


def _named(value: float) -> str:
    if value != value:  # noqa: PLR0124 -- the one number that differs from itself is NaN
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def decode_value(value: AnyValue) -> Any:
    """An OpenTelemetry AnyValue as a clean JSON value. Bytes become base64 text; a value with no kind is None."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return clean_text(value.string_value)
    if kind is None:
        return None
    if kind == "array_value":
        return [decode_value(member) for member in value.array_value.values]
    if kind == "kvlist_value":
        return decode_attributes(value.kvlist_value.values)
    return _scalar(getattr(value, kind))


def _scalar(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float) and not isfinite(value):
        return _named(value)
    return value


def decode_attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """OpenTelemetry attributes as a dictionary; a key that comes twice keeps its last value."""
    decoded: dict[str, Any] = {}
    for pair in pairs:
        text = pair.value.string_value  # most are texts; to ask for the kind costs more than to look
        decoded[clean_text(pair.key)] = clean_text(text) if text else decode_value(pair.value)
    return decoded


def parsed(value: Any) -> Any:
    """The object or list that a text attribute holds as JSON; anything else unchanged.

    Only objects and lists are parsed, so that the text `42` or `true` stays a text.
    """
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        document = loads(value)
    except (ValueError, RecursionError):
        return value
    is_shallow = value.count("{") + value.count("[") <= MAX_DEPTH or within(document, MAX_DEPTH)
    return document if is_shallow else value


def loads(text: str | bytes) -> Any:
    """The clean JSON value in `text`, which may hold NaN, lone surrogates or broken UTF-8 as some senders write them.

    Raises ValueError (not JSON) or RecursionError (nested beyond reason).
    """
    escape: Any = b"\\u0000" if isinstance(text, bytes) else "\\u0000"
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        readable = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return clean(json.loads(readable))
    return clean(document) if escape in text else document


def within(value: Any, depth: int) -> bool:
    """Whether containers nest no deeper than `depth`, level by level: this runs for every document of every span."""
    level = [value]
    for _ in range(depth):
        level = [
            member
            for container in level
            for member in (container.values() if type(container) is dict else container)
            if type(member) is dict or type(member) is list
        ]
        if not level:
            return True
    return False


def as_text(value: Any) -> str | None:
    """A scalar as text; None for nothing, empty text and containers."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if type(value) in (int, float) else None


def as_count(value: Any) -> int | None:
    """A count that may come as integer, float or text; None for anything else, negative or absurd."""
    try:
        number = int(float(value)) if isinstance(value, str | float) else value
    except (ValueError, OverflowError):
        return None
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return number if 0 <= number < MAX_COUNT else None


def dumped(value: Any) -> str:
    """A JSON value as compact JSON text, for reading."""
    return json_bytes(value, option=orjson.OPT_NON_STR_KEYS).decode()


def json_bytes(value: Any, *, default: Callable[[Any], Any] | None = None, option: int = 0) -> bytes:
    """A JSON value as orjson writes it, also one that was stored before.

    PostgreSQL gives 1e300 back as an integer of three hundred digits, which the writer does not take: it becomes the
    float again that was sent.
    """
    try:
        return orjson.dumps(value, default=default, option=option)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_floats(value), default=default, option=option)


def _with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_floats(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_floats(member) for member in value]
    return float(value) if isinstance(value, int) and not _FIRST_INTEGER <= value <= _LAST_INTEGER else value
