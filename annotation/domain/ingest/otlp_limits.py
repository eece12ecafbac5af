"""How much one export request may hold; what is beyond is said, never cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from annotation.domain.ingest.otlp_errors import TooManyError
from annotation.domain.ingest.otlp_signals import Signal

_SHOWN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request: `members` is how many spans or log records, `attribute_bytes` how large one value, in protobuf."""

    members: int = 1_000_000
    attribute_bytes: int = 1 << 30


def check_count(request: Any, signal: Signal, limits: Limits) -> None:
    """Raises TooManyError."""
    scopes = (scope for resource in getattr(request, signal.resources) for scope in getattr(resource, signal.scopes))
    count = sum(len(signal.members_of(scope)) for scope in scopes)
    if count > limits.members:
        raise TooManyError(count, limits.members, f"{signal.member}s")


def too_large(member: Any, limits: Limits) -> str | None:
    """Why a span or log record cannot be taken: it has an attribute that is too large. None if all are well."""
    if member.ByteSize() <= limits.attribute_bytes:
        return None
    for pair in _pairs(member):
        if pair.value.ByteSize() > limits.attribute_bytes:
            return f"the attribute {pair.key[:_SHOWN_CHARACTERS]!r} is larger than {limits.attribute_bytes} bytes"
    return None


def _pairs(member: Any) -> Iterable[KeyValue]:
    yield from member.attributes
    for event in getattr(member, "events", ()):
        yield from event.attributes
    if hasattr(member, "body"):
        yield KeyValue(key="body", value=member.body)
