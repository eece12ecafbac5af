"""Bodies of several parts (RFC 7578), read by hand.

Django's own parser takes a part without a file name for a form field and decodes it, which would spoil attachments; its
limits are those of forms. Here a part is bytes with a name, and the only limit is that of the whole body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_HEADERS_END = b"\r\n\r\n"
_NAME = re.compile(rb'\r\ncontent-disposition: *form-data; *name="([^"\\]*)"(?=[\r;])', re.IGNORECASE)
_TYPE = re.compile(rb"\r\ncontent-type: *([^\r]*)", re.IGNORECASE)
_MAX_HEADERS = 16 * 1024


class MalformedError(ValueError):
    """The body is not what its Content-Type says."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, its Content-Type as it was written, and its bytes."""

    name: str
    content_type: str
    content: bytes


def parts(body: bytes, *, content_type: str) -> Iterator[Part]:
    """The parts of a body in their order. Raises MalformedError, also while iterating."""
    delimiter = b"--" + _boundary(content_type)
    if body.startswith(delimiter):
        position = len(delimiter)
    else:
        start = body.find(b"\r\n" + delimiter)
        if start < 0:
            raise MalformedError("the body does not hold the boundary that its Content-Type names")
        position = start + 2 + len(delimiter)
    while not body.startswith(b"--", position):
        end = body.find(b"\r\n" + delimiter, position)
        if end < 0:
            raise MalformedError("the body ended before its last boundary")
        yield _part(body[position:end])
        position = end + 2 + len(delimiter)


def _boundary(content_type: str) -> bytes:
    match = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or not match:
        raise MalformedError("Content-Type has to be multipart/form-data with a boundary")
    return (match[1] or match[2]).encode("latin-1", "replace")


def _part(raw: bytes) -> Part:
    end = raw.find(_HEADERS_END, 0, _MAX_HEADERS)
    if end < 0:
        raise MalformedError("a part has no headers, or too many")
    headers, content = raw[:end], raw[end + len(_HEADERS_END) :]
    name, kind = _NAME.search(headers), _TYPE.search(headers)
    said = kind[1].decode("latin-1").strip() if kind else ""
    return Part(name[1].decode("utf-8", "replace") if name else _unusual_name(headers), said, content)


def _unusual_name(headers: bytes) -> str:
    """A name in another place or another alphabet, as `name*=utf-8''…`."""
    parsed = BytesHeaderParser().parsebytes(headers.lstrip() + _HEADERS_END)
    name = parsed.get_param("name", header="content-disposition")
    if isinstance(name, tuple):
        name = name[2]
    if not isinstance(name, str) or not name:
        raise MalformedError("a part has no name")
    return name
