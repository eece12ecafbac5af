"""The body of a request from a foreign client: however it is framed and packed, never more than the limit.

Django's own `request.body` does not do: it refuses more than 2.5 MB, and it reads nothing at all of a chunked
request, whose sender would take the empty success for an answer.
"""

import time
import zlib
from contextlib import suppress
from typing import Protocol

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

_CHUNK = 1 << 20
_WAS_READ = "traceapp.body_was_read"
_DISCARD_CHUNK = 1 << 16
_DISCARD_SECONDS = 2.0
_GZIP = 16 + zlib.MAX_WBITS


class UnreadableBodyError(Exception):
    """The body ended early or is not what its headers say."""


class BodyTooLargeError(Exception):
    """The body, or what it unpacks to, is over the limit."""

    def __init__(self) -> None:
        super().__init__(f"the body is larger than {limit()} bytes, packed or unpacked: send smaller batches")


class UnknownPackingError(Exception):
    """The body is packed in a way that is not supported."""


class Stream(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


def limit() -> int:
    """The most bytes that a body may have, packed and unpacked."""
    return int(settings.MAX_BODY_BYTES)


def read(request: WSGIRequest) -> bytes:
    """The whole body, unpacked. Raises UnreadableBodyError, BodyTooLargeError or UnknownPackingError."""
    packing = request.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip"):
        raise UnknownPackingError(f"Content-Encoding {packing!r} is not supported: send gzip or none")
    raw = _received(request)
    return _unpacked(raw) if packing == "gzip" else raw


def discard(request: WSGIRequest) -> None:
    """Read to nowhere what a refused request still sends, as far as it comes soon: else its sender meets a broken
    connection instead of the answer. Does nothing if the body was read.
    """
    if request.environ.get(_WAS_READ):
        return
    until = time.monotonic() + _DISCARD_SECONDS
    if connection := request.environ.get("gunicorn.socket"):
        connection.settimeout(_DISCARD_SECONDS)
    with suppress(OSError):
        stream: Stream = request.environ["wsgi.input"]
        left = min(_declared_length(request) or 0, limit())
        while left > 0 and time.monotonic() < until and (piece := stream.read(min(_DISCARD_CHUNK, left))):
            left -= len(piece)


def _received(request: WSGIRequest) -> bytes:
    length = _declared_length(request)
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    request.environ[_WAS_READ] = True
    stream: Stream = request.environ["wsgi.input"]
    try:
        body = _bounded(stream, length)
    except OSError as error:
        raise UnreadableBodyError("the body ended before its end") from error
    if length is not None and len(body) < length:
        raise UnreadableBodyError("the body is shorter than its Content-Length")
    return body


def _declared_length(request: WSGIRequest) -> int | None:
    text = request.environ.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdigit() else None


def _bounded(stream: Stream, length: int | None) -> bytes:
    """Up to `length` bytes (to the end without one); what is too large is read to nowhere, so that the sender
    reads the answer instead of a broken connection.
    """
    kept: list[bytes] = []
    size, most = 0, limit()
    while chunk := stream.read(_CHUNK if length is None else min(_CHUNK, length - size)):
        size += len(chunk)
        if size <= most:
            kept.append(chunk)
        elif size > 4 * most:
            break
    if size > most:
        raise BodyTooLargeError
    return b"".join(kept)


def _unpacked(raw: bytes) -> bytes:
    kept: list[bytes] = []
    room = limit()
    while raw:
        unpacker = zlib.decompressobj(_GZIP)
        try:
            part = unpacker.decompress(raw, room + 1)
        except zlib.error as error:
            raise UnreadableBodyError("the body is not gzip") from error
        if len(part) > room:
            raise BodyTooLargeError
        if not unpacker.eof:
            raise UnreadableBodyError("the gzip stream ended before its end")
        kept.append(part)
        room -= len(part)
        raw = unpacker.unused_data
    return b"".join(kept)
