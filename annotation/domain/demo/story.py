"""One trace of the demo with what its makers know about it: what went wrong, where, and what would have been right. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from annotation.domain.demo.faults import Fault
from annotation.domain.ingest import identity
from annotation.domain.ingest.spans import Span


@dataclass(frozen=True, slots=True)
class Story:
    """A told trace. `fault` is the truth that reviewers and judges try to find; `corrected` is the right answer.

    `failing_span` names the step where it went wrong; `is_last` the last turn of its thread.
    """

    spans: Sequence[Span]
    service: str
    question: str
    fault: Fault | None = None
    corrected: str = ""
    failing_span: bytes | None = None
    thread: str | None = None
    user: str | None = None
    language: str = "en"
    is_last: bool = True

    @property
    def trace_uuid(self) -> UUID:
        """The trace's id outside."""
        return identity.trace_uuid(self.spans[0].trace_id)

    @property
    def failing_run_uuid(self) -> UUID | None:
        """The step where it went wrong, if there is one."""
        if self.failing_span is None:
            return None
        return identity.run_uuid(self.spans[0].trace_id, self.failing_span)

    @property
    def started_ns(self) -> int:
        """When it began, in nanoseconds since 1970."""
        return min(span.start_ns for span in self.spans)
