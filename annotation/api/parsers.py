"""Reads JSON bodies: within a bound, and without the one character that PostgreSQL cannot keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from annotation.api.errors import ApiError
from annotation.api.ingest.body import UnfinishedBodyError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class JsonParser(BaseParser):
    """`application/json`, at most `MAX_BODY_BYTES`; NUL characters become U+FFFD."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], _media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        """The body as Python values; 400 when it is not JSON, 408 when it stopped coming, 413 when it is too long."""
        limit: int = settings.MAX_BODY_BYTES
        content = _read(stream, limit + 1, context or {})
        if len(content) > limit:
            raise ApiError(
                "too_large", f"The body is larger than {limit} bytes.", status=413, hint="Send it in several requests."
            )
        try:
            parsed = orjson.loads(content)
        except orjson.JSONDecodeError as problem:
            raise ParseError(f"The body is not JSON: {problem}") from problem
        try:
            return _without_nul(parsed) if b"\\u0000" in content else parsed
        except RecursionError as problem:
            raise ParseError("The body is nested too deeply.") from problem


def _read(stream: IO[Any], most: int, context: Mapping[str, Any]) -> bytes:
    declared = str(context["request"].META.get("CONTENT_LENGTH") or "") if "request" in context else ""
    try:
        content: bytes = stream.read(most)
    except OSError as problem:
        raise UnfinishedBodyError from problem
    if declared.isascii() and declared.isdigit() and len(content) < min(int(declared), most):
        raise UnfinishedBodyError
    return content


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", REPLACEMENT)
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(one) for key, one in value.items()}
    return value
