"""What the forms of scores have in common."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from annotation.domain.feedback.targets import Target
from annotation.domain.ingest import identity
from annotation.domain.ingest.rows import indexed
from annotation.domain.ingest.values import as_text

_FIRST_YEAR, _LAST_YEAR = 1900, 2999


class BadScoreError(ValueError):
    """The score cannot be taken; the message tells its sender why."""


def member(entry: Any, name: str) -> str:
    """A member that has to be there. Raises BadScoreError."""
    text = as_text(entry.get(name))
    if text is None:
        raise BadScoreError(f"{name} is missing")
    return text


def trace_of(text: str) -> UUID:
    """A trace by its 32 hex digits, or its UUID. Raises BadScoreError."""
    try:
        return UUID(text)
    except ValueError as error:
        raise BadScoreError(f"{text[:80]!r} is no id of a trace: send its 32 hex digits") from error


def run_of(span: str, trace: UUID | None) -> Target:
    """A run by the id of its span, in a trace if that is known."""
    try:
        span_id = bytes.fromhex(span)
    except ValueError:
        span_id = b""
    if trace and len(span_id) == identity.SPAN_ID_LENGTH:
        return Target(run_id=identity.run_uuid(trace.bytes, span_id), trace_id=trace)
    return Target(run_external_id=indexed(span.lower() if span_id else span), trace_id=trace)


def thread_of(session: str) -> Target:
    """A thread by its id, as long as it is stored with the traces of the thread."""
    return Target(thread_id=indexed(session))


def time_of(text: Any) -> datetime | None:
    """An ISO time; None for anything else, and for times that no clock shows."""
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if time is None or not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def name_of(*parts: Any) -> str:
    """An identity out of parts: the same parts, the same feedback."""
    return sha256(orjson.dumps([None if part is None else str(part) for part in parts])).hexdigest()[:40]
