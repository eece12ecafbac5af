"""A log record as it was sent, in Python values, before any convention is read into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVALUATION = "gen_ai.evaluation.result"
DETAILS = "gen_ai.client.inference.operation.details"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One log record. Ids are raw bytes of the right length, or None.

    `time_ns` is nanoseconds since 1970, never 0; without `has_time` it is only when the record was received.
    """

    name: str
    time_ns: int
    has_time: bool = True
    trace_id: bytes | None = None
    span_id: bytes | None = None
    body: Any = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    severity: int = 0
    scope_name: str = ""
    scope_version: str = ""
    resource: Mapping[str, Any] = field(default_factory=dict)

    @property
    def response_id(self) -> str | None:
        """The id of the model's response that this is about, if it says."""
        value = self.attributes.get("gen_ai.response.id")
        return value if isinstance(value, str) and value.strip() else None
