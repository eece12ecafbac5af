"""Values as they travel: times to the microsecond, decimals as text, and what clients write into query strings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import orjson
from rest_framework.request import Request

from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.domain.ingest.values import json_bytes

Row = TypeVar("Row")
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
DEFAULT_SIZE = 100
LARGEST_SIZE = 100
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def dumped(data: Any) -> bytes:
    """A JSON value as bytes; UUIDs, times and decimals as text."""
    return json_bytes(data, default=_text, option=_OPTIONS)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, Decimal):
        return decimal(value)
    if isinstance(value, str):  # a text of a class of its own, such as lazy ones
        return str(value)
    raise TypeError(type(value).__name__)


def time(value: datetime) -> str:
    """A time with its microseconds, in UTC: `2026-03-02T09:30:00.000000+00:00`."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def decimal(value: Decimal) -> str:
    """A number without exponent and without zeros at its end: `0.00000125`."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def parsed_time(value: Any, name: str) -> datetime:
    """An ISO time; one without zone is UTC. Raises Invalid, also for years that leave no room to count from."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError as problem:
        raise Invalid(f"{name} has to be a time such as 2026-03-02T09:30:00.000001Z.") from problem
    if not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
        raise Invalid(f"{name} has to lie between the years {_FIRST_YEAR} and {_LAST_YEAR}.")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def parsed_uuid(value: Any, name: str) -> UUID:
    """A UUID in any of its spellings. Raises Invalid."""
    try:
        return UUID(str(value))
    except ValueError as problem:
        raise Invalid(f"{name} has to be a UUID.") from problem


def parsed_uuids(value: Any, name: str, *, most: int) -> list[UUID]:
    """An array of UUIDs. Raises Invalid."""
    if not isinstance(value, list) or len(value) > most:
        raise Invalid(f"{name} has to be an array of at most {most} ids.")
    return [parsed_uuid(one, name) for one in value]


def parsed_bool(value: Any, name: str) -> bool:
    """True and False as JSON and as Python's and JavaScript's clients write them. Raises Invalid."""
    word = str(value).lower()
    if word not in ("true", "false", "1", "0"):
        raise Invalid(f"{name} has to be true or false.")
    return word in ("true", "1")


def texts(request: Request, name: str) -> list[str]:
    """All values of a parameter that may be repeated: `id=a&id=b`."""
    return request.query_params.getlist(name)


def uuids(request: Request, name: str) -> list[UUID]:
    """The same as UUIDs. Raises Invalid."""
    return [parsed_uuid(value, name) for value in texts(request, name)]


def flag(request: Request, name: str) -> bool | None:
    """A parameter that is true or false; None without it. Raises Invalid."""
    value = request.query_params.get(name)
    return None if value in (None, "") else parsed_bool(value, name)


def number(value: Any, name: str, *, least: int = 0, most: int, status: int = 422) -> int:
    """A whole number within bounds. Raises Refusal with `status`."""
    text = str(value)
    if len(text) > 18 or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Refusal(status, f"{name} has to be a whole number from {least} to {most}.")
    return int(text)


def window(request: Request, *, largest: int = LARGEST_SIZE) -> slice:
    """The rows that `limit` and `offset` ask for: `rows[window(request)]`. A client stops at a short page."""
    size = number(request.query_params.get("limit", min(DEFAULT_SIZE, largest)), "limit", most=largest)
    start = number(request.query_params.get("offset", 0), "offset", most=1_000_000)
    return slice(start, start + size)


def cursors(next_cursor: str | None) -> dict[str, Any]:
    """What `/runs/query` says of the pages beside this one."""
    return {"next": next_cursor, "prev": None}


def items(rows: Sequence[Row], next_cursor: str | None) -> dict[str, Any]:
    """A page of version 2."""
    return {"items": rows, "next_cursor": next_cursor}
