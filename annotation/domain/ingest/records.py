"""The neutral form of ingestion: what any dialect comes down to before it is stored.

Every value is already clean (see `values.clean`): text without NUL or lone surrogates, numbers that are finite,
so whatever is in a record can go into PostgreSQL's text and jsonb as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

#: Any JSON value: None, bool, int, float, str, list, or dict with text keys.
Json = Any


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """Why a run failed; `stack` is the stack trace as the sender wrote it."""

    type: str | None = None
    message: str | None = None
    stack: str | None = None


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """What a tool run was called with and gave back; arguments and result are JSON values."""

    name: str | None = None
    arguments: Json = None
    result: Json = None


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """A call that a model asked for."""

    id: str | None
    name: str | None
    arguments: Json


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one model call. Cached and reasoning tokens (`details`) are parts of these, never additional."""

    input: int = 0
    output: int = 0
    total: int = 0
    details: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class RunRecord:
    """One step of a trace, ready to store; nobody changes one (frozen, it would take thrice as long to make).

    Times are nanoseconds since 1970, UTC; `ended_ns` is None while it runs.

    `cost` is what the sender said, in US dollars; with a `price_id` it was computed here, from that price.
    """

    trace_id: UUID
    id: UUID
    external_id: str
    parent_id: UUID | None
    parent_external_id: str | None
    name: str
    type: str
    status: str
    started_ns: int
    ended_ns: int | None
    error: ErrorRecord | None = None
    provider: str | None = None
    model: str | None = None
    model_requested: str | None = None
    response_id: str | None = None
    inputs: Json = None
    outputs: Json = None
    messages: Sequence[dict[str, Json]] = ()
    input_text: str | None = None
    output_text: str | None = None
    tool: ToolRecord | None = None
    tool_calls: Sequence[ToolCallRecord] = ()
    documents: Sequence[dict[str, Json]] = ()
    usage: Usage | None = None
    cost: Decimal | None = None
    price_id: UUID | None = None
    thread_id: str | None = None
    user_id: str | None = None
    tags: Sequence[str] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)
    attributes: Mapping[str, Json] = field(default_factory=dict)
    resource: Mapping[str, Json] = field(default_factory=dict)
    events: Sequence[dict[str, Json]] = ()
    first_token_ms: float | None = None
    dialect: str = ""
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Rejections:
    """How many spans could not be taken, and why: reason -> count. `warnings` cost no span, but something beside it."""

    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """All that were refused."""
        return sum(self.reasons.values())

    @property
    def message(self) -> str:
        """For the sender: `2 rejected: the span id is missing; 1 rejected: …`; empty if there is nothing to say."""
        words = [f"{count} rejected: {reason}" for reason, count in sorted(self.reasons.items())]
        return "; ".join([*words, *(f"{count} times: {reason}" for reason, count in sorted(self.warnings.items()))])
