"""Files of records: JSON or JSON lines, gzipped or not, as numbered records."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotation.domain.ingest.values import clean, loads

#: The most bytes that a gzipped file may unpack to. As values in memory they take many times as much.
MAX_UNPACKED = 256 << 20

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


class UnreadableFileError(ValueError):
    """The file is not JSON, JSON lines, or either of them gzipped."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record with its line (JSON lines) or position (JSON) counted from 1; or what is wrong with it."""

    number: int
    record: Any = None
    problem: str | None = None


def read(content: bytes, *, path: str | None = None) -> list[Numbered]:
    """All records of a file. `path` leads to the list inside a JSON document. Raises UnreadableFileError."""
    text = unpacked(content).strip()
    document = _document(text)
    if document is None:
        return list(_lines(text))
    if path:
        document = at(document, path)
    elif isinstance(document, dict):
        document = [document]
    if not isinstance(document, list):
        raise UnreadableFileError(
            f"There is no list of records at {path!r}." if path else "There is no list of records."
        )
    return [Numbered(number, record) for number, record in enumerate(document, 1)]


def unpacked(content: bytes) -> bytes:
    """The content, unpacked if it is gzip; bounded."""
    if not content.startswith(_GZIP_MAGIC):
        return content
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(content, MAX_UNPACKED)
    except zlib.error as error:
        raise UnreadableFileError("The file is not valid gzip.") from error
    if not unpacker.eof:
        raise UnreadableFileError("The gzip file is cut off, or unpacks to more than 256 MiB: split it.")
    return text


def _document(text: bytes) -> Any:
    """The file as one JSON document; None if it is (or may be) JSON lines."""
    try:
        return clean(loads(text))
    except RecursionError as error:
        raise UnreadableFileError("The file is nested too deeply.") from error
    except ValueError as error:
        if b"\n" not in text:
            raise UnreadableFileError(f"The file is not JSON: {error}.") from error
        if not text.startswith(b"{"):
            raise UnreadableFileError(f"The file is neither JSON nor JSON lines: {error}.") from error
        return None


def _lines(text: bytes) -> Iterator[Numbered]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _line(number, line)


def _line(number: int, line: bytes) -> Numbered:
    try:
        return Numbered(number, clean(loads(line)))
    except (ValueError, RecursionError) as error:
        return Numbered(number, problem=f"The line is not JSON: {error}.")


def at(record: Any, path: str | None) -> Any:
    """The value at a path with dots; None if there is none."""
    if path is None:
        return None
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record
