"""The body of a request from a foreign client: however it is framed and packed, never more than the limit.

Django's own `request.body` does not do: it refuses more than 2.5 MB, and it reads nothing at all of a chunked
request, whose sender would take the empty success for an answer.
"""

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

import zstandard
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

_CHUNK = 1 << 20
_WAS_READ = "traceapp.body_was_read"
_DISCARD_CHUNK = 1 << 16
_DISCARD_SECONDS = 2.0
_GZIP = 16 + zlib.MAX_WBITS
_PACKINGS = "gzip, deflate, zstd or none"
#: How far back a zstd stream may refer, which is memory: as RFC 9659 has it for Content-Encoding.
_MAX_WINDOW = 1 << 23
#: How much of a zstd stream is unpacked at a time: four bytes may be a block of 128 KiB, so this is at most 32 MiB.
_ZSTD_PIECE = 1 << 10


class UnreadableBodyError(Exception):
    """The body is not what its headers say."""


class UnfinishedBodyError(Exception):
    """The body stopped coming: its sender is too slow, or gone. The same request may do better, so it may come again."""

    def __init__(self) -> None:
        super().__init__("the body did not arrive in time, or ended before its end: nothing was stored, try again")


class BodyTooLargeError(Exception):
    """The body, or what it unpacks to, is over the limit."""

    def __init__(self, most: int, state: str = "") -> None:
        super().__init__(f"the body is larger than {most} bytes{state}: send smaller batches")


class UnknownPackingError(Exception):
    """The body is packed in a way that is not supported."""


class Stream(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


def limit() -> int:
    """The most bytes that a body may have as it is sent."""
    return int(settings.MAX_BODY_BYTES)


def read(request: WSGIRequest) -> bytes:
    """The whole body, unpacked.

    Raises UnreadableBodyError, UnfinishedBodyError, BodyTooLargeError or UnknownPackingError.
    """
    packing = request.headers.get("Content-Encoding", "").strip().lower()
    if packing in ("", "identity"):
        return _received(request)
    pieces = _UNPACKERS.get(packing)
    if pieces is None:
        raise UnknownPackingError(f"Content-Encoding {packing!r} is not supported: send {_PACKINGS}")
    return _unpacked(_received(request), packing, pieces)


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
        raise UnfinishedBodyError from error
    if length is not None and len(body) < length:
        raise UnfinishedBodyError
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
        raise BodyTooLargeError(most)
    return b"".join(kept)


_Pieces = Callable[[bytes], Iterator[bytes]]


def _unpacked(raw: bytes, packing: str, pieces: _Pieces) -> bytes:
    """The body unpacked piece by piece, so that a small one that unpacks to gigabytes costs no more than the limit."""
    kept: list[bytes] = []
    size, most = 0, int(settings.MAX_UNPACKED_BYTES)
    try:
        for piece in pieces(raw):
            size += len(piece)
            if size > most:
                raise BodyTooLargeError(most, " unpacked")
            kept.append(piece)
    except (zlib.error, zstandard.ZstdError) as error:
        raise UnreadableBodyError(f"the body is not {packing}") from error
    except EOFError as error:
        raise UnreadableBodyError(f"the {packing} stream ended before its end") from error
    return b"".join(kept)


def _gzip(raw: bytes) -> Iterator[bytes]:
    """One member after the other."""
    while raw:
        unpacker = zlib.decompressobj(_GZIP)
        yield from _inflated(unpacker, raw)
        raw = unpacker.unused_data


def _deflate(raw: bytes) -> Iterator[bytes]:
    """With the header of zlib, as the standard wants it, or bare, as some senders write it."""
    has_header = len(raw) >= 2 and raw[0] & 0x0F == zlib.DEFLATED and (raw[0] << 8 | raw[1]) % 31 == 0  # RFC 1950
    yield from _inflated(zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS), raw)


def _inflated(unpacker: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    while not unpacker.eof:
        piece = unpacker.decompress(raw, _CHUNK)
        raw = unpacker.unconsumed_tail
        if not piece and not raw and not unpacker.eof:
            raise EOFError
        yield piece


def _zstd(raw: bytes) -> Iterator[bytes]:
    """One frame after the other."""
    unpacker = None
    for start in range(0, len(raw), _ZSTD_PIECE):
        rest = raw[start : start + _ZSTD_PIECE]
        while rest:
            if unpacker is None or unpacker.eof:
                unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()
            yield unpacker.decompress(rest)
            rest = unpacker.unused_data if unpacker.eof else b""
    if unpacker and not unpacker.eof:
        raise EOFError


_UNPACKERS: dict[str, _Pieces] = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "zstd": _zstd}
