"""What one dialect can say about a span, and how the words of several are put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from annotation.domain.ingest.records import Usage


@dataclass(slots=True)
class Partial:
    """A dialect's reading of a span; None or empty means that the dialect says nothing about the field.

    `name` is a better one than the span's; `failed` says that the step failed although the span's status does not.
    `sources` names, for a field, the attributes whose whole content it took over. They need not be kept a second
    time among the run's attributes; all others are.
    """

    type: str | None = None
    name: str | None = None
    provider: str | None = None
    model: str | None = None
    model_requested: str | None = None
    response_id: str | None = None
    inputs: Any = None
    outputs: Any = None
    input_messages: Sequence[dict[str, Any]] = ()
    output_messages: Sequence[dict[str, Any]] = ()
    documents: Sequence[dict[str, Any]] = ()
    tool_name: str | None = None
    tool_arguments: Any = None
    tool_result: Any = None
    usage: Usage | None = None
    cost: Decimal | None = None
    first_token_ms: float | None = None
    thread_id: str | None = None
    user_id: str | None = None
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    error_type: str | None = None
    error_message: str | None = None
    failed: bool | None = None
    sources: dict[str, Sequence[str]] = field(default_factory=dict)


_FIELDS = tuple(item.name for item in fields(Partial) if item.name not in ("sources", "metadata"))


def is_absent(value: Any) -> bool:
    """True for None, empty text and empty containers; 0 and False are values."""
    return value is None or (isinstance(value, str | list | dict | tuple) and not value)


def merge(readings: Sequence[Partial]) -> tuple[Partial, frozenset[str]]:
    """One reading out of several, the first that says something wins; and the attributes that were taken over.

    Metadata come together from all of them.
    """
    if len(readings) == 1:
        return readings[0], _taken(readings[0].sources.values())
    merged, sources = Partial(), []
    for name in _FIELDS:
        for reading in readings:
            value = getattr(reading, name)
            if not is_absent(value):
                setattr(merged, name, value)
                sources.append(reading.sources.get(name, ()))
                break
    for reading in readings:
        if reading.metadata:
            if merged.metadata.keys().isdisjoint(reading.metadata):  # else what is overruled stays an attribute
                sources.append(reading.sources.get("metadata", ()))
            merged.metadata = {**reading.metadata, **merged.metadata}
    return merged, _taken(sources)


def _taken(sources: Iterable[Sequence[str]]) -> frozenset[str]:
    return frozenset(key for keys in sources for key in keys)
