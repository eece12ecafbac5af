"""Pages as server-sent events: JSON Patch operations that make up the page, for clients that ask for `text/event-stream`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire

STREAM = "text/event-stream"
AT_ONCE = 20
"""Rows in one event."""


def page(request: Request, rows: Sequence[Any], next_cursor: str | None) -> HttpResponseBase:
    """A page of version 2, in the form that the client asks for.

    A stream begins with an empty page, appends rows to it in their order, and tells the next cursor last: what clients have
    read of it is never taken back.
    """
    if STREAM not in request.headers.get("Accept", ""):
        return Response(wire.items(rows, next_cursor))
    answer = StreamingHttpResponse(_events(rows, next_cursor), content_type=STREAM)
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # nginx would else hold it back
    return answer


def _events(rows: Sequence[Any], next_cursor: str | None) -> Iterator[bytes]:
    yield _event([_add("", wire.items([], None))])
    for start in range(0, len(rows), AT_ONCE):
        yield _event([_add("/items/-", row) for row in rows[start : start + AT_ONCE]])
    yield _event([_add("/next_cursor", next_cursor)])
    yield b"event: end\ndata: null\n\n"


def _add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def _event(operations: list[dict[str, Any]]) -> bytes:
    return b"event: data\ndata: " + wire.dumped(operations) + b"\n\n"
