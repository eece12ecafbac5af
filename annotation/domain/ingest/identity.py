"""How ids from outside become the UUIDs of traces and runs.

* trace: the 16 bytes of the OpenTelemetry trace id are the UUID.
* run: the first 16 bytes of SHA-256(trace id, 16 bytes || span id, 8 bytes), with the version and variant bits
  of a version 8 UUID (RFC 9562, section 5.8). Anyone who knows both ids can compute it; a parent that has not
  arrived yet therefore already has its UUID.
* anything that has names instead of ids (imported transcripts): version 5 UUIDs below a fixed namespace.
"""

from functools import lru_cache
from hashlib import sha256
from uuid import UUID, uuid5

TRACE_ID_LENGTH = 16
SPAN_ID_LENGTH = 8

_IMPORTED = UUID("5f2f7b5c-0c55-5a52-9d0e-6b1d3c6f7a10")


@lru_cache(maxsize=4096)  # the spans of a trace come together
def trace_uuid(trace_id: bytes) -> UUID:
    """The UUID of the trace with this 16-byte OpenTelemetry trace id."""
    return UUID(bytes=trace_id)


@lru_cache(maxsize=4096)  # a parent is named by all of its children
def run_uuid(trace_id: bytes, span_id: bytes) -> UUID:
    """The UUID of the run with this 16-byte trace id and 8-byte span id."""
    number = int.from_bytes(sha256(trace_id + span_id).digest()[:16])
    number = number & ~(0xF000 << 64) | (0x8000 << 64)
    number = number & ~(0xC000 << 48) | (0x8000 << 48)
    return UUID(int=number)


def is_valid(identifier: bytes, length: int) -> bool:
    """True for an id of the right length that is not all zeros (which OpenTelemetry defines as no id)."""
    return len(identifier) == length and any(identifier)


def named_trace_uuid(*names: str) -> UUID:
    """The UUID of an imported trace that is identified by names only, such as workspace, file content and index."""
    return uuid5(_IMPORTED, "\x1f".join(names))


def named_span_id(trace: UUID, name: str) -> bytes:
    """Eight bytes that stand for a named step of an imported trace; never all zero."""
    return (uuid5(trace, name).int >> 64).to_bytes(SPAN_ID_LENGTH)
